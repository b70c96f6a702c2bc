"""Taking a request on, answering it, and withdrawing it: each only while it is open."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Missing
from accord.base.lifecycle import Side
from accord.content.actions.asking import record
from accord.content.models import ContentRequest, RequestState
from accord.leads.actions.holding import hold_leads
from accord.teams.models import Role, User
from accord.teams.queries import names

_IS_OPEN = """
WHERE request.id = ANY(%(requests)s)
  AND request.answered_at IS NULL AND request.withdrawn_at IS NULL
"""
_TAKE = f"""
UPDATE content_contentrequest AS request
SET state = 'taken', taken_at = %(at)s, taken_by_id = %(by)s
{_IS_OPEN} AND (request.taken_by_id IS NULL OR request.taken_by_id = ANY(%(others)s))
RETURNING request.id
"""
_ANSWER = f"""
UPDATE content_contentrequest AS request
SET state = %(state)s, answered_at = %(at)s, answered_by_id = %(by)s,
    link = %(link)s, words = %(words)s, escalates_at = NULL
{_IS_OPEN}
  AND (request.taken_by_id IS NULL OR request.taken_by_id = %(by)s
       OR request.taken_by_id = ANY(%(others)s))
RETURNING request.id
"""
_WITHDRAW = f"""
UPDATE content_contentrequest AS request
SET state = 'withdrawn', withdrawn_at = %(at)s, escalates_at = NULL
{_IS_OPEN} AND request.asked_by_id = %(by)s
RETURNING request.id
"""


@dataclass(frozen=True)
class Answer:
    """Delivered with a link, words or both; or turned down, with the reason in words."""

    state: RequestState
    words: str = ""
    link: str = ""


@dataclass(frozen=True)
class Taken:
    """A request that was taken on now, and from whom it was taken over."""

    request: ContentRequest
    over_from: uuid.UUID | None


def take(*, requests: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Take requests on, all or none: from now on others of marketing leave them alone.

    Who heads marketing may take one over, and anybody what somebody who is gone had taken.
    Raises Missing, or Conflict with what became of one.
    """
    others = _whom_stands_in(by)
    with transaction.atomic():
        before = dict(
            ContentRequest.objects.filter(id__in=requests).values_list("id", "taken_by_id")
        )
        taken = _change(_TAKE, requests, by=by, at=at, others=others)
        record(requests=taken, kind="content_request.taken", side=Side.MARKETING, by=by, at=at)
    return [Taken(each, before[each.id]) for each in taken]


def answer(
    *, requests: Collection[uuid.UUID], said: Answer, by: uuid.UUID, at: datetime
) -> list[ContentRequest]:
    """Answer requests, all or none; what was promised about them is kept, or late.

    Raises Missing, or Conflict with what became of one.
    """
    others = _whom_stands_in(by)
    params = {"state": said.state.value, "words": said.words, "link": said.link, "others": others}
    delivers = said.state == RequestState.DELIVERED
    kind = "content_request.delivered" if delivers else "content_request.turned_down"
    with transaction.atomic():
        answered = _change(_ANSWER, requests, by=by, at=at, **params)
        record(requests=answered, kind=kind, side=Side.MARKETING, by=by, at=at)
    return answered


def withdraw(
    *, requests: Collection[uuid.UUID], by: uuid.UUID, at: datetime
) -> list[ContentRequest]:
    """Withdraw one's own requests, all or none, while nobody has answered them.

    Raises Missing, or Conflict with what became of one.
    """
    with transaction.atomic():
        gone = _change(_WITHDRAW, requests, by=by, at=at)
        record(requests=gone, kind="content_request.withdrawn", side=Side.SALES, by=by, at=at)
    return gone


def _change(
    sql: str, requests: Collection[uuid.UUID], *, by: uuid.UUID, at: datetime, **params: Any
) -> list[ContentRequest]:
    """The requests as the statement left them; none of them, unless all are as it expects."""
    before = ContentRequest.objects.in_bulk(list(requests))
    if len(before) < len(set(requests)):
        raise Missing(_("There is no such request; look at the list again."))
    hold_leads(leads={each.lead_id for each in before.values() if each.lead_id})
    with connection.cursor() as cursor:
        cursor.execute(sql, {"requests": sorted(before), "by": by, "at": at, **params})
        changed = {id for (id,) in cursor.fetchall()}
    now = ContentRequest.objects.filter(id__in=before).order_by("id")
    found: Sequence[ContentRequest] = list(now)
    for each in found:
        if each.id not in changed:
            raise Conflict(_what_became_of(each, by))
    return list(found)


def _whom_stands_in(by: uuid.UUID) -> list[uuid.UUID]:
    """Those for whom somebody may answer: who is gone, and for the head of marketing everybody."""
    everybody = User.objects.exclude(id=by)
    is_head = User.objects.filter(id=by, roles__contains=[Role.HEAD_OF_MARKETING]).exists()
    found = everybody if is_head else everybody.filter(is_active=False)
    return sorted(found.values_list("id", flat=True))


def _what_became_of(request: ContentRequest, by: uuid.UUID) -> str:
    people = names([request.answered_by_id, request.taken_by_id, request.asked_by_id])
    if request.answered_by_id:
        return _("%(name)s has answered this already.") % {
            "name": people.get(request.answered_by_id, "")
        }
    if request.withdrawn_at:
        return _("%(name)s does not need this any more.") % {
            "name": people.get(request.asked_by_id, "")
        }
    if request.taken_by_id == by:
        return _("You have taken this on already.")
    if request.taken_by_id and by != request.asked_by_id:
        return _("%(name)s has taken this on; talk to them, or to the head of marketing.") % {
            "name": people.get(request.taken_by_id, "")
        }
    return _("Only %(name)s, who asked for it, can withdraw this.") % {
        "name": people.get(request.asked_by_id, "")
    }
