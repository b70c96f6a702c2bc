from importlib import import_module

from django.apps import AppConfig


class QualificationConfig(AppConfig):
    name = "accord.qualification"
    label = "qualification"

    def ready(self) -> None:
        """Register what can be counted."""
        import_module(f"{self.name}.metrics")
