from importlib import import_module

from django.apps import AppConfig


class HandoffsConfig(AppConfig):
    name = "accord.handoffs"
    label = "handoffs"

    def ready(self) -> None:
        """Register the kinds of activity and what can be counted."""
        for name in ("kinds", "metrics"):
            import_module(f"{self.name}.{name}")
