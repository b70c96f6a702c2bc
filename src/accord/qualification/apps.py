from importlib import import_module

from django.apps import AppConfig


class QualificationConfig(AppConfig):
    name = "accord.qualification"
    label = "qualification"

    def ready(self) -> None:
        """Register what can be counted, and what the leads list is narrowed by."""
        for each in ("metrics", "filters"):
            import_module(f"{self.name}.{each}")
