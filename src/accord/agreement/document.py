"""The shape of the agreement's document: which clauses there are, and how each is written."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from accord.agreement.faults import BadDocument, fault_of
from accord.agreement.plain_yaml import read_yaml
from accord.agreement.spans import Span, Unit, read_span
from accord.base.errors import Invalid
from accord.teams.dates import within_reach
from accord.teams.models import Role

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=50)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]
Count = Annotated[int, Field(ge=1, strict=True)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Asked = Literal["contact", "demo", "price", "order", "content", "newsletter"]


def _span(value: object) -> Span:
    try:
        return read_span(value)
    except ValueError as error:
        raise PydanticCustomError("span", "{why}", {"why": str(error)}) from error


def _not_empty(span: Span) -> Span:
    if not span.amount:
        raise PydanticCustomError("span", "{why}", {"why": _("it must be longer than nothing.")})
    return span


def _in_days(span: Span) -> Span:
    if span.unit is not Unit.DAYS:
        raise PydanticCustomError(
            "span", "{why}", {"why": _("write it in days, such as {days: 90}.")}
        )
    return span


def _is_within_reach(day: datetime.date) -> datetime.date:
    try:
        return within_reach(day, field="")
    except Invalid as error:
        raise PydanticCustomError("day", "{why}", {"why": error.sentence}) from error


_UNITS = {
    "type": "object",
    "properties": {str(unit): {"type": "integer", "minimum": 0} for unit in Unit},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}
Delay = Annotated[Span, BeforeValidator(_span), WithJsonSchema(_UNITS)]
Limit = Annotated[Delay, AfterValidator(_not_empty)]
Rest = Annotated[Limit, AfterValidator(_in_days)]
Day = Annotated[datetime.date, AfterValidator(_is_within_reach)]


class Clause(BaseModel):
    """A part of the document. What is not known here is refused, so that nothing is decoration."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Review(Clause):
    """When the document is read again: on a day, else so many months after it came into force."""

    every_months: Count
    next_on: Day | None = None
    text: Text


class Parties(Clause):
    """Who promises."""

    marketing: Text
    sales: Text


class HandRaises(Clause):
    """What a prospect may ask for that brings them to sales at once."""

    text: Text
    asks_for: Annotated[list[Asked], Field(min_length=1)]


class Goal(Clause):
    """What both teams work for: revenue of a period, and the share that marketing brings."""

    text: Text
    revenue: Count
    currency: Currency
    per: Literal["month", "quarter", "year"]
    marketing_share: Share


class Worth(Clause):
    """What the ready leads of a period are worth together."""

    amount: Count
    currency: Currency


class Segment(Clause):
    """How many of the ready leads meet a definition, and what those are worth together."""

    definition: Key
    target: Count
    worth: Worth | None = None


_A_MONTH = {"week": 365.25 / 12 / 7, "month": 1.0, "quarter": 1 / 3}  # periods in a month


class ReadyLeads(Clause):
    """How many ready leads marketing hands over in each period, of which kind, worth what."""

    text: Text
    target: Count
    per: Literal["week", "month", "quarter"]
    segments: list[Segment] = []
    worth: Worth | None = None

    def a_month(self, number: float) -> float:
        """What a number of each period comes to in a month."""
        return number * _A_MONTH[self.per]


class PromisedShare(Clause):
    """A share, from 0 to 1."""

    text: Text
    share: Share


class PromisedLimit(Clause):
    """Something to be done within a span."""

    text: Text
    within: Limit


class Marketing(Clause):
    """What marketing promises."""

    text: Text
    ready_leads: ReadyLeads
    acceptance_rate: PromisedShare
    pass_back_answer: PromisedLimit
    lead_to_customer: PromisedShare | None = None
    nurture: PromisedLimit | None = None
    content: PromisedLimit | None = None


class Limits(Clause):
    """The first attempt's limit for each reason why a lead is handed over."""

    hand_raise: Limit
    ready: Limit
    manual: Limit
    brought: Limit


