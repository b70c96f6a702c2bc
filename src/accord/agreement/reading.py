"""The agreement as a page reads it: sections, sentences, and what runs beneath each of them.

The sentences are the document's own; each figure is worded here from the clause that runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.agreement.document import Worth
from accord.agreement.terms import Duty, LossReason, Reason, Step, Terms
from accord.agreement.wording import (
    ASKED_FOR,
    ASKS,
    DESTINATIONS,
    HANDED_OVER,
    ROLES,
    STEPS_TAKEN,
    joined,
    leads_per,
    percent,
    within,
    worded,
)
from accord.base.lifecycle import Side
from accord.criteria.explain import lines
from accord.criteria.language import Clause, Definition, Group
from accord.criteria.registry import registry


@dataclass(frozen=True)
class Criterion:
    """One line of a definition: its plain words, and exactly what is asked where they differ.

    `level` is must or should; `depth` counts the groups it stands in.
    """

    key: str
    depth: int
    sentence: str
    exactly: str
    level: str
    is_group: bool


@dataclass(frozen=True)
class Defined:
    """A word: what it means, what it does here, and its criteria, none for text only."""

    key: str
    title: str
    text: str
    effect: str
    criteria: Sequence[Criterion]


@dataclass(frozen=True)
class Promise:
    """One promise of a side: the sentence, and its figures in words."""

    key: str
    side: Side
    sentence: str
    figures: Sequence[str]


@dataclass(frozen=True)
class ReasonRead:
    """A reason: what it means, what happens then, and what is asked."""

    key: str
    label: str
    text: str
    consequence: str
    asks: str


@dataclass(frozen=True)
class DutyRead:
    """Who does a thing, in words; `steps` are what it covers, by their names in the document."""

    what: str
    responsible: str
    accountable: str
    consulted: str
    informed: str
    steps: str


@dataclass(frozen=True)
class Reading:
    """The whole document, in the order of the page."""

    title: str
    purpose: str
    period: str
    review: str
    parties: Sequence[tuple[str, str]]
    both_seats: str
    definitions: Sequence[Defined]
    hand_raises: str
    hand_raise_kinds: Sequence[str]
    marketing: str
    sales: str
    in_time: str
    promises: Sequence[Promise]
    handoff: str
    pass_back: str
    rounds: str
    reasons: Sequence[ReasonRead]
    lost_deals: str
    loss_reasons: Sequence[ReasonRead]
    escalation: str
    steps: Sequence[str]
    duties: Sequence[DutyRead]


def read(terms: Terms, *, since: datetime | None = None) -> Reading:
    """The document of these terms; `since` is when they came into force, for the next review."""
    said = terms.document
    return Reading(
        title=said.title,
        purpose=said.purpose,
        period=said.period,
        review=_review(terms, since),
        parties=[(_("Marketing"), said.parties.marketing), (_("Sales"), said.parties.sales)],
        both_seats=_both_seats(terms),
        definitions=_definitions(terms),
        hand_raises=said.hand_raises.text,
        hand_raise_kinds=[str(ASKED_FOR[kind]) for kind in said.hand_raises.asks_for],
        marketing=said.marketing.text,
        sales=said.sales.text,
        in_time=_in_time(terms),
        promises=[*_of_marketing(terms), *_of_sales(terms)],
        handoff=said.handoff.text,
        pass_back=said.pass_back.text,
        rounds=ngettext(
            "After %(n)s round it stays with marketing, unless they ask for us.",
            "After %(n)s rounds it stays with marketing, unless they ask for us.",
            terms.max_rounds,
        )
        % {"n": terms.max_rounds},
        reasons=[_reason(reason) for reason in terms.reasons.values()],
        lost_deals=said.lost_deals.text,
        loss_reasons=[_loss_reason(reason) for reason in terms.loss_reasons.values()],
        escalation=said.escalation.text,
        steps=[*_warning(terms), *(_step(step) for step in terms.escalation)],
        duties=[_duty(duty) for duty in terms.duties],
    )


def next_review(terms: Terms, *, since: datetime | None) -> date | None:
    """The day of the next review: the one named, else so many months after `since`.

    None before it is in force, where no day is named.
    """
    if terms.review_on or since is None:
        return terms.review_on
    months = since.month - 1 + terms.review_every_months
    first = date(since.year + months // 12, months % 12 + 1, 1)
    last = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - first).days
    return first.replace(day=min(since.day, last))


def _review(terms: Terms, since: datetime | None) -> str:
    if day := next_review(terms, since=since):
        when = _("Next review: %(day)s.") % {"day": date_format(day, "j M Y")}
    else:
        when = ngettext("Every %(n)s month.", "Every %(n)s months.", terms.review_every_months) % {
            "n": terms.review_every_months
        }
    return f"{when} {terms.document.review.text}"


def _both_seats(terms: Terms) -> str:
    if terms.one_person_may_hold_both:
        return _("One person may hold both seats and sign for both.")
    return _("Two people sign: nobody signs for both sides.")


def _definitions(terms: Terms) -> list[Defined]:
    found = []
    for key in terms.document.definitions:
        if key in terms.definitions:
            definition = terms.definitions[key]
            criteria = _criteria(definition, terms.titles)
            found.append(
                Defined(key, definition.title, definition.text, _effect(key, terms), criteria)
            )
        else:
            word = terms.words[key]
            found.append(Defined(key, word.title, word.text, "", ()))
    return found


def _effect(key: str, terms: Terms) -> str:
    """What meeting a definition does."""
    effects = []
    if terms.definitions[key].stage:
        effects.append(_("Whoever meets it enters this stage."))
    if key == terms.gate:
        effects.append(_("Whoever meets it may be handed to sales."))
    if key == terms.checklist:
        effects.append(_("A rep checks it before qualifying a lead."))
    return " ".join(effects)


def _criteria(definition: Definition, titles: Mapping[str, str]) -> list[Criterion]:
    said = lines(definition, registry=registry, titles=titles)
    must = _bare(definition.must)
    bare = replace(
        definition,
        must=must if isinstance(must, Group) else definition.must,
        should=tuple(_bare(clause) for clause in definition.should),
    )
    asked = lines(bare, registry=registry, titles=titles)
    return [
        Criterion(
            key=line.key,
            depth=line.depth,
            sentence=line.sentence,
            exactly="" if exact.sentence == line.sentence else exact.sentence,
            level=line.level,
            is_group=line.is_group,
        )
        for line, exact in zip(said, asked, strict=True)
    ]


def _bare(clause: Clause) -> Clause:
    """The clause without its own words, so that it is worded by what it asks."""
    if isinstance(clause, Group):
        return replace(clause, text="", items=tuple(map(_bare, clause.items)))
    return replace(clause, text="")


def _of_marketing(terms: Terms) -> list[Promise]:
    said, promised = terms.document.marketing, terms.marketing
    per = said.ready_leads.per
    figures = [leads_per(per, promised.ready_leads.target)]
    for segment in said.ready_leads.segments:
        title = terms.definitions[segment.definition].title
        figures.append(f"{title}: {leads_per(per, segment.target)}{_worth(segment.worth, ', ')}")
    if said.ready_leads.worth:
        figures.append(_worth(said.ready_leads.worth))
    accepted = _("at least %(share)s accepted") % {"share": percent(promised.acceptance_rate)}
    return [
        Promise(
            "ready_leads",
            Side.MARKETING,
            said.ready_leads.text,
            figures,
        ),
        Promise("acceptance_rate", Side.MARKETING, said.acceptance_rate.text, [accepted]),
        Promise(
            "pass_back_answer",
            Side.MARKETING,
            said.pass_back_answer.text,
            [within(promised.pass_back_answer)],
        ),
        *_further(terms),
    ]


def _worth(worth: Worth | None, before: str = "") -> str:
    if worth is None:
        return ""
    amount = number_format(worth.amount, force_grouping=True)
    words = {"amount": amount, "currency": worth.currency}
    return before + _("worth %(amount)s %(currency)s together") % words


def _further(terms: Terms) -> Iterator[Promise]:
    """What marketing may promise beside."""
    said = terms.document.marketing
    if said.lead_to_customer:
        share = _("at least %(share)s") % {"share": percent(said.lead_to_customer.share)}
        yield Promise("lead_to_customer", Side.MARKETING, said.lead_to_customer.text, [share])
    for key, limit in (("nurture", said.nurture), ("content", said.content)):
        if limit:
            yield Promise(key, Side.MARKETING, limit.text, [within(limit.within)])


def _of_sales(terms: Terms) -> list[Promise]:
    said, promised = terms.document.sales, terms.sales
    kept = _in_time(terms)
    first = [
        f"{HANDED_OVER[trigger]}: {within(span)}"
        for trigger, span in promised.first_attempt.items()
    ]
    first += [
        f"{terms.definitions[key].title}, {HANDED_OVER[trigger].lower()}: {within(span)}"
        for key, limits in promised.first_attempt_of.items()
        for trigger, span in limits.items()
    ]
    tries = _("at least %(n)s attempts %(within)s, on %(channels)s channels or more") % {
        "n": promised.attempts.at_least,
        "within": within(promised.attempts.within),
        "channels": promised.attempts.channels,
    }
    return [
        Promise("first_attempt", Side.SALES, said.first_attempt.text, [*first, kept]),
        Promise("answer", Side.SALES, said.answer.text, [within(promised.answer), kept]),
        Promise("attempts", Side.SALES, said.attempts.text, [tries]),
        Promise(
            "disposition", Side.SALES, said.disposition.text, [within(promised.disposition), kept]
        ),
        *_capacity(terms),
    ]


def _in_time(terms: Terms) -> str:
    return _("%(share)s of the time") % {"share": percent(terms.sales.within_share)}


def _capacity(terms: Terms) -> Iterator[Promise]:
    said = terms.document.sales.capacity
    if said:
        able = ngettext("%(n)s attempt a day", "%(n)s attempts a day", said.attempts_a_day)
        yield Promise("capacity", Side.SALES, said.text, [able % {"n": said.attempts_a_day}])


def _reason(reason: Reason) -> ReasonRead:
    consequence = _returns(str(DESTINATIONS[reason.destination]), reason)
    if reason.blames_definition:
        consequence += " " + _("The clause that let it through is named.")
    if reason.after_attempts:
        consequence += " " + _("It holds only once the promised attempts were made.")
    asks = ""
    if reason.asks:
        form = _("Asked: %(label)s") if reason.asks.required else _("Asked, where known: %(label)s")
        asks = f"{form % {'label': reason.asks.label}} ({ASKS[reason.asks.field]})"
    return ReasonRead(reason.key, reason.label, reason.text, consequence, asks)


def _loss_reason(reason: LossReason) -> ReasonRead:
    consequence = _returns(str(DESTINATIONS[reason.destination or "stay"]), reason)
    return ReasonRead(reason.key, reason.label, "", consequence, "")


def _returns(where: str, reason: Reason | LossReason) -> str:
    if reason.destination != "nurture":
        return where
    asks = reason.asks if isinstance(reason, Reason) else None
    dated = asks is not None and asks.field == "date"
    if reason.re_enter_after is None:
        return f"{where} {_('It may return from the date they named.')}"
    span = worded(reason.re_enter_after)
    if dated:
        form = _("It may return from the date they named, else after %(span)s.")
    else:
        form = _("It may return after %(span)s.")
    return f"{where} {form % {'span': span}}"


def _warning(terms: Terms) -> Iterator[str]:
    """When whoever promised is warned, before it is due."""
    warns = terms.warning
    if warns and warns.before:
        before = worded(warns.before)
        yield _("Whoever promised is warned %(span)s before it is due.") % {"span": before}
    elif warns and warns.at_share:
        yield _("Whoever promised is warned once %(share)s of the time has passed.") % {
            "share": percent(warns.at_share)
        }


def _step(step: Step) -> str:
    when = _("after %(span)s") % {"span": worded(step.after)} if step.after.amount else _("at once")
    return _("%(step)s, %(when)s.") % {"step": STEPS_TAKEN[step.key], "when": when}


def _duty(duty: Duty) -> DutyRead:
    return DutyRead(
        what=duty.what,
        responsible=_roles(duty.responsible),
        accountable=_roles([duty.accountable]),
        consulted=_roles(duty.consulted),
        informed=_roles(duty.informed),
        steps=", ".join(duty.steps),
    )


def _roles(roles: Sequence[str]) -> str:
    return joined([str(ROLES[role]) for role in roles])
