"""The agreement as everybody reads it: definitions that run, promises that are kept, reasons."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from accord.agreement.checking import check_terms
from accord.agreement.definitions import (
    IDEAL_CUSTOMER,
    Word,
    read_definitions,
    read_scorecards,
)
from accord.agreement.document import Document, Goal, ReadyLeads, read_document
from accord.agreement.document import Duty as DutySaid
from accord.agreement.spans import Span, Warned
from accord.criteria.checking import asking
from accord.criteria.language import Definition
from accord.criteria.registry import registry
from accord.criteria.scorecards import Scorecard


@dataclass(frozen=True, slots=True)
class Ask:
    """The one thing more that a reason needs: `field` is note, date, competitor or duplicate_of."""

    field: str
    label: str
    required: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a lead is passed back, and what then happens to it.

    `destination` is nurture, data_fix, disqualify, merge or suppress. In nurture it may return
    `re_enter_after` the pass-back, or after the date that was asked for. `blames_definition`:
    the rep names the clause that let it through. `after_attempts`: it holds only when the
    promised attempts were made.
    """

    key: str
    label: str
    text: str
    destination: str
    re_enter_after: Span | None
    asks: Ask | None
    blames_definition: bool
    after_attempts: bool


@dataclass(frozen=True, slots=True)
class LossReason:
    """Why a deal is lost. `destination` is nurture, disqualify, or None: the lead stays."""

    key: str
    label: str
    destination: str | None
    re_enter_after: Span | None


@dataclass(frozen=True, slots=True)
class Attempts:
    """Tries before giving up: at least so many, within a span, on so many channels."""

    at_least: int
    within: Span
    channels: int


@dataclass(frozen=True, slots=True)
class MarketingPromises:
    """What marketing promises. `acceptance_rate`, `lead_to_customer` are shares from 0 to 1.

    `content` is None where the agreement promises none.
    """

    ready_leads: ReadyLeads
    acceptance_rate: float
    pass_back_answer: Span
    lead_to_customer: float | None
    content: Span | None


@dataclass(frozen=True, slots=True)
class SalesPromises:
    """What sales promises. `within_share` of each kind of promise is kept in time, 0 to 1.

    `first_attempt_of` holds the limits of segments that are others, by definition, in the order
    in which they count. `attempts_a_day` is what a rep has time for on a working day; None where
    nobody said.
    """

    within_share: float
    first_attempt: Mapping[str, Span]
    first_attempt_of: Mapping[str, Mapping[str, Span]]
    answer: Span
    attempts: Attempts
    disposition: Span
    attempts_a_day: int | None


class Step(NamedTuple):
    """What happens `after` a promise was missed: tell_rep, tell_head or reassign."""

    key: str
    after: Span


@dataclass(frozen=True, slots=True)
class Duty:
    """Who does what; roles as in `teams.models.Role`. `steps` are what it covers."""

    what: str
    steps: Sequence[str]
    responsible: Sequence[str]
    accountable: str
    consulted: Sequence[str]
    informed: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """One version of the agreement, read. `document` holds the sentences for the page.

    `definitions` are those that can be executed, by key; `gate` names the one that a lead must
    meet to be handed over, `checklist` the one a rep checks before qualifying. `words` are
    those that are text only. `scorecards` give points, under `fit` and `engagement`. `following`
    names the definitions, and “scorecards”, that ask for what stages or deals move.
    """

    number: int
    is_trial: bool
    document: Document = field(repr=False)
    definitions: Mapping[str, Definition]
    words: Mapping[str, Word]
    scorecards: Mapping[str, Scorecard]
    following: frozenset[str]
    gate: str
    checklist: str
    hand_raises: frozenset[str]
    marketing: MarketingPromises
    sales: SalesPromises
    reasons: Mapping[str, Reason]
    loss_reasons: Mapping[str, LossReason]
    max_rounds: int
    warning: Warned | None
    escalation: Sequence[Step]
    duties: Sequence[Duty]

    @property
    def ideal_customer(self) -> str:
        """The key of the definition that says whom we want; "" where it has no criteria."""
        return IDEAL_CUSTOMER if IDEAL_CUSTOMER in self.definitions else ""

    @property
    def titles(self) -> dict[str, str]:
        """What people call each definition that can be executed, by its key."""
        return {key: each.title for key, each in self.definitions.items()}

    def duty(self, step: str) -> Duty | None:
        """Who answers for a step of a lead's way, or for a promise; None where nobody is named."""
        return next((duty for duty in self.duties if step in duty.steps), None)

    def is_part_on_trial(self, part: str) -> bool:
        """Whether a promise, a definition or the scorecards only run on trial."""
        return part in self.document.on_trial

    def warning_of(self, promise: str) -> Warned | None:
        """When to warn of a promise; of what is only on trial nobody is told."""
        return None if self.is_part_on_trial(promise) else self.warning

    def escalation_of(self, promise: str) -> Sequence[Step]:
        """What follows when a promise is missed. On trial it is counted, and nobody is told."""
        return () if self.is_part_on_trial(promise) else self.escalation

    @property
    def effective_on(self) -> datetime.date | None:
        """The day from which it is in force, where it is not at once."""
        return self.document.effective_on

    @property
    def goal(self) -> Goal | None:
        """What both teams work for, where they named it."""
        return self.document.goal

    @property
    def title(self) -> str:
        """The document's title."""
        return self.document.title

    @property
    def purpose(self) -> str:
        """What the agreement is for."""
        return self.document.purpose

    @property
    def period(self) -> str:
        """For how long it holds, in words."""
        return self.document.period

    @property
    def review_on(self) -> datetime.date | None:
        """The day of the next review, where the document names one."""
        return self.document.review.next_on

    @property
    def review_every_months(self) -> int:
        """Months between two reviews, where no day is named."""
        return self.document.review.every_months

    @property
    def one_person_may_hold_both(self) -> bool:
        """Whether one person may sign for both seats."""
        return self.document.one_person_may_hold_both

    def first_attempt(self, trigger: str, segment: str = "") -> Span:
        """The limit of the first attempt for hand_raise, ready, manual or brought.

        `segment` is the definition by which the lead has limits of its own; "" for none.
        """
        own = self.sales.first_attempt_of.get(segment, {})
        return own.get(trigger, self.sales.first_attempt[trigger])

    @property
    def answer(self) -> Span:
        """Within which a rep accepts or passes back."""
        return self.sales.answer

    @property
    def disposition(self) -> Span:
        """Within which a rep qualifies or passes back what was accepted."""
        return self.sales.disposition

    @property
    def attempts(self) -> Attempts:
        """How often a rep tries before giving up."""
        return self.sales.attempts


