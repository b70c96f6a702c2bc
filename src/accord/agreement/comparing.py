"""What one version says otherwise than another, place by place, in the words of the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accord.agreement.cards import CardRead, read_cards
from accord.agreement.reading import Criterion, Reading, ReasonRead, read
from accord.agreement.terms import Terms
from accord.agreement.together import Together, read_together


@dataclass(frozen=True)
class Change:
    """One place that differs. `was` is empty for what is new, `now` for what goes."""

    place: str
    was: str
    now: str

    @property
    def words(self) -> list[tuple[str, str]]:
        """The sentence with what changed in it: (same | was | now, words), in order."""
        old, new = self.was.split(), self.now.split()
        parts: list[tuple[str, str]] = []
        for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if kind == "equal":
                parts.append(("same", " ".join(old[a:b])))
                continue
            parts += [("was", " ".join(old[a:b]))] if b > a else []
            parts += [("now", " ".join(new[c:d]))] if d > c else []
        return parts


# What names a place in both versions, what people call it, and what it says.
_Line = tuple[tuple[str, ...], str, str]


def changes(before: Terms, after: Terms) -> list[Change]:
    """The places that differ, in the order of the document; those that go come last."""
    old = {key: (place, text) for key, place, text in _lines(before)}
    new = {key: (place, text) for key, place, text in _lines(after)}
    changed = [
        Change(place, old[key][1] if key in old else "", text)
        for key, (place, text) in new.items()
        if key not in old or old[key][1] != text
    ]
    gone = [Change(place, text, "") for key, (place, text) in old.items() if key not in new]
    return changed + gone


def _lines(terms: Terms) -> Iterator[_Line]:
    reading, cards, together = read(terms), read_cards(terms), read_together(terms)
    yield ("title",), _("Title"), reading.title
    yield ("purpose",), _("Purpose"), reading.purpose
    yield from _together(together)
    yield ("period",), _("Period"), reading.period
    day = terms.effective_on
    yield ("effective",), _("In force from"), date_format(day) if day else _("at once")
    yield ("trial",), _("On trial"), ", ".join(terms.document.on_trial) or _("nothing")
    yield ("review",), _("Review"), reading.review
    yield ("seats",), _("Signatures"), reading.both_seats
    for side, text in reading.parties:
        yield ("party", side), side, text
    yield from _definitions(reading)
    yield from _cards(cards)
    yield ("hand_raises",), _("Who raises a hand"), reading.hand_raises
    yield ("hand_raise_kinds",), _("Who raises a hand"), ", ".join(reading.hand_raise_kinds)
    yield ("marketing",), _("What marketing promises"), reading.marketing
    yield ("sales",), _("What sales promises"), reading.sales
    for promise in reading.promises:
        place = _("What %(side)s promises") % {"side": str(promise.side.label).lower()}
        yield ("promise", promise.key), place, promise.sentence
        for number, figure in enumerate(promise.figures):
            # One that names what it is for is known by that, so that a changed one is one change.
            name, colon, _rest = figure.partition(":")
            key = ("figure", promise.key, name if colon else f"{number}")
            yield key, f"{place}: {promise.sentence}", figure
    yield from _handing_over(reading)
    for duty in reading.duties:
        who = _(
            "does it: %(responsible)s; answers for it: %(accountable)s; asked: %(consulted)s; "
        ) + _("told: %(informed)s")
        words = {name: getattr(duty, name) for name in duty.__dataclass_fields__}
        yield ("duty", duty.what), f"{_('Who does what')}: {duty.what}", who % words


def _together(together: Together) -> Iterator[_Line]:
    yield ("goal",), _("The goal"), together.goal
    yield ("revenue",), _("The goal"), f"{together.revenue} {together.share}".strip()
    for side, text in together.consequences:
        yield ("consequence", side), _("When a promise of the month is missed"), f"{side}: {text}"
    for each in together.figures:
        yield ("looked at", each.key), _("The figures we look at"), f"{each.label}: {each.sentence}"
    for meeting in together.meetings:
        said = f"{meeting.every}, {meeting.who}: {meeting.text}"
        yield ("meeting", meeting.title), f"{_('Meetings')}: {meeting.title}", said


def _definitions(reading: Reading) -> Iterator[_Line]:
    for each in reading.definitions:
        yield ("definition", each.key), each.title, f"{each.text} {each.effect}".strip()
        for line in each.criteria:
            if not line.is_group or line.sentence:
                yield ("criterion", each.key, line.key), each.title, _criterion(line)


def _cards(cards: Sequence[CardRead]) -> Iterator[_Line]:
    for card in cards:
        yield ("card", card.key), card.title, card.text
        yield ("grades", card.key), card.title, card.grades
        for row in card.rows:
            rule = f" ({row.rule})" if row.rule else ""
            yield ("points", card.key, row.key), card.title, f"{row.sentence}{rule}: {row.points:+}"


def _criterion(line: Criterion) -> str:
    exactly = f" ({line.exactly})" if line.exactly else ""
    helps = _("And it helps when: %(text)s") if line.level == "should" else "%(text)s"
    return helps % {"text": f"{line.sentence}{exactly}"}


def _handing_over(reading: Reading) -> Iterator[_Line]:
    yield ("handoff",), _("How a lead is handed over"), reading.handoff
    yield ("pass_back",), _("Passing back"), reading.pass_back
    yield ("rounds",), _("Passing back"), reading.rounds
    yield from _reasons("reason", _("Passing back"), reading.reasons)
    yield ("lost_deals",), _("Lost deals"), reading.lost_deals
    yield from _reasons("loss_reason", _("Lost deals"), reading.loss_reasons)
    yield ("escalation",), _("When a promise is missed"), reading.escalation
    yield ("steps",), _("When a promise is missed"), " ".join(reading.steps)


def _reasons(kind: str, place: str, reasons: Sequence[ReasonRead]) -> Iterator[_Line]:
    for each in reasons:
        said = " ".join(part for part in (each.text, each.consequence, each.asks) if part)
        yield (kind, each.key), f"{place}: {each.label}", said
