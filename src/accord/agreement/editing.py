"""What of a document can be changed in place, each clause by a field that fits it.

The fields stand beside the document's YAML: what is sent for them is written into it, and every
other line stays as it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accord.agreement.cards import read_cards
from accord.agreement.fields import Field, Part, Reader, Row
from accord.agreement.plain_yaml import read_yaml
from accord.agreement.reading import read
from accord.agreement.rewriting import with_value
from accord.agreement.terms import Terms
from accord.agreement.trial import may_be_on_trial
from accord.agreement.wording import A_PERIOD, HANDED_OVER, STEPS_TAKEN

Sent = Callable[[str], Sequence[str]]  # what was sent under a name


def parts(document: str, terms: Terms) -> list[Part]:
    """What can be changed of a document; its words are those of the terms. Raises BadDocument."""
    raw = read_yaml(document)
    of = Reader(raw)
    promises = {each.key: each.sentence for each in read(terms).promises}
    return [
        Part("frame", _("Goal and time"), [row for row in _frame(of, terms) if row.fields]),
        Part(
            "marketing",
            _("What marketing promises"),
            [row for row in _marketing(of, terms, promises) if row.fields],
        ),
        Part(
            "sales",
            _("What sales promises"),
            [row for row in _sales(of, terms, promises) if row.fields],
        ),
        *_cards(of, terms),
    ]


def edited(document: str, terms: Terms, sent: Sent, *, shown: str = "") -> str:
    """The document with what was sent for fields that say otherwise than what they were shown.

    They were made of `shown`, by default of the document. Raises BadDocument where either cannot
    be read.
    """
    taken_out = []
    for part in parts(shown or document, terms):
        for row in part.rows:
            if row.is_free and sent(f"{row.clause}.out"):
                taken_out.append(row.clause)
            for field in row.fields:
                document = _written(document, field, sent)
    for clause in reversed(taken_out):
        document = with_value(document, clause, None)
    return document


def _written(document: str, field: Field, sent: Sent) -> str:
    if field.kind == "ticks":
        if not sent(f"{field.clause}.shown"):
            return document
        chosen = [key for key, _words, _is in field.ticks if key in sent(field.clause)]
        was = [key for key, _words, is_ticked in field.ticks if is_ticked]
        return document if chosen == was else with_value(document, field.clause, chosen or None)
    given = [each.strip() for each in sent(field.clause)]
    if not given:
        return document
    text = " ".join(given[0].split())
    unit = next(iter(sent(f"{field.clause}.unit")), field.unit)
    if (text, unit) == (" ".join(field.value.split()), field.unit):
        return document
    return with_value(document, field.clause, _value(field, text, unit))


def _value(field: Field, text: str, unit: str) -> Any:
    """What was typed as the document has it; what does not read as that stays a text."""
    if not text:
        return None
    try:
        if field.kind == "share":
            return round(float(text) / 100, 6)
        if field.kind == "span":
            return {unit: int(text)}
        if field.kind == "day":
            return date.fromisoformat(text)
        return int(text) if field.kind == "number" else text
    except ValueError:
        return text


def _frame(of: Reader, terms: Terms) -> Iterator[Row]:
    yield Row("purpose", _("What it is for"), [*of.text("purpose", _("In words"))])
    goal = [
        *of.number("goal.revenue", _("Revenue"), str(of.at("goal.currency") or "")),
        *of.share("goal.marketing_share", _("Marketing brings")),
        *of.text("goal.text", _("In words")),
    ]
    yield Row("goal", _("The goal"), goal)
    day = Field("effective_on", _("Day"), "day", str(of.at("effective_on") or ""))
    yield Row("effective_on", _("In force from, where not at once"), [day])
    review = [
        *of.number("review.every_months", _("Every"), _("months")),
        *of.text("review.text", _("In words")),
    ]
    yield Row("review", _("Review"), review)
    ticked = of.at("on_trial") or []
    ticks = [(key, words, key in ticked) for key, words in may_be_on_trial(terms).items()]
    yield Row(
        "on_trial",
        _("On trial: counted, and nobody is told"),
        [Field("on_trial", _("On trial"), "ticks", ticks=ticks)],
    )


def _ready_leads(of: Reader, terms: Terms) -> Iterator[Field]:
    promise, clause = terms.marketing.ready_leads, "marketing.ready_leads"
    per = str(A_PERIOD[promise.per])
    yield from of.number(f"{clause}.target", _("At least"), per)
    for number, each in enumerate(promise.segments):
        title = terms.definitions[each.definition].title
        yield from of.number(f"{clause}.segments.{number}.target", title, per)
        if each.worth:
            unit = f"{each.worth.currency} {per}"
            label = _("Worth together: %(title)s") % {"title": title}
            yield from of.number(f"{clause}.segments.{number}.worth.amount", label, unit)
    if promise.worth:
        unit = f"{promise.worth.currency} {per}"
        yield from of.number(f"{clause}.worth.amount", _("Worth together"), unit)


def _marketing(of: Reader, terms: Terms, promises: Mapping[str, str]) -> Iterator[Row]:
    fields = {
        "ready_leads": _ready_leads(of, terms),
        "acceptance_rate": of.share("marketing.acceptance_rate.share", _("At least")),
        "pass_back_answer": of.span("marketing.pass_back_answer.within", _("Within")),
        "lead_to_customer": of.share("marketing.lead_to_customer.share", _("At least")),
        "nurture": of.span("marketing.nurture.within", _("Within")),
        "content": of.span("marketing.content.within", _("Within")),
    }
    for key, own in fields.items():
        clause = f"marketing.{key}"
        words = [*of.text(f"{clause}.text", _("In words"))]
        yield Row(clause, promises.get(key, key), [*own, *words])


def _first_attempts(of: Reader, terms: Terms) -> Iterator[Field]:
    first = "sales.first_attempt"
    for trigger, words in HANDED_OVER.items():
        yield from of.span(f"{first}.within.{trigger}", str(words))
    for number, key in enumerate(terms.sales.first_attempt_of):
        for trigger, words in HANDED_OVER.items():
            label = f"{terms.definitions[key].title}, {words.lower()}"
            yield from of.span(f"{first}.segments.{number}.within.{trigger}", label)


def _sales(of: Reader, terms: Terms, promises: Mapping[str, str]) -> Iterator[Row]:
    share = [*of.share("sales.within_share", _("At least"))]
    yield Row("sales.within_share", _("Kept in time means: of all of them"), share)
    fields = {
        "first_attempt": _first_attempts(of, terms),
        "answer": of.span("sales.answer.within", _("Within")),
        "attempts": (
            *of.number("sales.attempts.at_least", _("At least"), _("attempts")),
            *of.span("sales.attempts.within", _("Within")),
            *of.number("sales.attempts.channels", _("On"), _("channels")),
        ),
        "disposition": of.span("sales.disposition.within", _("Within")),
        "capacity": of.number("sales.capacity.attempts_a_day", _("At most"), _("a day")),
    }
    for key, own in fields.items():
        clause = f"sales.{key}"
        words = [*of.text(f"{clause}.text", _("In words"))]
        yield Row(clause, promises.get(key, key), [*own, *words])
    rounds = [*of.number("pass_back.max_rounds", _("At most"), _("rounds"))]
    yield Row("pass_back.max_rounds", _("How often a lead may come back"), rounds)
    yield _warning(of)
    follows = _("What follows when a promise is missed, and how soon")
    yield Row("escalation.steps", follows, [*_after_misses(of)])


def _warning(of: Reader) -> Row:
    """The two ways to say when to warn; what is not there can be begun, what is can go."""
    where = "escalation.warn"
    passed, before = _("After"), _("Before")
    share = [*of.share(f"{where}.at_share", passed)]
    span = [*of.span(f"{where}.before", before)]
    fields = [
        *(share or [Field(f"{where}.at_share", passed, "share", unit="%")]),
        *(span or [Field(f"{where}.before", before, "span", unit="working_minutes")]),
    ]
    words = _("Whoever promised is warned: after a share of the time, or so long before it is due")
    return Row(where, words, fields, is_free=bool(of.at(where)))


def _after_misses(of: Reader) -> Iterator[Field]:
    for number in range(len(of.at("escalation.steps") or [])):
        where = f"escalation.steps.{number}"
        step = str(of.at(f"{where}.step"))
        yield from of.span(f"{where}.after", str(STEPS_TAKEN.get(step, step)))


def _cards(of: Reader, terms: Terms) -> Iterator[Part]:
    for card in read_cards(terms):
        where = f"scorecards.{card.key}"
        rows = []
        for number, each in enumerate(of.at(f"{where}.rows") or []):
            same = card.rows[number].sentence if number < len(card.rows) else ""
            words = str(each.get("text") or same) if isinstance(each, Mapping) else ""
            rows.append(
                Row(f"{where}.rows.{number}", words, [*_points(of, where, number)], is_free=True)
            )
        grades = of.at(f"{where}.grades") or {}
        begins = [
            field
            for name in grades
            for field in of.number(f"{where}.grades.{name}", _("%(grade)s from") % {"grade": name})
        ]
        yield Part(
            card.key,
            _("Points: %(card)s") % {"card": card.title},
            [*rows, Row(f"{where}.grades", _("Grades"), begins)],
        )


def _points(of: Reader, where: str, number: int) -> Iterator[Field]:
    row = f"{where}.rows.{number}"
    yield from of.number(f"{row}.points", _("Points"))
    if not of.at(f"{row}.each"):
        return
    if of.at(f"{row}.loses"):
        yield from of.number(f"{row}.loses.percent", _("Loses"), "%")
        yield from of.number(f"{row}.loses.every_days", _("Every"), _("days"))
    else:
        days = of.at(f"{row}.within_days")
        yield Field(f"{row}.within_days", _("In the last"), "number", f"{days or ''}", _("days"))
    most = of.at(f"{row}.at_most")
    yield Field(f"{row}.at_most", _("At most"), "number", f"{most or ''}", _("times"))