class OtherLimits(Clause):
    """The first attempt's limit where it is another; what is not named here is as for all."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    hand_raise: Limit | None = None
    ready: Limit | None = None
    manual: Limit | None = None
    brought: Limit | None = None

    @property
    def named(self) -> dict[str, Span]:
        """The limits that are another, by why a lead is handed over."""
        return {key: span for key, span in self if span is not None}


class SegmentLimits(Clause):
    """How soon a rep tries to reach a lead that meets a definition when it is handed over."""

    definition: Key
    within: OtherLimits


class FirstAttempt(Clause):
    """How soon a rep tries to reach a lead; of several segments the first one counts."""

    text: Text
    within: Limits
    segments: list[SegmentLimits] = []


class Attempts(Clause):
    """How often a rep tries before giving up, over how long, on how many channels."""

    text: Text
    at_least: Count
    within: Limit
    channels: Count


class Capacity(Clause):
    """How many attempts a rep has time for on a working day."""

    text: Text
    attempts_a_day: Count


class Sales(Clause):
    """What sales promises; `within_share` is the share of each kind of promise kept in time."""

    text: Text
    within_share: Share
    first_attempt: FirstAttempt
    answer: PromisedLimit
    attempts: Attempts
    disposition: PromisedLimit
    capacity: Capacity | None = None


class Told(Clause):
    """A part that only says something."""

    text: Text


class Asks(Clause):
    """The one thing more that a reason needs to know."""

    field: Literal["note", "date", "competitor", "duplicate_of"]
    label: Text
    required: bool = False


class Reason(Clause):
    """A reason to pass back: where the lead goes, and after how long it may return."""

    label: Text
    text: Text
    destination: Literal["nurture", "data_fix", "disqualify", "merge", "suppress"]
    re_enter_after: Rest | None = None
    asks: Asks | None = None
    blames_definition: bool = False
    after_attempts: bool = False


class PassBack(Clause):
    """Passing back: how often, and the reasons."""

    text: Text
    max_rounds: Count
    reasons: Annotated[dict[Key, Reason], Field(min_length=1)]


class LossReason(Clause):
    """A reason why a deal is lost. With `stay` the lead stays where it is, with sales."""

    label: Text
    destination: Literal["nurture", "disqualify", "stay"]
    re_enter_after: Rest | None = None


class LostDeals(Clause):
    """Losing deals, and the reasons."""

    text: Text
    reasons: Annotated[dict[Key, LossReason], Field(min_length=1)]


class Step(Clause):
    """What happens so long after a promise was missed."""

    step: Literal["tell_rep", "tell_head", "reassign"]
    after: Delay


class Warn(Clause):
    """When whoever promised is warned: after a share of the span, or so long before it is due."""

    at_share: Annotated[float, Field(gt=0, lt=1, strict=True)] | None = None
    before: Limit | None = None


class Escalation(Clause):
    """What happens before a promise to a lead is missed, and then."""

    text: Text
    warn: Warn | None = None
    steps: list[Step]


class Consequences(Clause):
    """What a side does when it has not kept what it promised for a period."""

    marketing: Text
    sales: Text


class Figure(Clause):
    """A figure that both teams look at, by the name under which Accord counts it."""

    figure: Key
    text: Text | None = None


class Meeting(Clause):
    """When both teams meet, who comes, and what for."""

    title: Text
    every: Literal["day", "week", "month", "quarter"]
    who: Annotated[list[Role], Field(min_length=1)]
    text: Text


class Duty(Clause):
    """Who does a thing, who answers for it, who is asked before and who is told after.

    `steps` are the steps of a lead's way and the promises that it covers.
    """

    what: Text
    steps: list[Key] = []
    responsible: Annotated[list[Role], Field(min_length=1)]
    accountable: Role
    consulted: list[Role] = []
    informed: list[Role] = []


class Document(Clause):
    """The whole agreement as it is written.

    `definitions` and `scorecards` are read by the criteria language.
    """

    title: Text
    purpose: Text
    goal: Goal | None = None
    period: Text
    effective_on: Day | None = None
    on_trial: list[Key] = []
    review: Review
    parties: Parties
    one_person_may_hold_both: bool
    definitions: Mapping[str, Mapping[str, Any]]
    scorecards: Mapping[str, Mapping[str, Any]] = {}
    gate: Key
    checklist: Key
    hand_raises: HandRaises
    marketing: Marketing
    sales: Sales
    handoff: Told
    pass_back: PassBack
    lost_deals: LostDeals
    escalation: Escalation
    consequences: Consequences | None = None
    figures: list[Figure] = []
    meetings: list[Meeting] = []
    roles: Annotated[list[Duty], Field(min_length=1)]


@lru_cache(maxsize=16)
def read_document(text: str) -> Document:
    """The document that `text` holds. Raises BadDocument, naming each clause that is wrong."""
    try:
        return Document.model_validate(read_yaml(text))
    except ValidationError as error:
        raise BadDocument([fault_of(each) for each in error.errors(include_url=False)]) from error
