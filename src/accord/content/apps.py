from importlib import import_module

from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "accord.content"
    label = "content"

    def ready(self) -> None:
        """Register the kinds of activity, what can be counted, what people are told and read."""
        for name in ("kinds", "metrics", "notices", "digest"):
            import_module(f"{self.name}.{name}")
