"""Promised and delivered: what both sides signed for, and how it stands today."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accord.agreement.queries import began_at
from accord.agreement.terms import Terms
from accord.base.lifecycle import Side
from accord.content import metrics as content
from accord.handoffs.metrics import FATES, PROMISED, given_up, promised
from accord.handoffs.models import ClockKind
from accord.insights.metrics import Scope, metric, rate, share_of
from accord.insights.narrowing import narrowed
from accord.insights.promised import Promises, Quality, Volume
from accord.insights.rates import closed_quarters, worths
from accord.insights.rules import expected, share
from accord.teams.rules import Calendar

EVERY = 1.0  # of what comes back, of what sales asks for, of those in nurture: marketing drops none
_ALIKE = {part: part for part in ("late", "missed", "running")}


def promises(scope: Scope, *, terms: Terms, calendar: Calendar) -> Promises:
    """What the running agreement promises for the scope, and how it stands at `scope.at`.

    The scope needs a begin and an end. A fixed number of queries.
    """
    return Promises(
        volumes=[*_ready_leads(scope, terms, calendar), *_worth(scope, terms, calendar)],
        qualities=[
            _acceptance(scope, terms),
            *_clocks(scope, terms),
            *_nurture(scope, terms),
            *_content(scope, terms),
            _attempts(scope, terms),
        ],
    )


def _ready_leads(scope: Scope, terms: Terms, calendar: Calendar) -> Iterator[Volume]:
    """All of them, and those of each segment that the agreement names."""
    promise = terms.marketing.ready_leads
    first, until, tomorrow = _days(scope, calendar)
    counted = metric("ready_leads")
    for only, title, target in (
        ("", _("Ready leads handed over"), promise.target),
        *(
            (each.definition, terms.definitions[each.definition].title, each.target)
            for each in promise.segments
        ),
    ):
        yield Volume(
            key="ready_leads",
            side=Side.MARKETING,
            title=title,
            target=expected(target, promise.per, calendar, first, until),
            expected=expected(target, promise.per, calendar, first, tomorrow),
            delivered=narrowed(counted.rows(scope), only, reader=None).count(),
            over=scope,
            rows="ready_leads",
            only=only,
        )


def _worth(scope: Scope, terms: Terms, calendar: Calendar) -> Iterator[Volume]:
    """What the ready leads, and those of each segment, are worth by what such brought before."""
    promise, each = terms.marketing.ready_leads, dict[str, Mapping[str, float]]()
    first, until, tomorrow = _days(scope, calendar)
    before = closed_quarters(scope.at, calendar.time_zone)
    parts = [("", _("What the ready leads are worth"), promise.worth)]
    for part in promise.segments:
        words = {"title": terms.definitions[part.definition].title}
        parts.append((part.definition, _("What they are worth: %(title)s") % words, part.worth))
    for only, title, worth in parts:
        if worth is None:
            continue
        if worth.currency not in each:
            each[worth.currency] = worths(before, currency=worth.currency)
        handed_over = narrowed(metric("ready_leads").rows(scope), only, reader=None)
        numbers = handed_over.values_list("trigger").annotate(number=Count("id"))
        yield Volume(
            key="worth",
            side=Side.MARKETING,
            title=title,
            target=expected(worth.amount, promise.per, calendar, first, until),
            expected=expected(worth.amount, promise.per, calendar, first, tomorrow),
            delivered=sum(number * each[worth.currency][trigger] for trigger, number in numbers),
            over=scope,
            rows="ready_leads",
            unit=worth.currency,
            only=only,
        )


def _days(scope: Scope, calendar: Calendar) -> tuple[date, date, date]:
    """First day of the scope, the day after its last, and the day after today within it.

    Nothing was promised before there was an agreement: the days before it are left out.
    """
    zone = ZoneInfo(calendar.time_zone)
    if scope.begins_at is None or scope.ends_at is None:
        raise ValueError("Promises are counted over a period with a begin and an end.")
    first, until = scope.begins_at.astimezone(zone).date(), scope.ends_at.astimezone(zone).date()
    if began := began_at():
        first = min(max(first, began.astimezone(zone).date()), until)
    tomorrow = scope.at.astimezone(zone).date() + timedelta(days=1)
    return first, until, max(first, min(tomorrow, until))


def _attempts(scope: Scope, terms: Terms) -> Quality:
    enough = Q(is_early=False)
    found = given_up(scope).aggregate(all=Count("id"), enough=Count("id", filter=enough))
    return Quality(
        key="given_up",
        side=Side.SALES,
        title=_("Kept trying before giving up"),
        promised=terms.sales.within_share,
        delivered=share(found["enough"], found["all"]),
        rows={"part": "tried_enough", "whole": "given_up"},
        over=scope,
    )


def _acceptance(scope: Scope, terms: Terms) -> Quality:
    return Quality(
        key="acceptance_rate",
        side=Side.MARKETING,
        title=_("Accepted by sales"),
        promised=terms.marketing.acceptance_rate,
        delivered=share_of("acceptance_rate", scope),
        rows={"part": "accepted", "whole": "answered"},
        over=scope,
    )


def _nurture(scope: Scope, terms: Terms) -> Iterator[Quality]:
    """How many of those in nurture are out of touch; nobody should be."""
    if terms.document.marketing.nurture is None:
        return
    delivered = share_of("nurture", scope)
    yield Quality(
        key="nurture",
        side=Side.MARKETING,
        title=_("In touch with those in nurture"),
        promised=EVERY,
        delivered=delivered,
        rows={"part": "in_touch", "whole": "in_nurture", "missed": "out_of_touch"},
        over=scope,
        missed=delivered.whole - delivered.part,
    )


def _content(scope: Scope, terms: Terms) -> Iterator[Quality]:
    """What sales asked for in the scope: delivered, or turned down, in time. One query."""
    if terms.marketing.content is None:
        return
    counts = content.promised(scope).aggregate(**content.FATES.counts(scope))
    title = str(rate("content_in_time").label)
    yield _of_moments("content", title, Side.MARKETING, EVERY, [*counts.values()], scope)


def _clocks(scope: Scope, terms: Terms) -> list[Quality]:
    """The promised moments of each kind, counted as their metrics do. One query."""
    rows = promised(scope).values_list("kind").annotate(**FATES.counts(scope))
    counts = {kind: numbers for kind, *numbers in rows}
    none = [0, 0, 0, 0]
    return [_quality(kind, counts.get(kind, none), terms, scope) for kind in PROMISED]


def _quality(kind: ClockKind, counts: Sequence[int], terms: Terms, scope: Scope) -> Quality:
    side, promised = Side.SALES, terms.sales.within_share
    if kind == ClockKind.PASS_BACK_ANSWER:
        side, promised = Side.MARKETING, EVERY
    return _of_moments(kind.value, str(kind.label), side, promised, counts, scope)


def _of_moments(
    key: str, title: str, side: Side, promised: float, counts: Sequence[int], scope: Scope
) -> Quality:
    """A promise of moments, from how many were kept, late and missed, and how many there are."""
    kept, late, not_done, number = counts
    due = kept + late + not_done
    parts = {"part": "kept", "whole": "due", **_ALIKE}
    return Quality(
        key=key,
        side=side,
        title=title,
        promised=promised,
        delivered=share(kept, due),
        rows={figure: f"{key}_{part}" for figure, part in parts.items()},
        over=scope,
        late=late,
        missed=not_done,
        running=number - due,
    )
