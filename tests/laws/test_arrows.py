"""Arrows point down, models and rules know nothing above them."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models

from tests.laws.source import DOORS, Module, depth_of, imports, modules, obey, planted


def upward(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Relations of a model of ours to a room that does not lie below its own."""
    for model in found:
        room = model._meta.app_label
        for field in model._meta.get_fields():
            other = getattr(field, "remote_field", None) and field.related_model
            if not (field.concrete and isinstance(other, type) and _is_ours(other)):
                continue
            there = other._meta.app_label
            if there != room and depth_of(there) <= depth_of(room):
                yield f"{model._meta.label}.{field.name} -> {other._meta.label}"


def _is_ours(model: type[models.Model]) -> bool:
    return model.__module__.startswith("accord.")


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if _is_ours(model)]


def test_foreign_keys_point_down() -> None:
    obey("A foreign key is an arrow and may only point to a lower room.", upward(our_models()))


def test_a_foreign_key_that_points_up_is_found() -> None:
    class Planted(models.Model):  # noqa: DJ008 - for this test only
        handoff = models.ForeignKey("handoffs.Handoff", models.CASCADE, related_name="+")
        lead = models.UUIDField()

        class Meta:
            app_label = "teams"
            managed = False

    try:
        assert list(upward([Planted])) == ["teams.Planted.handoff -> handoffs.Handoff"]
    finally:
        del apps.all_models["teams"]["planted"]
        apps.clear_cache()


def test_every_room_with_models_has_its_place() -> None:
    for model in our_models():
        assert depth_of(model._meta.app_label) > 0, f"{model._meta.label} stands in a door."


def talkative_models(found: Iterable[Module]) -> Iterator[str]:
    for module in found:
        if module.parts[:1] == ["models"]:
            for node, name in imports(module):
                if {"actions", "queries"} & set(name.split(".")[2:3]):
                    yield f"{module.at(node)} imports {name}"


def test_models_import_no_actions_and_no_queries() -> None:
    obey("Models hold state; they call no actions and no queries.", talkative_models(modules()))
    assert list(
        talkative_models(planted("leads.models.lead", "from accord.leads.queries import x"))
    )


def worldly_rules(found: Iterable[Module]) -> Iterator[str]:
    for module in found:
        if module.parts[:1] == ["rules"]:
            for node, name in imports(module):
                if name.split(".")[0] in {"django", "psycopg", "procrastinate"}:
                    yield f"{module.at(node)} imports {name}"


def test_rules_import_no_django() -> None:
    obey("Rules are pure arithmetic: no Django, no database.", worldly_rules(modules()))
    assert list(worldly_rules(planted("teams.rules", "from django.db import models")))


def heavy_doors(found: Iterable[Module]) -> Iterator[str]:
    """Models in doors, by import or by one of Django's ways around it."""
    tools = {"ModelForm", "ModelSchema", "ModelAdmin", "objects", "_default_manager"}
    for module in found:
        if module.room not in DOORS:
            continue
        for node, name in imports(module):
            parts = name.split(".")
            if parts[0] == "accord" and parts[2:3] == ["models"]:
                yield f"{module.at(node)} imports {'.'.join(parts[:3])}"
            if name.startswith("django.contrib.admin"):
                yield f"{module.at(node)} imports {name}"
            if parts[-1] in tools:
                yield f"{module.at(node)} imports {name}"
        yield from _used(module, tools)


def _used(module: Module, tools: set[str]) -> Iterator[str]:
    import ast

    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in tools:
            yield f"{module.at(node)} uses .{node.attr}"


def test_doors_hold_no_models() -> None:
    obey("Doors translate and make one call; they hold no models.", heavy_doors(modules()))


def test_a_model_in_a_door_is_found() -> None:
    texts = (
        "from accord.leads.models import Lead",
        "from accord.leads.models.lead import Lead",
        "found = lead.__class__.objects.all()",
        "from django.forms import ModelForm",
        "from django.contrib import admin",
    )
    for text in texts:
        assert list(heavy_doors(planted("web.pages.leads", text))), text
    unseen = "if TYPE_CHECKING:\n    from accord.leads.models import Lead"
    assert not list(heavy_doors(planted("web.pages.leads", unseen)))
