"""The definitions of a document, words that everybody uses, and its scorecards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accord.agreement.faults import BadDocument, Fault
from accord.base.errors import Invalid
from accord.criteria.language import Definition, read_definition
from accord.criteria.scorecards import Scorecard, read_scorecard

IDEAL_CUSTOMER = "ideal_customer"
# The words of the life of a lead: each agreement says what they mean; it may add its own.
WORDS = (
    IDEAL_CUSTOMER,
    "subscriber",
    "inquiry",
    "mql",
    "sales_ready",
    "sal",
    "sql",
    "opportunity",
    "customer",
    "disqualified",
)
_CRITERIA = frozenset({"must", "should"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what it means."""

    title: str
    text: str


def read_definitions(
    raw: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, Definition], dict[str, Word]]:
    """The definitions that can be executed, and the words that are text only, in their order.

    Raises BadDocument, naming each clause that is wrong.
    """
    faults = [
        Fault(f"definitions.{word}", _("it is missing; say what it means."))
        for word in WORDS
        if word not in raw
    ]
    definitions: dict[str, Definition] = {}
    words: dict[str, Word] = {}
    for key, each in raw.items():
        try:
            if _CRITERIA & set(each):
                definitions[key] = read_definition(key, each)
            else:
                words[key] = _word(key, each)
        except Invalid as refusal:
            faults.append(_fault(f"definitions.{key}", refusal))
    if faults:
        raise BadDocument(faults)
    return definitions, words


def read_scorecards(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, Scorecard]:
    """The scorecards, in their order. Raises BadDocument, naming each row that is wrong."""
    faults: list[Fault] = []
    scorecards: dict[str, Scorecard] = {}
    for key, each in raw.items():
        try:
            scorecards[key] = read_scorecard(key, each)
        except Invalid as refusal:
            faults.append(_fault(f"scorecards.{key}", refusal))
    if faults:
        raise BadDocument(faults)
    return scorecards


def _word(key: str, raw: Mapping[str, Any]) -> Word:
    for name in ("title", "text"):
        value = raw.get(name)
        if not isinstance(value, str) or not value.strip():
            raise Invalid(_("it is empty; say what it means."), field=name)
    for name in raw:
        if name not in ("title", "text"):
            raise Invalid(
                _(
                    "a definition without criteria has a title and a text only; leave "
                    "this out, or add what a lead must meet."
                ),
                field=name,
            )
    return Word(title=raw["title"].strip(), text=raw["text"].strip())


def _fault(clause: str, refusal: Invalid) -> Fault:
    return Fault(f"{clause}.{refusal.field}" if refusal.field else clause, refusal.sentence)
