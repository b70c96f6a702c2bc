"""What can be counted of nurture: who is in it, and who has heard from us lately."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accord.agreement.queries import running
from accord.agreement.spans import Span
from accord.base.lifecycle import Stage
from accord.criteria.metrics import Metric, Rate, Scope, register
from accord.handoffs.rules.leaks import past_due_before
from accord.leads.kinds import new_event_kinds
from accord.leads.models import Activity, Lead, StageEntry
from accord.teams.queries import company_calendar

# What somebody of ours did with them. What they do with us says that they have heard of us, too:
# nobody clicks in a mail that was never written.
_OURS = ("email.sent", "mail.sent", "attempt.logged")


def nurture_span() -> Span | None:
    """How long nobody in nurture is to hear nothing, by the agreement; None without a promise."""
    promised = running().document.marketing.nurture
    return promised.within if promised else None


def in_nurture(scope: Scope) -> QuerySet[Lead]:
    """Who had been in nurture for as long as the promise allows silence, when the scope ended.

    Of a scope that goes on: who has been by now. Whoever asked us to stop is left out.
    """
    since = _since(scope)
    if since is None:
        return Lead.objects.none()
    stays = StageEntry.objects.filter(
        Q(left_at__isnull=True) | Q(left_at__gt=_until(scope)),
        stage=Stage.RECYCLED,
        entered_at__lt=since,
    )
    leads = Lead.objects.filter(merged_into_id__isnull=True, do_not_contact=False)
    return leads.filter(id__in=stays.values("lead_id"))


def in_touch(scope: Scope) -> QuerySet[Lead]:
    """Of those, who heard from us, or did something with us, within the promised span."""
    return in_nurture(scope).filter(_lately(scope))


def out_of_touch(scope: Scope) -> QuerySet[Lead]:
    """Of those, who neither heard from us nor did anything with us within the promised span."""
    return in_nurture(scope).filter(~_lately(scope))


def _lately(scope: Scope) -> Exists:
    acts = Activity.objects.filter(
        lead_id=OuterRef("id"),
        kind__in=[*_OURS, *new_event_kinds()],
        happened_at__gte=_since(scope) or _until(scope),
        happened_at__lte=_until(scope),
    )
    return Exists(acts)


def _until(scope: Scope) -> datetime:
    return min(scope.at, scope.ends_at or scope.at)


def _since(scope: Scope) -> datetime | None:
    """The moment since when nobody in nurture is to have heard nothing; None: no promise."""

    def since() -> datetime | None:
        span = nurture_span()
        calendar = scope.once("company's hours", company_calendar)
        return past_due_before(span, calendar=calendar, at=_until(scope)) if span else None

    found: datetime | None = scope.once("nurture's silence", since)
    return found


register(
    Metric(
        key="in_nurture",
        label=_("In nurture"),
        sentence=_(
            "Leads that had been recycled for at least as long as marketing promises to be in "
            "touch with them, at the end of the period; whoever asked us to stop is left out."
        ),
        unit="leads",
        rows=in_nurture,
    ),
    Metric(
        key="in_touch",
        label=_("In nurture, and in touch"),
        sentence=_(
            "Those in nurture who heard from us, or did something with us, within the promised "
            "time."
        ),
        unit="leads",
        rows=in_touch,
    ),
    Metric(
        key="out_of_touch",
        label=_("In nurture, and out of touch"),
        sentence=_("Those in nurture who neither heard from us nor did anything with us."),
        unit="leads",
        rows=out_of_touch,
    ),
    Rate(
        key="nurture",
        label=_("In touch with those in nurture"),
        sentence=_("Those in touch among the leads in nurture."),
        part="in_touch",
        whole="in_nurture",
    ),
)
