"""Reads of requests for content."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Case, DateTimeField, F, Q, QuerySet, When
from django.db.models.functions import Cast, Least
from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.content.models import ANSWERS, OPEN, ContentRequest, RequestState
from accord.deals.models import Deal
from accord.leads.models import Lead
from accord.leads.queries import visible_to
from accord.teams.models import MARKETING_ROLES, User
from accord.teams.queries import names

PAGE = 30


class Show(StrEnum):
    """Which requests: open ones, those that one asked for or took on, or all."""

    OPEN = "open"
    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True)
class Asked:
    """A request with its lead (None where it is for none, or one that the reader may not see),
    its deal, and the names of those who had to do with it."""

    request: ContentRequest
    lead: Lead | None
    deal: Deal | None
    asked_by: str
    taken_by: str
    answered_by: str
    is_free: bool  # nobody has taken it on, or whoever did is gone

    @property
    def is_open(self) -> bool:
        """Whether marketing still has to answer it."""
        return self.request.state in (RequestState.ASKED, RequestState.TAKEN)


def shown(show: Show, *, user: User, begin: int = 0, limit: int = PAGE) -> list[Asked]:
    """Requests as a person sees them: open ones first, the one due first on top. Five queries.

    One that sales needs before it is promised is due when it is needed.
    """
    first = Least("due_at", Cast("needed_on", DateTimeField()))
    ordered = _of(show, user).order_by(
        Case(When(OPEN, then=first), output_field=DateTimeField()).asc(nulls_last=True),
        Case(When(OPEN, then=F("asked_at")), output_field=DateTimeField()).asc(nulls_last=True),
        "-asked_at",
        "id",
    )
    return _read(ordered[begin : begin + limit], user)


def shown_count(show: Show, *, user: User) -> int:
    """How many there are."""
    return _of(show, user).count()


def to_deliver_count(user: User) -> int:
    """How many requests wait for somebody of marketing: for all of them, or theirs. One query.

    None for others, without a query.
    """
    if MARKETING_ROLES.isdisjoint(user.roles):
        return 0
    mine = Q(taken_by_id__isnull=True) | Q(taken_by_id=user.id)
    return ContentRequest.objects.filter(OPEN, mine).count()


def one(id: uuid.UUID, *, user: User) -> Asked:
    """One request. Raises Missing."""
    found = _read(ContentRequest.objects.filter(id=id), user)
    if not found:
        raise Missing(_("There is no such request; look at the list again."))
    return found[0]


def answered_lately(user: User, *, since: datetime) -> list[Asked]:
    """What a person asked for and marketing answered since then, the newest first."""
    mine = ContentRequest.objects.filter(
        asked_by_id=user.id, state__in=ANSWERS, answered_at__gte=since
    )
    return _read(mine.order_by("-answered_at", "id"), user)


def _of(show: Show, user: User) -> QuerySet[ContentRequest]:
    rows = ContentRequest.objects.all()
    if show == Show.OPEN:
        return rows.filter(OPEN)
    if show == Show.MINE:
        return rows.filter(
            Q(asked_by_id=user.id) | Q(taken_by_id=user.id) | Q(answered_by_id=user.id)
        )
    return rows


def _read(rows: QuerySet[ContentRequest], user: User) -> list[Asked]:
    found: Sequence[ContentRequest] = list(rows)
    if not found:
        return []
    leads = visible_to(user).select_related("company")
    of_lead = leads.in_bulk(list({each.lead_id for each in found if each.lead_id}))
    of_deal = Deal.objects.in_bulk(list({each.deal_id for each in found if each.deal_id}))
    takers = {each.taken_by_id for each in found if each.taken_by_id}
    here = set(User.objects.filter(id__in=takers, is_active=True).values_list("id", flat=True))
    people = names(
        id for each in found for id in (each.asked_by_id, each.taken_by_id, each.answered_by_id)
    )
    return [
        Asked(
            request=each,
            lead=of_lead.get(each.lead_id) if each.lead_id else None,
            deal=of_deal.get(each.deal_id) if each.deal_id else None,
            asked_by=people.get(each.asked_by_id, ""),
            taken_by=people.get(each.taken_by_id, "") if each.taken_by_id else "",
            answered_by=people.get(each.answered_by_id, "") if each.answered_by_id else "",
            is_free=each.taken_by_id not in here,
        )
        for each in found
    ]
