from importlib import import_module

from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "accord.deals"
    label = "deals"

    def ready(self) -> None:
        """Register the kinds of activity, what can be counted, and what criteria may ask."""
        for name in ("kinds", "metrics", "facts"):
            import_module(f"{self.name}.{name}")
