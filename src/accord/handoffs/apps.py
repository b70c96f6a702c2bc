from importlib import import_module

from django.apps import AppConfig


class HandoffsConfig(AppConfig):
    name = "accord.handoffs"
    label = "handoffs"

    def ready(self) -> None:
        """Register the kinds of activity, what can be counted, and what people are told."""
        for name in ("kinds", "metrics", "notices", "digest"):
            import_module(f"{self.name}.{name}")
