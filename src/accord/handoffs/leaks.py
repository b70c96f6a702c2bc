"""What can be counted of what slips: handed over and not attended to, promised and not done.

Nought is the goal of each. They are counted as of a moment, whenever they began.
"""

from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accord.agreement.queries import running
from accord.agreement.spans import Span, Unit
from accord.base.lifecycle import Side, Stage
from accord.criteria.metrics import Metric, Scope, register
from accord.deals.models import Deal, DealLead, DealState
from accord.handoffs.models import Clock, ClockKind, ClockState, Handoff, PassBack, Trigger
from accord.handoffs.rules.leaks import past_due_before, quiet_after
from accord.handoffs.rules.triggers import start_of
from accord.leads.models import Activity, Lead
from accord.teams.models import Absence, User
from accord.teams.queries import company_calendar

# A day of work in which to write down what the deal is about; the agreement promises none.
DEAL_WITHIN = Span(1, Unit.WORKING_DAYS)
NURTURE_WITHIN = Span(30, Unit.DAYS)  # where the agreement says nothing: a monthly newsletter's
_WITH_SALES = (Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)


def _open(scope: Scope) -> QuerySet[Handoff]:
    return Handoff.objects.filter(disposed_at__isnull=True, **scope.within("offered_at"))


def never_attempted(scope: Scope) -> QuerySet[Handoff]:
    """Open handoffs that nobody tried to reach or accepted, though the first attempt was due.

    In the queue there is no clock: the limit is counted from the offer, by the company's hours.
    """
    terms, calendar = running(), company_calendar()
    late = Clock.objects.filter(
        handoff_id=OuterRef("id"),
        kind=ClockKind.FIRST_ATTEMPT,
        due_at__lt=scope.at,
        state__in=[ClockState.RUNNING, ClockState.MISSED],
    )
    queued = [
        Q(
            owner__isnull=True,
            trigger=trigger,
            offered_at__lt=past_due_before(
                terms.first_attempt(trigger), calendar=calendar, at=scope.at
            ),
        )
        for trigger in Trigger.values
    ]
    untouched = _open(scope).filter(first_attempt_at__isnull=True, accepted_at__isnull=True)
    return untouched.filter(Exists(late) | reduce(or_, queued))


def gone_quiet(scope: Scope) -> QuerySet[Handoff]:
    """Accepted and not disposed of, and no sign of sales for as long as two attempts may take."""
    since = past_due_before(quiet_span(), calendar=company_calendar(), at=scope.at)
    signs = Activity.objects.filter(
        lead_id=OuterRef("lead_id"), side=Side.SALES, happened_at__gte=since
    )
    rests = Clock.objects.filter(
        handoff_id=OuterRef("id"), state=ClockState.PAUSED, resumes_at__gt=scope.at
    )
    return _open(scope).filter(~Exists(rests), ~Exists(signs), accepted_at__lt=since)


def step_overdue(scope: Scope) -> QuerySet[Handoff]:
    """Open handoffs whose prospect named a day that is over, without a sign of sales since."""
    calendar = company_calendar()
    today = scope.at.astimezone(ZoneInfo(calendar.time_zone)).date()
    since = Activity.objects.filter(
        lead_id=OuterRef("lead_id"), side=Side.SALES, happened_at__gte=OuterRef("resumes_at")
    )
    woken = Clock.objects.filter(
        ~Exists(since),
        handoff_id=OuterRef("id"),
        user_id=OuterRef("owner_id"),
        stopped_at__isnull=True,
        resumes_at__lt=start_of(today, calendar.time_zone),
    )
    return _open(scope).filter(Exists(woken))


def without_deal(scope: Scope) -> QuerySet[Lead]:
    """Sales-qualified leads without a deal that is open or won, a working day after."""
    since = past_due_before(DEAL_WITHIN, calendar=company_calendar(), at=scope.at)
    deals = Deal.objects.exclude(state=DealState.LOST)
    joined = DealLead.objects.filter(lead_id=OuterRef("id"), deal_id__in=deals.values("id"))
    return (
        _leads(scope)
        .filter(stage=Stage.SQL, stage_entered_at__lt=since)
        .filter(~Exists(deals.filter(lead_id=OuterRef("id"))), ~Exists(joined))
    )


def without_owner(scope: Scope) -> QuerySet[Handoff]:
    """Open handoffs of people who are gone, or away until after something of them is due."""
    away = Absence.objects.filter(absent_from__lte=scope.at, absent_until__gt=scope.at)
    misses = away.filter(user_id=OuterRef("owner_id"), absent_until__gt=OuterRef("due_at"))
    is_away = Q(owner__in=away.values("user_id")) & Exists(misses)
    return _open(scope).filter(Q(owner__in=_gone()) | is_away)


def leads_left_behind(scope: Scope) -> QuerySet[Lead]:
    """Leads that sales works on, of people who are gone, and that no open handoff covers."""
    handed_over = Handoff.objects.filter(lead_id=OuterRef("id"), disposed_at__isnull=True)
    left = _leads(scope).filter(owner__in=_gone(), stage__in=_WITH_SALES)
    return left.filter(~Exists(handed_over))


def deals_left_behind(scope: Scope) -> QuerySet[Deal]:
    """Open deals of people who are gone."""
    deals = Deal.objects.filter(state=DealState.OPEN, **scope.within("opened_at"))
    return deals.filter(owner__in=_gone())


def off_track(scope: Scope) -> QuerySet[Lead]:
    """Recycled leads whose day of re-entry has come, and of whom nothing was heard or sent lately.

    That nothing happened for as long as the agreement promises stands for: in no track.
    """
    calendar = company_calendar()
    today = scope.at.astimezone(ZoneInfo(calendar.time_zone)).date()
    since = past_due_before(nurture_span(), calendar=calendar, at=scope.at)
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


def nurture_span() -> Span:
    """How long nobody in nurture is to hear nothing, by the agreement."""
    promised = running().document.marketing.nurture
    return promised.within if promised else NURTURE_WITHIN


def _leads(scope: Scope) -> QuerySet[Lead]:
    return Lead.objects.filter(merged_into_id__isnull=True, **scope.within("stage_entered_at"))


def _gone() -> Any:
    return User.objects.filter(is_active=False).values("id")


register(
    Metric(
        key="never_attempted",
        label=_("Handed over, and nobody has tried"),
        sentence=_(
            "Open handoffs whose first attempt is past due: nobody has tried to reach them, nor "
            "accepted them."
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
        sentence=_("They asked for a day; it is over, and sales has done nothing since."),
        unit="handoffs",
        rows=step_overdue,
    ),
    Metric(
        key="without_deal",
        label=_("Qualified, and no deal"),
        sentence=_("Sales-qualified leads without a deal, a working day after and later."),
        unit="leads",
        rows=without_deal,
    ),
    Metric(
        key="without_owner",
        label=_("With somebody who is away or gone"),
        sentence=_(
            "Open handoffs of people who are gone, or who are away until after something is due."
        ),
        unit="handoffs",
        rows=without_owner,
    ),
    Metric(
        key="leads_left_behind",
        label=_("Leads of people who are gone"),
        sentence=_("Leads that sales works on, and whose owner can no longer sign in."),
        unit="leads",
        rows=leads_left_behind,
    ),
    Metric(
        key="deals_left_behind",
        label=_("Deals of people who are gone"),
        sentence=_("Open deals whose owner can no longer sign in."),
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