def read_terms(text: str, *, number: int = 0, is_trial: bool = False) -> Terms:
    """The terms that a document states.

    Raises BadDocument, naming each clause that is wrong and the way out.
    """
    document = read_document(text)
    definitions, words = read_definitions(document.definitions)
    scorecards = read_scorecards(document.scorecards)
    check_terms(document, definitions, scorecards)
    return Terms(
        number=number,
        is_trial=is_trial,
        document=document,
        definitions=MappingProxyType(definitions),
        words=MappingProxyType(words),
        scorecards=MappingProxyType(scorecards),
        following=asking(definitions, scorecards, registry=registry),
        gate=document.gate,
        checklist=document.checklist,
        hand_raises=frozenset(document.hand_raises.asks_for),
        marketing=_marketing(document),
        sales=_sales(document),
        reasons=MappingProxyType(_reasons(document)),
        loss_reasons=MappingProxyType(_loss_reasons(document)),
        max_rounds=document.pass_back.max_rounds,
        warning=_warning(document),
        escalation=tuple(Step(each.step, each.after) for each in document.escalation.steps),
        duties=tuple(_duty(each) for each in document.roles),
    )


def _marketing(document: Document) -> MarketingPromises:
    promised = document.marketing
    return MarketingPromises(
        ready_leads=promised.ready_leads,
        acceptance_rate=promised.acceptance_rate.share,
        pass_back_answer=promised.pass_back_answer.within,
        lead_to_customer=promised.lead_to_customer.share if promised.lead_to_customer else None,
        content=promised.content.within if promised.content else None,
    )


def _sales(document: Document) -> SalesPromises:
    promised = document.sales
    limits = promised.first_attempt.within
    return SalesPromises(
        within_share=promised.within_share,
        first_attempt=MappingProxyType(
            {key: getattr(limits, key) for key in type(limits).model_fields}
        ),
        first_attempt_of=MappingProxyType(
            {each.definition: each.within.named for each in promised.first_attempt.segments}
        ),
        answer=promised.answer.within,
        attempts=Attempts(
            at_least=promised.attempts.at_least,
            within=promised.attempts.within,
            channels=promised.attempts.channels,
        ),
        disposition=promised.disposition.within,
        attempts_a_day=promised.capacity.attempts_a_day if promised.capacity else None,
    )


def _warning(document: Document) -> Warned | None:
    said = document.escalation.warn
    return Warned(said.at_share, said.before) if said else None


def _reasons(document: Document) -> dict[str, Reason]:
    return {
        key: Reason(
            key=key,
            label=each.label,
            text=each.text,
            destination=each.destination,
            re_enter_after=each.re_enter_after,
            asks=Ask(each.asks.field, each.asks.label, each.asks.required) if each.asks else None,
            blames_definition=each.blames_definition,
            after_attempts=each.after_attempts,
        )
        for key, each in document.pass_back.reasons.items()
    }


def _loss_reasons(document: Document) -> dict[str, LossReason]:
    return {
        key: LossReason(
            key=key,
            label=each.label,
            destination=None if each.destination == "stay" else each.destination,
            re_enter_after=each.re_enter_after,
        )
        for key, each in document.lost_deals.reasons.items()
    }


def _duty(duty: DutySaid) -> Duty:
    return Duty(
        what=duty.what,
        steps=tuple(duty.steps),
        responsible=tuple(role.value for role in duty.responsible),
        accountable=duty.accountable.value,
        consulted=tuple(role.value for role in duty.consulted),
        informed=tuple(role.value for role in duty.informed),
    )
