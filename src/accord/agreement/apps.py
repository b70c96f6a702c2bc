from importlib import import_module

from django.apps import AppConfig


class AgreementConfig(AppConfig):
    name = "accord.agreement"
    label = "agreement"

    def ready(self) -> None:
        """Register what people are told."""
        import_module(f"{self.name}.notices")
