"""What a version says, line by line: each by its clause in the document, in the words of the page.

The lines are what a diff compares and what a discussion is about, so each has a key that stays
the same from version to version.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accord.agreement.cards import read_cards
from accord.agreement.reading import Criterion, Defined, Promise, Reading, ReasonRead, read
from accord.agreement.terms import Terms
from accord.agreement.together import Together, read_together
from accord.agreement.trial import may_be_on_trial
from accord.base.lifecycle import Side


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its clause, such as `definitions.mql.visits-often`, its place and its words.

    A line of criteria also knows the key of the group it stands in; "" for the outermost.
    """

    key: str
    place: str
    text: str
    group: str = ""
    is_group: bool = False


def said(terms: Terms) -> dict[str, Line]:
    """The lines of these terms by their keys, in the order of the document."""
    found: dict[str, Line] = {}
    for line in _lines(terms):
        key, number = line.key, 2
        while key in found:  # two meetings of one name, say
            key, number = f"{line.key}.{number}", number + 1
        found[key] = line if key == line.key else Line(key, line.place, line.text)
    return found


def _lines(terms: Terms) -> Iterator[Line]:
    reading, together, document = read(terms), read_together(terms), terms.document
    yield Line("title", _("Title"), reading.title)
    yield Line("purpose", _("Purpose"), reading.purpose)
    yield from _goal(together)
    yield Line("period", _("Period"), reading.period)
    day = terms.effective_on
    yield Line(
        "effective_on", _("In force from"), date_format(day, "j M Y") if day else _("at once")
    )
    yield Line("on_trial", _("On trial"), ", ".join(_on_trial(terms)) or _("nothing"))
    yield Line("review", _("Review"), reading.review)
    if document.review.next_on:  # else the months stand in the line above
        yield Line("review.every_months", _("Review"), f"{document.review.every_months}")
    yield Line("one_person_may_hold_both", _("Signatures"), reading.both_seats)
    for side, (label, text) in zip((Side.MARKETING, Side.SALES), reading.parties, strict=True):
        yield Line(f"parties.{side}", label, text)
    for each in reading.definitions:
        yield from _definition(each)
    titles = {each.key: each.title for each in reading.definitions}
    yield Line("gate", _("Opens the handoff"), titles[terms.gate])
    yield Line("checklist", _("Checked before qualifying"), titles[terms.checklist])
    yield from _cards(terms)
    yield Line("hand_raises", _("Who raises a hand"), reading.hand_raises)
    kinds = ", ".join(reading.hand_raise_kinds)
    yield Line("hand_raises.asks_for", _("Who raises a hand"), kinds)
    yield Line("marketing.text", _("What marketing promises"), reading.marketing)
    yield Line("sales.text", _("What sales promises"), reading.sales)
    yield Line("sales.within_share", _("What sales promises"), reading.in_time)
    for promise in reading.promises:
        yield from _promise(promise, reading.in_time)
    yield from _handing_over(reading)
    yield from _meetings(together)
    for duty in reading.duties:
        who = _(
            "does it: %(responsible)s; answers for it: %(accountable)s; asked: %(consulted)s; "
            "told: %(informed)s; covers: %(steps)s"
        )
        words = {name: getattr(duty, name) for name in duty.__dataclass_fields__}
        yield Line(f"roles.{duty.what}", f"{_('Who does what')}: {duty.what}", who % words)


def _on_trial(terms: Terms) -> Iterator[str]:
    """What is on trial, as the page calls it."""
    names = may_be_on_trial(terms)
    return (names.get(part, part) for part in terms.document.on_trial)


def _goal(together: Together) -> Iterator[Line]:
    if together.goal:
        yield Line("goal", _("The goal"), together.goal)
        yield Line("goal.revenue", _("The goal"), f"{together.revenue}. {together.share}")


def _definition(each: Defined) -> Iterator[Line]:
    where = f"definitions.{each.key}"
    yield Line(f"{where}.title", _("What we call it"), each.title)
    yield Line(where, each.title, f"{each.text} {each.effect}".strip())
    above: list[str] = []
    for line in each.criteria:
        key = f"{where}.{line.key}"
        del above[line.depth :]
        group = above[-1] if above else f"{where}.{line.level}"
        yield Line(key, each.title, _criterion(line), group, line.is_group)
        above.append(key)


def _criterion(line: Criterion) -> str:
    exactly = f" ({line.exactly})" if line.exactly else ""
    helps = _("And it helps when: %(text)s") if line.level == "should" else "%(text)s"
    return helps % {"text": f"{line.sentence}{exactly}"}


def _cards(terms: Terms) -> Iterator[Line]:
    for card in read_cards(terms):
        where = f"scorecards.{card.key}"
        yield Line(f"{where}.title", _("What we call it"), card.title)
        yield Line(where, card.title, card.text)
        for row in card.rows:
            rule = "".join(f" ({part})" for part in (row.exactly, row.rule) if part)
            text = f"{row.sentence}{rule}: {row.points:+}"
            yield Line(f"{where}.{row.key}", card.title, text)
        yield Line(f"{where}.grades", card.title, card.grades)


def _promise(promise: Promise, in_time: str) -> Iterator[Line]:
    where = f"{promise.side}.{promise.key}"
    place = _("What %(side)s promises") % {"side": str(promise.side.label).lower()}
    yield Line(where, place, promise.sentence)
    for number, figure in enumerate(promise.figures):
        if figure == in_time:  # has its own line
            continue
        # One that names what it is for is known by that, so that a changed one is one change.
        name, colon, _rest = figure.partition(":")
        key = f"{where}.{name if colon else number}"
        yield Line(key, f"{place}: {promise.sentence}", figure)


def _handing_over(reading: Reading) -> Iterator[Line]:
    yield Line("handoff", _("How a lead is handed over"), reading.handoff)
    yield Line("pass_back.text", _("Passing back"), reading.pass_back)
    yield Line("pass_back.max_rounds", _("Passing back"), reading.rounds)
    yield from _reasons("pass_back.reasons", _("Passing back"), reading.reasons)
    yield Line("lost_deals.text", _("Lost deals"), reading.lost_deals)
    yield from _reasons("lost_deals.reasons", _("Lost deals"), reading.loss_reasons)
    yield Line("escalation", _("When a promise is missed"), reading.escalation)
    yield Line("escalation.steps", _("When a promise is missed"), " ".join(reading.steps))


def _reasons(where: str, place: str, reasons: Sequence[ReasonRead]) -> Iterator[Line]:
    for each in reasons:
        parts = (each.text, each.consequence, each.asks)
        yield Line(f"{where}.{each.key}.label", place, each.label)
        text = " ".join(part for part in parts if part)
        yield Line(f"{where}.{each.key}", f"{place}: {each.label}", text)


def _meetings(together: Together) -> Iterator[Line]:
    for (side, text), key in zip(together.consequences, ("marketing", "sales"), strict=False):
        place = _("When a promise of the month is missed")
        yield Line(f"consequences.{key}", place, f"{side}: {text}")
    for each in together.figures:
        said = f"{each.label}: {each.sentence}"
        yield Line(f"figures.{each.key}", _("The figures we look at"), said)
    for meeting in together.meetings:
        said = f"{meeting.every}, {meeting.who}: {meeting.text}"
        yield Line(f"meetings.{meeting.title}", f"{_('Meetings')}: {meeting.title}", said)
