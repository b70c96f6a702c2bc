"""Defining facts of one's own, and no longer asking for them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid, Missing
from accord.criteria.registry import CUSTOM, registry
from accord.leads.models import About, CustomFact, FactKind

MOST = 200
ABOUT = About.choices
FACT_KINDS = FactKind.choices
_LONGEST = 50 - len(CUSTOM) - 4


@dataclass(frozen=True)
class Wanted:
    """A fact as somebody wants it. `choices` count for a choice only."""

    label: str
    about: str = About.LEAD
    kind: str = FactKind.TEXT
    choices: Sequence[str] = ()
    in_list: bool = False
    on_form: bool = False


def define_fact(*, wanted: Wanted, at: datetime) -> CustomFact:
    """Define a fact; its key is made of its label.

    Raises Invalid for what does not fit, Conflict when one of this label is there already.
    """
    _check(wanted)
    with transaction.atomic():
        if CustomFact.objects.count() >= MOST:
            raise Invalid(_("There are %(n)s facts of your own already.") % {"n": MOST})
        _check_label(wanted.label, but="")
        fact = CustomFact.objects.create(
            key=_key(wanted.label),
            label=wanted.label.strip(),
            about=wanted.about,
            kind=wanted.kind,
            choices=_choices(wanted),
            **_places(wanted, wanted.about),
            defined_at=at,
        )
    registry.read_custom()
    return fact


def change_fact(*, key: str, wanted: Wanted) -> CustomFact:
    """Change how a fact is called and shown, and its choices.

    What it is about and its kind stay. Raises Missing, Invalid, and Conflict where a choice
    would go that is taken.
    """
    with transaction.atomic():
        fact = CustomFact.objects.select_for_update().filter(key=key).first()
        if fact is None:
            raise Missing(_("There is no such fact."))
        _check_label(wanted.label, but=key)
        choices = _choices(Wanted(wanted.label, fact.about, fact.kind, wanted.choices))
        gone = [choice for choice in fact.choices if choice not in choices]
        if gone:
            raise Conflict(
                _("“%(choice)s” may stand in leads and criteria; add choices, but take none away.")
                % {"choice": gone[0]}
            )
        fact.label, fact.choices = wanted.label.strip(), choices
        for name, is_there in _places(wanted, fact.about).items():
            setattr(fact, name, is_there)
        fact.save()
    registry.read_custom()
    return fact


def retire_fact(*, key: str, at: datetime | None) -> None:
    """No longer ask for a fact, or (None) ask again. Its values stay. Raises Missing."""
    if not CustomFact.objects.filter(key=key).update(retired_at=at):
        raise Missing(_("There is no such fact."))


def _places(wanted: Wanted, about: str) -> dict[str, bool]:
    """Where it is shown: neither the leads list nor the form speaks of deals."""
    of_leads = about != About.DEAL
    return {"in_list": wanted.in_list and of_leads, "on_form": wanted.on_form and of_leads}


def _check(wanted: Wanted) -> None:
    if wanted.about not in About.values or wanted.kind not in FactKind.values:
        raise Invalid(_("Choose what it is about and its kind."), field="kind")


def _check_label(label: str, *, but: str) -> None:
    text = label.strip()
    if not text or len(text) > 100 or "\0" in text:
        raise Invalid(_("Give it a name of at most 100 characters."), field="label")
    if CustomFact.objects.filter(label__iexact=text).exclude(key=but).exists():
        raise Conflict(_("There is a fact “%(label)s” already.") % {"label": text})


def _choices(wanted: Wanted) -> list[str]:
    if wanted.kind != FactKind.CHOICE:
        return []
    choices = list({each.strip().lower(): each.strip() for each in wanted.choices}.values())
    choices = [choice for choice in choices if choice]
    if not 1 <= len(choices) <= 100 or any(len(choice) > 100 for choice in choices):
        raise Invalid(
            _("Write what can be chosen, each on a line of its own, 1 to 100 of them."),
            field="choices",
        )
    return choices


def _key(label: str) -> str:
    """A key that nobody has: letters, digits and lines below."""
    words = re.sub(r"\W+", "_", slugify(label))[:_LONGEST].strip("_") or "fact"
    taken = set(CustomFact.objects.values_list("key", flat=True))
    keys = (f"{CUSTOM}{words}{ending}" for ending in ("", *(f"_{n}" for n in range(2, MOST + 3))))
    return next(key for key in keys if key not in taken)
