"""Noticing what is soon due, or past due, and moving it when hours change. Each step once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accord.agreement.clocks import WARN, escalated, moments
from accord.agreement.queries import terms_by_number
from accord.base.lifecycle import Side
from accord.base.rows import recordset
from accord.content.actions.asking import PROMISE
from accord.content.models import OPEN, ContentRequest
from accord.leads.actions import record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity
from accord.teams.queries import company_calendar

# Of what was missed nothing moves: it stays so.
_MOVE = """
UPDATE content_contentrequest AS request
SET due_at = new.due_at, warns_at = new.warns_at,
    escalates_at = CASE WHEN request.warned_at IS NULL THEN LEAST(new.warns_at, new.due_at)
                        ELSE new.due_at END
FROM json_to_recordset(%s::json)
     AS new(id uuid, was timestamptz, due_at timestamptz, warns_at timestamptz)
WHERE request.id = new.id AND request.due_at = new.was AND request.missed_at IS NULL
  AND request.answered_at IS NULL AND request.withdrawn_at IS NULL
RETURNING request.id
"""
# As for the clocks of handoffs: kept at the moment due itself, missed only after it.
_CLAIM = """
UPDATE content_contentrequest AS request
SET missed_at = CASE WHEN request.due_at < %(at)s THEN COALESCE(request.missed_at, %(at)s) END,
    warned_at = CASE WHEN request.due_at < %(at)s THEN request.warned_at ELSE %(at)s END,
    escalates_at = CASE WHEN request.due_at < %(at)s THEN NULL ELSE request.due_at END
WHERE request.id = ANY(%(requests)s) AND request.escalates_at < %(at)s
  AND request.answered_at IS NULL AND request.withdrawn_at IS NULL
RETURNING request.id
"""
_GO_ON = """
UPDATE content_contentrequest AS request
SET next_step = new.next_step, escalates_at = new.escalates_at
FROM json_to_recordset(%s::json) AS new(id uuid, next_step int, escalates_at timestamptz)
WHERE request.id = new.id
"""


@dataclass(frozen=True)
class StepTaken:
    """A step that was taken now, for the first and only time: a warning, or of the escalation."""

    request: ContentRequest
    step: str


def escalate_due(*, at: datetime, limit: int) -> list[StepTaken]:
    """Note what is soon due or was missed by `at`, and take the steps whose moment has come.

    Marketing makes it together, so nothing goes to somebody else: of the agreement's steps those
    that tell are taken.
    """
    with transaction.atomic():
        claimed = _claim(at, limit)
        missed = [each for each in claimed if each.missed_at]
        steps = [StepTaken(each, WARN) for each in claimed if not each.missed_at]
        steps += _look(missed, at)
        _record([each for each in missed if each.missed_at == at], at)
    return steps


def move_open(*, after: uuid.UUID | None, limit: int) -> tuple[int, uuid.UUID | None]:
    """Work out anew when the next `limit` open requests are due, by the hours of now.

    How many moved, and where the batch ended; None after the last one.
    """
    running = ContentRequest.objects.filter(OPEN, due_at__isnull=False, missed_at__isnull=True)
    if after:
        running = running.filter(id__gt=after)
    with transaction.atomic():
        requests = list(running.order_by("id")[:limit])
        moved = _move(requests)
    return moved, requests[-1].id if len(requests) == limit else None


def _move(requests: Sequence[ContentRequest]) -> int:
    """Work out the moments of open requests anew; how many moved. A fixed number of statements."""
    if not requests:
        return 0
    terms = terms_by_number({each.agreement_version for each in requests})
    calendar = company_calendar()
    rows = []
    for each in requests:
        agreed = terms[each.agreement_version]
        if agreed.marketing.content is None:
            continue
        found = moments(
            span=agreed.marketing.content,
            warning=agreed.warning_of(PROMISE),
            calendar=calendar,
            started_at=each.asked_at,
        )
        if (found.due_at, found.warns_at) != (each.due_at, each.warns_at):
            rows.append((each.id, each.due_at, found.due_at, found.warns_at))
    if not rows:
        return 0
    hold_leads(leads={each.lead_id for each in requests if each.lead_id})
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [recordset(("id", "was", "due_at", "warns_at"), rows)])
        return len(cursor.fetchall())


def _claim(at: datetime, limit: int) -> list[ContentRequest]:
    due = ContentRequest.objects.filter(escalates_at__lt=at).order_by("escalates_at")[:limit]
    found = list(due)
    if not found:
        return []
    hold_leads(leads={each.lead_id for each in found if each.lead_id})
    # Whatever became of the company's hours, nothing is early.
    _move([each for each in found if each.missed_at is None])
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"requests": [each.id for each in found], "at": at})
        claimed = [id for (id,) in cursor.fetchall()]
    return list(ContentRequest.objects.filter(id__in=claimed).order_by("id"))


def _look(missed: Sequence[ContentRequest], at: datetime) -> list[StepTaken]:
    """The steps that have come; where each request stands after them is noted."""
    if not missed:
        return []
    terms = terms_by_number({each.agreement_version for each in missed})
    calendar = company_calendar()
    come: list[StepTaken] = []
    later = []
    for each in missed:
        steps = terms[each.agreement_version].escalation_of(PROMISE)
        stands = escalated(
            steps=steps,
            calendar=calendar,
            due_at=each.due_at or each.asked_at,
            next_step=each.next_step,
            at=at,
        )
        come.extend(StepTaken(each, step) for step in stands.come if step != "reassign")
        later.append((each.id, stands.next_step, stands.next_at))
    with connection.cursor() as cursor:
        cursor.execute(_GO_ON, [recordset(("id", "next_step", "escalates_at"), later)])
    return come


def _record(missed: Sequence[ContentRequest], at: datetime) -> None:
    record_activities(
        rows=[
            (
                each.lead_id,
                NewActivity(
                    kind="content_request.missed",
                    side=Side.ACCORD,
                    happened_at=each.due_at or at,
                    outcome=each.piece,
                ),
            )
            for each in missed
            if each.lead_id
        ],
        at=at,
    )
