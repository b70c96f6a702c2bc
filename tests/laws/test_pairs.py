"""Who and when are known together, and the database sees to it."""

from collections.abc import Iterable, Iterator

from django.db import models
from django.db.models import Q

from tests.laws.source import obey
from tests.laws.test_arrows import our_models

# May only shrink.
UNPAIRED = {
    "handoffs.Handoff.accepted": "what a file states was accepted by nobody that is known here",
}


def unpaired(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Pairs x_at and x_by that may be unknown, and that no constraint holds together."""
    for model in found:
        fields = {field.name.removesuffix("_id"): field for field in model._meta.concrete_fields}
        held = [_names(c.condition) for c in model._meta.constraints if hasattr(c, "condition")]
        for name, field in fields.items():
            what = name.removesuffix("_at")
            by = fields.get(f"{what}_by")
            if name == what or by is None or not (field.null and by.null):
                continue
            if not any({name, f"{what}_by"} <= names for names in held):
                yield f"{model._meta.label}.{what}"


def _names(condition: Q | None) -> set[str]:
    names: set[str] = set()
    for child in condition.children if condition else ():
        if isinstance(child, Q):
            names |= _names(child)
        else:
            names.add(child[0].split("__")[0].removesuffix("_id"))
    return names


def test_who_and_when_are_known_together() -> None:
    obey("A check constraint has to say: both known or neither.", unpaired(our_models()), UNPAIRED)


def test_a_pair_without_a_constraint_is_found() -> None:
    class Pair(models.Model):  # noqa: DJ008 - for this test only
        closed_at = models.DateTimeField(null=True)
        closed_by_id = models.UUIDField(null=True)

        class Meta:
            app_label = "planted"

    assert list(unpaired([Pair])) == ["planted.Pair.closed"]
