"""What came back from sales: marketing's inbox, and what was answered."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import CharField, Count, Exists, Func, OuterRef, QuerySet, Subquery

from accord.agreement.queries import running, terms_by_number
from accord.agreement.terms import Terms
from accord.agreement.wording import clause_sentences
from accord.base.lifecycle import Stage
from accord.campaigns.models import Campaign
from accord.handoffs.models import Answer, Clock, ClockKind, ClockState, Handoff, PassBack
from accord.handoffs.queries.inbox import Promise, promise_of
from accord.leads.models import Lead, StageEntry
from accord.teams.queries import calendars_of, names

RETURNED_PAGE = 20
MEETING_SPAN = timedelta(days=30)  # how far back the heads look in a meeting
TO_MEND, TO_MERGE, TO_END = "data_fix", "merge", "disqualify"


class Returned(StrEnum):
    """Which of what came back: to answer, with data to mend, to merge, for the meeting, or all."""

    OPEN = "open"
    MENDING = "mending"
    MERGING = "merging"
    MEETING = "meeting"
    ALL = "all"


@dataclass(frozen=True)
class Of:
    """Only what came back for a reason, counts against a clause ("mql:role"), or a campaign's."""

    reason: str = ""
    clause: str = ""
    campaign: uuid.UUID | None = None


_ONE = Of()
_ORDER: Mapping[Returned, Sequence[str]] = {
    Returned.OPEN: ("passed_back_at", "id"),
    Returned.MEETING: ("-answered_at", "-id"),
}


@dataclass(frozen=True)
class Share:
    """How many of what came back are of one reason, clause or campaign."""

    key: str
    label: str
    number: int


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

    @property
    def is_to_merge(self) -> bool:
        """Whether it repeats another lead, and is still there."""
        return self.back.destination == TO_MERGE and self.lead.merged_into_id is None

    @property
    def can_be_nurtured(self) -> bool:
        """Whether marketing may keep it after all: it was disqualified, not asked to be let be."""
        return self.back.destination == TO_END and self.lead.stage == Stage.DISQUALIFIED


def came_back(
    show: Returned,
    *,
    at: datetime,
    of: Of = _ONE,
    limit: int = RETURNED_PAGE,
    begin: int = 0,
) -> list[CameBack]:
    """What sales passed back and did not take back: to answer, oldest first; else newest first.

    For the meeting is what marketing disagreed about lately, the newest answer first.
    """
    order = _ORDER.get(show, ("-passed_back_at", "-id"))
    backs = list(_chosen(show, at, of).order_by(*order)[begin : begin + limit])
    leads = Lead.objects.select_related("company", "campaign").in_bulk([b.lead_id for b in backs])
    people = names([each for b in backs for each in (b.passed_back_by_id, b.answered_by_id)])
    promises = _promises(backs, at)
    terms = terms_by_number({b.agreement_version for b in backs})
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


def came_back_count(show: Returned, *, at: datetime, of: Of = _ONE) -> int:
    """How many there are of a sort. One query."""
    return _chosen(show, at, of).count()


def shares_of_came_back(show: Returned, *, at: datetime) -> Mapping[str, Sequence[Share]]:
    """What came back by reason, clause and campaign, most first. Four queries.

    Labels are those of the agreement in force; what it no longer has keeps its key.
    """
    terms, rows = running(), _chosen(show, at)
    reasons = _counted(rows.values_list("reason"))
    clauses = _counted(rows.annotate(clause=Unnest("blamed_clauses")).values_list("clause"))
    campaign = Lead.objects.filter(id=OuterRef("lead_id")).values("campaign_id")[:1]
    campaigns = _counted(rows.annotate(campaign=Subquery(campaign)).values_list("campaign"))
    named = Campaign.objects.in_bulk([key for key in campaigns if key])
    texts = clause_sentences(terms)
    return {
        "reason": [
            Share(key, terms.reasons[key].label if key in terms.reasons else key, number)
            for key, number in reasons.items()
        ],
        "clause": [Share(key, texts.get(key) or key, n) for key, n in clauses.items()],
        "campaign": [Share(str(k), named[k].name, n) for k, n in campaigns.items() if k in named],
    }


class Unnest(Func):
    """Each element of an array, a row each."""

    function = "unnest"
    output_field = CharField()


def _counted(keys: QuerySet[PassBack, tuple[Any, ...]]) -> dict[Any, int]:
    rows = keys.annotate(number=Count("id")).order_by()
    return dict(sorted(rows, key=lambda row: (-row[1], str(row[0]))))


def likely_clauses(candidates: Collection[str]) -> list[str]:
    """Clauses by how often they were blamed before, most often first. One query."""
    rows = PassBack.objects.filter(undone_at__isnull=True, blamed_clauses__overlap=[*candidates])
    counts = Counter(c for each in rows.values_list("blamed_clauses", flat=True) for c in each)
    return sorted(candidates, key=lambda clause: -counts[clause])


def _chosen(show: Returned, at: datetime, of: Of = _ONE) -> QuerySet[PassBack]:
    rows = PassBack.objects.filter(undone_at__isnull=True)
    if of.reason:
        rows = rows.filter(reason=of.reason)
    if of.clause:
        rows = rows.filter(blamed_clauses__contains=[of.clause])
    if of.campaign:
        mine = Lead.objects.filter(id=OuterRef("lead_id"), campaign_id=of.campaign)
        rows = rows.filter(Exists(mine))
    if show == Returned.MERGING:
        apart = Lead.objects.filter(id=OuterRef("lead_id"), stage=Stage.RECYCLED)
        back = StageEntry.objects.filter(
            lead_id=OuterRef("lead_id"), entered_at=OuterRef("passed_back_at")
        )
        return rows.filter(Exists(apart), Exists(back), destination=TO_MERGE)
    if show == Returned.OPEN:
        return rows.filter(answered_at__isnull=True)
    if show == Returned.MEETING:
        return rows.filter(answer=Answer.DISAGREED, answered_at__gte=at - MEETING_SPAN)
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
    texts = clause_sentences(terms)
    return [
        (clause.partition(":")[0], texts[clause])
        for clause in back.blamed_clauses
        if clause in texts
    ]
