from importlib import import_module

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "accord.insights"
    label = "insights"

    def ready(self) -> None:
        """Register what the daily digest says of leaks."""
        import_module(f"{self.name}.digest")
