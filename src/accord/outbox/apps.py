from importlib import import_module

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "accord.outbox"
    label = "outbox"

    def ready(self) -> None:
        import_module(f"{self.name}.notices")
