"""The scoreboard: how the two teams stand, in one sentence and in figures that both believe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.agreement.queries import running
from accord.insights.channels import Channel, channels_of
from accord.insights.funnel import Funnel, funnel_of
from accord.insights.leaks import Counted
from accord.insights.leaks import counted as counted_leaks
from accord.insights.metrics import Scope
from accord.insights.promised import Promises
from accord.insights.promises import promises
from accord.insights.returned import CameBack, came_back, waiting_too_long
from accord.insights.rules import month_of
from accord.insights.tallies import tallies
from accord.teams.rules import Calendar


@dataclass(frozen=True)
class Scoreboard:
    """`cohorts` and `channels` cover the period asked for; the promises the running month,
    or that period where it has a begin and an end.
    """

    at: datetime
    period: Scope
    promised_over: Scope
    headline: str
    promises: Promises
    funnel: Funnel
    channels: Sequence[Channel]
    came_back: Sequence[CameBack]
    waiting_too_long: int
    leaks: Counted

    @property
    def slipping(self) -> int:
        """How many leads slip, of all kinds together."""
        return sum(self.leaks.numbers.values())


def scoreboard(period: Scope, *, calendar: Calendar) -> Scoreboard:
    """Everything on the scoreboard. A fixed number of queries, whatever the number of leads."""
    terms = running()
    over = promised_over(period, calendar.time_zone)
    both = promises(over, terms=terms, calendar=calendar)
    too_long = waiting_too_long(at=period.at)
    counted = tallies(period, zone=calendar.time_zone)
    return Scoreboard(
        at=period.at,
        period=period,
        promised_over=over,
        headline=headline(both, too_long),
        promises=both,
        funnel=funnel_of(counted, period, zone=calendar.time_zone),
        channels=channels_of(counted, period),
        came_back=came_back(over, terms=terms),
        waiting_too_long=too_long,
        leaks=counted_leaks(at=period.at),
    )


def promised_over(period: Scope, zone: str) -> Scope:
    """The period itself where it has a begin and an end, else the running month."""
    if period.begins_at and period.ends_at:
        return period
    month = month_of(period.at.astimezone(ZoneInfo(zone)).date(), zone)
    return Scope(at=period.at, begins_at=month.begins_at, ends_at=month.ends_at)


def headline(both: Promises, too_long: int) -> str:
    """How the two teams stand, in a sentence."""
    return " ".join([_marketing(both), _sales(both), _waiting(too_long)])


def _marketing(both: Promises) -> str:
    ahead = both.volumes[0].ahead
    if ahead == 0:
        return _("Marketing is on plan with ready leads;")
    if ahead > 0:
        return ngettext(
            "Marketing is %(number)d ready lead ahead of plan;",
            "Marketing is %(number)d ready leads ahead of plan;",
            ahead,
        ) % {"number": ahead}
    return ngettext(
        "Marketing is %(number)d ready lead behind plan;",
        "Marketing is %(number)d ready leads behind plan;",
        -ahead,
    ) % {"number": -ahead}


def _sales(both: Promises) -> str:
    first = next(each for each in both.qualities if each.key == "first_attempt")
    if first.delivered.value is None:
        return _("no first attempt of sales has come due yet;")
    return _("sales made %(share)d %% of first attempts in time;") % {
        "share": int(100 * first.delivered.value)
    }


def _waiting(too_long: int) -> str:
    if not too_long:
        return _("no lead waits too long.")
    return ngettext(
        "%(number)d lead waits too long.", "%(number)d leads wait too long.", too_long
    ) % {"number": too_long}
