"""Every activity is of a registered kind, and every kind can be read as a sentence."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from accord.content import kinds as _of_content  # noqa: F401 - a room's kinds register themselves
from accord.content.models import Piece
from accord.deals import kinds as _of_deals  # noqa: F401
from accord.handoffs import kinds as _of_handoffs  # noqa: F401
from accord.handoffs.models import AttemptChannel, AttemptOutcome, ClockKind, Trigger
from accord.leads import kinds
from accord.leads.rules import EVENTS
from tests.laws.source import Module, modules, obey, planted, texts

# By what each kind can be told beside nothing at all.
OUTCOMES = {
    "attempt.logged": AttemptOutcome.values,
    "clock.missed": ClockKind.values,
    "handoff.offered": Trigger.values,
    "stage.entered": ["mql", "recycled"],
    "form.submitted": ["demo", "contact"],
    "call.received": ["price"],
    "consent.given": ["email", "phone", "profiling"],
    "consent.withdrawn": ["email", "phone", "profiling"],
    **{
        f"content_request.{what}": Piece.values
        for what in ("asked", "taken", "delivered", "turned_down", "withdrawn", "missed")
    },
}
DETAIL = {
    "name": "Prices",
    "title": "Forty sensors",
    "owner": "Mira Lind",
    "before": "Sam Okafor",
    "why": "next in turn",
    "label": "No need",
    "step": "Proposal",
    "facts": ["budget"],
    "re_enter_on": "2026-05-31",
    "until": "2026-05-31T07:00:00+00:00",
}


@dataclass
class Told:
    """An activity with as little on it as there can be."""

    kind: str
    channel: str | None = None
    outcome: str | None = None
    text: str | None = None
    detail: dict[str, Any] | None = field(default=None)


def unregistered(found: Iterable[Module]) -> Iterator[str]:
    """Kinds that are recorded and that no room has registered."""
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("NewActivity"):
                for kind in _kinds_of(node):
                    if kind not in kinds.registered():
                        yield f"{module.at(node)} {kind}"


def _kinds_of(call: ast.Call) -> Iterator[str]:
    given = next((each.value for each in call.keywords if each.arg == "kind"), None)
    given = given or (call.args[0] if call.args else None)
    for node in ast.walk(given) if given else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_what_is_recorded_is_registered() -> None:
    obey("An activity's kind needs a sentence: register it in kinds.py.", unregistered(modules()))
    assert list(unregistered(planted("leads.actions", "NewActivity(kind='lead.sung_to', side=1)")))


def test_what_a_door_may_say_happened_is_registered() -> None:
    assert set(EVENTS) <= set(kinds.registered())
    ours = {kind for kind in EVENTS if not kinds.of(kind).is_new_event}
    assert ours == {"email.sent"}, "What we do ourselves makes nobody ready."


def test_every_kind_is_recorded_somewhere() -> None:
    used = {
        text
        for module in modules()
        if module.parts[:1] != ["kinds"]
        for _node, text in texts(module.tree)
    }
    idle = set(kinds.registered()) - used
    assert not idle, f"Nothing records these kinds; remove them: {', '.join(sorted(idle))}."


@pytest.mark.parametrize("key", sorted(kinds.registered()))
def test_a_kind_has_a_sentence_whatever_is_known(key: str) -> None:
    kind = kinds.of(key)
    channel = AttemptChannel.CALL if key == "attempt.logged" else None
    for outcome in [None, *OUTCOMES.get(key, [])]:
        for detail in (None, {}, DETAIL):
            sentence = kind.sentence(Told(key, channel, outcome, detail=detail))
            assert isinstance(sentence, str)
            assert sentence.strip(" :"), f"{key} says nothing of outcome {outcome}, {detail}."
            assert "%(" not in sentence
    assert str(kind.label)
    assert kind.icon
