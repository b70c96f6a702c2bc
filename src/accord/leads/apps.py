from importlib import import_module

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "accord.leads"
    label = "leads"

    def ready(self) -> None:
        import_module(f"{self.name}.notices")
        from accord.criteria.registry import registry
        from accord.leads.facts import fill

        fill(registry)
