"""What came back from sales: marketing's inbox, and what was answered."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from accord.agreement.queries import terms_of
from accord.agreement.terms import Terms
from accord.base.lifecycle import Stage
from accord.handoffs.models import Answer, Clock, ClockKind, ClockState, Handoff, PassBack
from accord.handoffs.queries.inbox import Promise, promise_of
from accord.leads.models import Lead
from accord.teams.queries import calendars_of, names

RETURNED_PAGE = 20
TO_MEND = "data_fix"


class Returned(StrEnum):
    """Which of what came back: to answer, with data to mend, disagreed about, or all."""

    OPEN = "open"
    MENDING = "mending"
    MEETING = "meeting"
    ALL = "all"


@dataclass(frozen=True)
class CameBack:
    """A pass-back as marketing reads it.

    `promise` is marketing's to answer, None once that is done. `expected` are the attempts
    promised before giving up, None where the reason asks for none. `blamed` are the clauses of
    a definition, by its key, that let the lead through.
    """

    back: PassBack
    lead: Lead
    label: str
    by: str
    promise: Promise | None
    expected: int | None
    blamed: Sequence[tuple[str, str]]
    answered_by: str

    @property
    def id(self) -> uuid.UUID:
        """The pass-back's id."""
        return self.back.id

    @property
    def is_to_mend(self) -> bool:
        """Whether something of the lead's record has to be mended."""
        return self.back.destination == TO_MEND


def came_back(
    show: Returned, *, at: datetime, limit: int = RETURNED_PAGE, begin: int = 0
) -> list[CameBack]:
    """What sales passed back and did not take back: to answer, oldest first; else newest first."""
    order = ("passed_back_at", "id") if show == Returned.OPEN else ("-passed_back_at", "-id")
    backs = list(_chosen(show).order_by(*order)[begin : begin + limit])
    leads = Lead.objects.select_related("company", "campaign").in_bulk([b.lead_id for b in backs])
    people = names([each for b in backs for each in (b.passed_back_by_id, b.answered_by_id)])
    promises = _promises(backs, at)
    terms = {number: terms_of(number) for number in {b.agreement_version for b in backs}}
    return [
        CameBack(
            back=back,
            lead=leads[back.lead_id],
            label=_label(back, terms[back.agreement_version]),
            by=people.get(back.passed_back_by_id, ""),
            promise=promises.get(back.handoff_id),
            expected=_expected(back, terms[back.agreement_version]),
            blamed=_blamed(back, terms[back.agreement_version]),
            answered_by=people.get(back.answered_by_id, "") if back.answered_by_id else "",
        )
        for back in backs
        if back.lead_id in leads
    ]


def came_back_count(show: Returned) -> int:
    """How many there are of a sort. One query."""
    return _chosen(show).count()


def _chosen(show: Returned) -> QuerySet[PassBack]:
    rows = PassBack.objects.filter(undone_at__isnull=True)
    if show == Returned.OPEN:
        return rows.filter(answered_at__isnull=True)
    if show == Returned.MEETING:
        return rows.filter(answer=Answer.DISAGREED)
    if show == Returned.MENDING:
        here = Lead.objects.filter(id=OuterRef("lead_id"), stage=Stage.RECYCLED)
        again = Handoff.objects.filter(
            lead_id=OuterRef("lead_id"), offered_at__gt=OuterRef("passed_back_at")
        )
        return rows.filter(Exists(here), ~Exists(again), destination=TO_MEND)
    return rows


def _promises(backs: Sequence[PassBack], at: datetime) -> dict[uuid.UUID, Promise]:
    """What marketing still promises about handoffs that came back."""
    open_ones = [back.handoff_id for back in backs if back.answered_at is None]
    if not open_ones:
        return {}
    clocks = Clock.objects.filter(
        handoff_id__in=open_ones,
        kind=ClockKind.PASS_BACK_ANSWER,
        stopped_at__isnull=True,
        state__in=[ClockState.RUNNING, ClockState.MISSED],
    )
    calendar = calendars_of([None])[None]
    return {clock.handoff_id: promise_of(clock, calendar, at) for clock in clocks}


def _label(back: PassBack, terms: Terms) -> str:
    return terms.reasons[back.reason].label if back.reason in terms.reasons else back.reason


def _expected(back: PassBack, terms: Terms) -> int | None:
    reason = terms.reasons.get(back.reason)
    return terms.attempts.at_least if reason and reason.after_attempts else None


def _blamed(back: PassBack, terms: Terms) -> list[tuple[str, str]]:
    texts = {
        f"{key}:{leaf.key}": leaf.text
        for key, definition in terms.definitions.items()
        for leaf in definition.leaves()
    }
    return [
        (clause.partition(":")[0], texts[clause])
        for clause in back.blamed_clauses
        if texts.get(clause)
    ]
