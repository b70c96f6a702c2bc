from importlib import import_module

from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "accord.deals"
    label = "deals"

    def ready(self) -> None:
        """Register the kinds of activity and what can be counted."""
        for name in ("kinds", "metrics"):
            import_module(f"{self.name}.{name}")
