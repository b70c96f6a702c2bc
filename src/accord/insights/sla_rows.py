"""What the record of both sides is counted from: promises, handoffs and what came back."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q

from accord.base.rows import IsAnyOf
from accord.content import metrics as content
from accord.handoffs.metrics import FATES, offered, passed_back, promised
from accord.handoffs.models import Assignment, Handoff, Pause
from accord.insights.metrics import Scope
from accord.insights.narrowing import narrowed, segments
from accord.insights.sla_values import CONTENT, BackRow, ClockRow, HandoffRow, Rows
from accord.leads.models import Activity, Lead
from accord.qualification.models import Outcome
from accord.qualification.queries import standing
from accord.teams.models import User
from accord.teams.queries import calendars_of, whose_figures
from accord.teams.rules import Worked

Span = tuple[datetime, datetime]


def rows_of(scope: Scope, *, by: str, only: str, reader: User | None) -> Rows:
    """What is counted over the scope, as far as the reader may see it. A dozen queries.

    By person, only the rows of those whose figures the reader may see.
    """

    def seen(rows: Any, person: str) -> Any:
        rows = narrowed(rows, only, reader=reader)
        theirs = Q(**{f"{person}__in": whose_figures(reader).values("id")})
        return rows.filter(theirs) if by == "person" else rows

    clocks = seen(promised(scope), "user_id")
    requests = seen(content.promised(scope), "answered_by_id")
    handoffs = seen(offered(scope), "owner_id")
    backs = seen(passed_back(scope), "passed_back_by_id")
    found = Rows(
        clocks=[*_clocks(clocks, scope), *_requests(requests, scope)],
        handoffs=_handoffs(handoffs, scope),
        backs=[
            BackRow(*row)
            for row in backs.values_list(
                "passed_back_at", "passed_back_by_id", "handoff_id", "lead_id"
            )
        ],
    )
    return _with_parts(found, by)


def _requests(requests: Any, scope: Scope) -> list[ClockRow]:
    """Content that sales asked for; whoever answered did it in their own working time."""
    rows = requests.annotate(fate=content.FATES.fate(scope)).values_list(
        *("fate", "asked_at", "answered_by_id", "lead_id", "answered_at")
    )
    found = list(rows)
    worked = _worked({row[2] for row in found}, [(row[1], row[4]) for row in found if row[4]])
    return [
        ClockRow(
            CONTENT,
            *(fate, asked, person, None, lead),
            took=worked[person].between(asked, answered) if answered else None,
        )
        for fate, asked, person, lead, answered in found
    ]


def _clocks(clocks: Any, scope: Scope) -> list[ClockRow]:
    rows = list(
        clocks.annotate(fate=FATES.fate(scope)).values_list(
            *("kind", "fate", "started_at", "user_id", "handoff_id", "lead_id", "stopped_at")
        )
    )
    pauses: dict[uuid.UUID, list[Span]] = defaultdict(list)
    paused = Pause.objects.filter(handoff_id__in=clocks.values("handoff_id"))
    for handoff_id, *span in paused.values_list("handoff_id", "paused_from", "paused_until"):
        pauses[handoff_id].append((span[0], span[1]))
    worked = _worked({row[3] for row in rows}, [(row[2], row[6]) for row in rows if row[6]])
    return [
        ClockRow._make(
            (*row[:6], _took(worked[row[3]], row[2], row[6], pauses[row[4]]) if row[6] else None)
        )
        for row in rows
    ]


def _took(
    worked: Worked, started: datetime, stopped: datetime, pauses: Sequence[Span]
) -> timedelta:
    """Working time from beginning to end, without the rest that the prospect asked for."""
    took = worked.between(started, stopped)
    for begins, ends in pauses:
        took -= worked.between(max(started, begins), min(stopped, ends))
    return took


def _worked(
    people: set[uuid.UUID | None], spans: Sequence[tuple[datetime, datetime]]
) -> dict[uuid.UUID | None, Worked]:
    """The working time of people, and of the company under None, over all the spans."""
    if not spans:
        return {}
    begin = min(begin for begin, _until in spans)
    until = max(until for _begin, until in spans)
    return {who: Worked(hours, begin, until) for who, hours in calendars_of(people).items()}


def _handoffs(handoffs: Any, scope: Scope) -> list[HandoffRow]:
    rows = list(
        handoffs.values_list(
            *("offered_at", "owner_id", "id", "lead_id", "accepted_at", "passed_back_at"),
            "ready_at",
        )
    )
    ids = handoffs.values("id")
    assigned = dict(
        Assignment.objects.filter(handoff_id__in=ids)
        .values_list("handoff_id")
        .annotate(first=Min("assigned_from"))
    )
    tried = dict(
        Activity.objects.filter(
            kind="attempt.logged",
            handoff_id__in=ids,
            **({"happened_at__gte": scope.begins_at} if scope.begins_at else {}),
        )
        .values_list("handoff_id")
        .annotate(number=Count("id"))
    )
    spans = [(row[6], assigned[row[2]]) for row in rows if row[2] in assigned]
    worked = _worked({None}, spans)
    return [
        HandoffRow(
            at,
            owner,
            id,
            lead_id,
            is_accepted=accepted is not None,
            is_answered=accepted is not None or returned is not None,
            attempts=tried.get(id, 0),
            queued=worked[None].between(ready, assigned[id]) if id in assigned else None,
        )
        for at, owner, id, lead_id, accepted, returned, ready in rows
    ]


def _with_parts(found: Rows, by: str) -> Rows:
    """The rows with what parts them by this field."""
    of_handoff: dict[uuid.UUID, tuple[uuid.UUID | None, str]] = {}
    sources: dict[uuid.UUID | None, str | None] = {}
    met: dict[uuid.UUID | None, list[str]] = {}
    every: list[ClockRow | HandoffRow | BackRow]
    every = [*found.clocks, *found.handoffs, *found.backs]
    leads = {row.lead_id for row in every if row.lead_id}
    if by in ("team", "trigger"):
        handoffs = {row.handoff_id for row in every if row.handoff_id}
        parts = Handoff.objects.filter(IsAnyOf(F("id"), handoffs))
        listed = parts.values_list("id", "pool_id", "trigger")
        of_handoff = {id: (pool, trigger) for id, pool, trigger in listed}
    if by == "source":
        rows = Lead.objects.filter(IsAnyOf(F("id"), leads))
        sources = dict(rows.values_list("id", "source"))
    if by == "segment":
        verdicts = standing().filter(
            IsAnyOf(F("lead_id"), leads), definition__in=list(segments()), outcome=Outcome.MET
        )
        for lead_id, definition in verdicts.values_list("lead_id", "definition"):
            met.setdefault(lead_id, []).append(definition)
    return Rows(found.clocks, found.handoffs, found.backs, of_handoff, sources, met)
