"""What can be counted of what slips: handed over and not attended to, promised and not done.

Zero is the goal of each. They are counted as of a moment, whenever they began.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accord.agreement.queries import running
from accord.agreement.spans import Span
from accord.base.lifecycle import Side, Stage
from accord.criteria.metrics import Metric, Scope, register
from accord.deals.models import Deal, DealLead, DealState
from accord.handoffs.models import Clock, ClockKind, ClockState, Handoff, PassBack, Trigger
from accord.handoffs.nurture import nurture_span
from accord.handoffs.queries.planned import still_to_do
from accord.handoffs.rules.leaks import past_due_before, quiet_after
from accord.leads.models import Activity, Lead
from accord.teams.queries import away_until, company_calendar, out_of_sales
from accord.teams.rules import Calendar

_WITH_SALES = (Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)


def _open(scope: Scope) -> QuerySet[Handoff]:
    return Handoff.objects.filter(disposed_at__isnull=True, **scope.within("offered_at"))


def never_attempted(scope: Scope) -> QuerySet[Handoff]:
    """Open handoffs that nobody tried to reach, accepted or not, though the first attempt was due.

    In the queue there is no clock: the limit is counted from the offer, by the company's hours.
    """
    calendar = _hours(scope)
    late = Clock.objects.filter(
        handoff_id=OuterRef("id"),
        kind=ClockKind.FIRST_ATTEMPT,
        due_at__lt=scope.at,
        state__in=[ClockState.RUNNING, ClockState.MISSED],
    )
    queued = [
        which
        & Q(
            owner__isnull=True,
            offered_at__lt=past_due_before(span, calendar=calendar, at=scope.at),
        )
        for span, which in _first_attempts().items()
    ]
    return _open(scope).filter(Exists(late) | reduce(or_, queued), first_attempt_at__isnull=True)


def _first_attempts() -> dict[Span, Q]:
    """Within which spans the first attempt is promised, and on which handoffs."""
    terms, found = running(), dict[Span, Q]()
    own = list(terms.sales.first_attempt_of)
    for trigger in Trigger.values:
        for segment in ("", *own):
            # What an earlier version called a segment has the limits of all.
            which = Q(segment=segment) if segment else ~Q(segment__in=own)
            span = terms.first_attempt(trigger, segment)
            found[span] = found.get(span, Q()) | Q(which, trigger=trigger)
    return found


def gone_quiet(scope: Scope) -> QuerySet[Handoff]:
    """Accepted and not disposed of, and no sign of sales for as long as two attempts may take."""
    since = past_due_before(quiet_span(), calendar=_hours(scope), at=scope.at)
    signs = Activity.objects.filter(
        lead_id=OuterRef("lead_id"), side=Side.SALES, happened_at__gte=since
    )
    rests = Clock.objects.filter(
        handoff_id=OuterRef("id"), state=ClockState.PAUSED, resumes_at__gt=scope.at
    )
    return _open(scope).filter(~Exists(rests), ~Exists(signs), accepted_at__lt=since)


def step_overdue(scope: Scope) -> QuerySet[Handoff]:
    """Handoffs whose prospect was promised a next step that is past due and not done."""
    late = still_to_do().filter(due_at__lt=scope.at, promised_to_prospect=True)
    due = late.filter(handoff_id=OuterRef("id")).values("due_at")[:1]
    handoffs = Handoff.objects.filter(**scope.within("offered_at"))
    return handoffs.filter(id__in=late.values("handoff_id")).annotate(step_due_at=Subquery(due))


def without_deal(scope: Scope) -> QuerySet[Lead]:
    """Sales-qualified leads without a deal that is open or won.

    Opening one may take as long as the answer to a handoff: no more is to be said.
    """
    since = past_due_before(running().answer, calendar=_hours(scope), at=scope.at)
    deals = Deal.objects.exclude(state=DealState.LOST)
    joined = DealLead.objects.filter(lead_id=OuterRef("id"), deal_id__in=deals.values("id"))
    return (
        _leads(scope)
        .filter(stage=Stage.SQL, stage_entered_at__lt=since)
        .filter(~Exists(deals.filter(lead_id=OuterRef("id"))), ~Exists(joined))
    )


def without_owner(scope: Scope) -> QuerySet[Handoff]:
    """Open handoffs of people who left sales, or are away until after something of them is due."""
    slips, back = Q(owner__in=_gone()), away_until(scope.at)
    if back:
        slips |= _due_while_away(back, _hours(scope))
    return _open(scope).filter(slips)


def _due_while_away(back: Mapping[uuid.UUID, datetime], calendar: Calendar) -> Q:
    """What is due before its owner is back, by the company's hours: their own clocks stand still.

    What rested counts anew from the end of the rest, so that nothing shows that is in time.
    """
    clocks = Clock.objects.filter(
        handoff_id=OuterRef("id"),
        user_id=OuterRef("owner_id"),
        state__in=[ClockState.RUNNING, ClockState.PAUSED],
    ).alias(begun_at=Greatest("started_at", "resumes_at"))

    def due(kind: ClockKind, span: Span) -> Exists:
        begun = [
            When(user_id=user, then=past_due_before(span, calendar=calendar, at=until))
            for user, until in back.items()
        ]
        return Exists(clocks.filter(kind=kind, begun_at__lt=Case(*begun)))

    terms = running()
    first = [
        which & due(ClockKind.FIRST_ATTEMPT, each) for each, which in _first_attempts().items()
    ]
    others = [
        due(ClockKind.ANSWER, terms.answer),
        due(ClockKind.DISPOSITION, terms.disposition),
        due(ClockKind.ATTEMPTS, terms.attempts.within),
    ]
    returns = Case(*(When(owner=user, then=until) for user, until in back.items()))
    return Q(owner__in=list(back)) & reduce(or_, [*first, *others], Q(due_at__lt=returns))


def leads_left_behind(scope: Scope) -> QuerySet[Lead]:
    """Leads that sales works on, of people who left sales, and that no open handoff covers."""
    handed_over = Handoff.objects.filter(lead_id=OuterRef("id"), disposed_at__isnull=True)
    left = _leads(scope).filter(owner__in=_gone(), stage__in=_WITH_SALES)
    return left.filter(~Exists(handed_over))


def deals_left_behind(scope: Scope) -> QuerySet[Deal]:
    """Open deals of people who left sales."""
    deals = Deal.objects.filter(state=DealState.OPEN, **scope.within("opened_at"))
    return deals.filter(owner__in=_gone())


def off_track(scope: Scope) -> QuerySet[Lead]:
    """Recycled leads whose day of re-entry has come, and of whom nothing was heard or sent lately.

    That nothing happened for as long as the agreement promises stands for: in no track.
    """
    calendar = _hours(scope)
    today = scope.at.astimezone(ZoneInfo(calendar.time_zone)).date()
    promised = nurture_span()
    if promised is None:
        return Lead.objects.none()
    since = past_due_before(promised, calendar=calendar, at=scope.at)
    backs = PassBack.objects.filter(lead_id=OuterRef("id"), undone_at__isnull=True)
    lost = Deal.objects.filter(lead_id=OuterRef("id"), state=DealState.LOST)
    lately = Activity.objects.filter(lead_id=OuterRef("id"), happened_at__gte=since)
    return (
        _leads(scope)
        .filter(stage=Stage.RECYCLED, stage_entered_at__lt=since, do_not_contact=False)
        .filter(
            Exists(backs.filter(re_enter_on__lte=today))
            | Exists(lost.filter(re_enter_on__lte=today)),
            ~Exists(backs.filter(re_enter_on__gt=today)),
            ~Exists(lost.filter(re_enter_on__gt=today)),
            ~Exists(lately),
        )
    )


def quiet_span() -> Span:
    """How long an accepted handoff may be quiet, by the attempts that the agreement promises."""
    promised = running().attempts
    return quiet_after(attempts=promised.at_least, within=promised.within)


def _hours(scope: Scope) -> Calendar:
    hours: Calendar = scope.once("company's hours", company_calendar)
    return hours


def _leads(scope: Scope) -> QuerySet[Lead]:
    return Lead.objects.filter(merged_into_id__isnull=True, **scope.within("stage_entered_at"))


def _gone() -> Any:
    return out_of_sales().values("id")


register(
    Metric(
        key="never_attempted",
        label=_("Handed over, and nobody has tried"),
        sentence=_(
            "Open handoffs whose first attempt is past due, and nobody has tried to reach them, "
            "whether they were accepted or not."
        ),
        unit="handoffs",
        rows=never_attempted,
    ),
    Metric(
        key="gone_quiet",
        label=_("Accepted, and gone quiet"),
        sentence=_(
            "Accepted handoffs of which sales has written down nothing for as long as two of the "
            "promised attempts may take."
        ),
        unit="handoffs",
        rows=gone_quiet,
    ),
    Metric(
        key="step_overdue",
        label=_("Promised for a day that is over"),
        sentence=_(
            "Next steps that prospects asked for, past due and not done; qualified leads, too."
        ),
        unit="handoffs",
        rows=step_overdue,
    ),
    Metric(
        key="without_deal",
        label=_("Qualified, and no deal"),
        sentence=_(
            "Sales-qualified leads without a deal, for longer than a rep has to answer a handoff."
        ),
        unit="leads",
        rows=without_deal,
    ),
    Metric(
        key="without_owner",
        label=_("With somebody who is away or left sales"),
        sentence=_(
            "Open handoffs of people who work no leads any more, or who are away until after "
            "something is due by the company's hours."
        ),
        unit="handoffs",
        rows=without_owner,
    ),
    Metric(
        key="leads_left_behind",
        label=_("Leads of people who left sales"),
        sentence=_(
            "Leads that sales works on, and whose owner is gone or has no role of sales any more."
        ),
        unit="leads",
        rows=leads_left_behind,
    ),
    Metric(
        key="deals_left_behind",
        label=_("Deals of people who left sales"),
        sentence=_("Open deals whose owner is gone or has no role of sales any more."),
        unit="deals",
        rows=deals_left_behind,
    ),
    Metric(
        key="off_track",
        label=_("In nurture, and nothing happens"),
        sentence=_(
            "Recycled leads whose day of re-entry has come, and with whom nothing has happened "
            "for as long as the agreement allows. Accord keeps no tracks of nurture yet, so that "
            "silence is what shows."
        ),
        unit="leads",
        rows=off_track,
    ),
)
