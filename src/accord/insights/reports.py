"""Reports as plain values, for the command line and the API: rows, and what to know of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.agreement.queries import running
from accord.base.errors import Invalid, Missing
from accord.insights.channels import Channel, channels
from accord.insights.funnel import DaysToWon, Funnel, funnel
from accord.insights.metrics import Scope
from accord.insights.promised import Promises, Quality, Volume
from accord.insights.promises import promises
from accord.insights.rules import FEWEST_CASES, Share, midnight
from accord.insights.scoreboard import promised_over, scoreboard
from accord.insights.sla_report import sla_in_all, sla_report
from accord.insights.tallies import STEPS
from accord.teams.models import User
from accord.teams.queries import company_calendar, workspace
from accord.teams.rules import ALWAYS, Calendar

Report = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What parts a report, "" for what is usual, and who reads it; None may see all."""

    by: str | None
    reader: User | None


def report(
    name: str,
    *,
    at: datetime,
    begins_on: date | None = None,
    until: date | None = None,
    by: str | None = None,
    reader: User | None = None,
) -> Report:
    """The report `name` over [begins_on, until), days of the company's zone.

    `by` parts the channels and the sla. `reader` sees what is for them to see; None stands for
    whoever runs the machine. Raises Missing for a report that does not exist, Invalid for a
    field that parts nothing and for a period without a day.
    """
    if name not in REPORTS:
        raise Missing(
            _("There is no report “%(name)s”; there are %(reports)s.")
            % {"name": name, "reports": ", ".join(REPORTS)}
        )
    if begins_on and until and begins_on >= until:
        words = {"begin": begins_on.isoformat(), "end": until.isoformat()}
        raise Invalid(
            _(
                "A period from %(begin)s until %(end)s has no day; until names the first day no "
                "longer counted, so choose a later one."
            )
            % words,
            field="until",
        )
    calendar = company_calendar() if workspace() else ALWAYS
    zone = calendar.time_zone
    scope = Scope(
        at=at,
        begins_at=midnight(begins_on, zone) if begins_on else None,
        ends_at=midnight(until, zone) if until else None,
    )
    wanted = Wanted(by=by, reader=reader)
    return {"as_of": at.isoformat(), **REPORTS[name](scope, calendar, wanted)}


def _funnel(scope: Scope, calendar: Calendar, wanted: Wanted) -> Report:
    found = funnel(scope, zone=calendar.time_zone)
    return {**_funnel_values(found), "notes": _funnel_notes(found)}


def _funnel_values(found: Funnel) -> Report:
    return {
        "rows": [
            {"cohort": cohort.month.key, **cohort.counts, **_rate(cohort.lead_to_customer_rate)}
            for cohort in found.cohorts
        ],
        "total": {
            **{step: found.counts[step] for step in STEPS},
            **_rate(found.lead_to_customer_rate),
            "days_to_won": _days(found.days_to_won),
            "won_before_first_contact": found.days_to_won.won_before_first_contact,
        },
    }


def _rate(share: Share) -> Report:
    return {
        "lead_to_customer_rate": _rounded(share.value, 6),
        "low": _rounded(share.low, 6),
        "high": _rounded(share.high, 6),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _days(days: DaysToWon) -> Report:
    figures = {"median": days.median, "mean": days.mean, "p90": days.p90, "max": days.max}
    return {name: _rounded(value, 3) for name, value in figures.items()}


def _funnel_notes(found: Funnel) -> list[str]:
    notes = [
        _(
            "A cohort is the leads of one month of first contact; a stage counts those that "
            "ever entered it."
        ),
        _("low and high are the 95 % interval of the rate."),
    ]
    if found.counts["won"] > found.counts["mql"]:
        notes.append(
            _("Some customers never entered the earlier stages: only what a file states is known.")
        )
    if early := found.days_to_won.won_before_first_contact:
        notes.append(
            ngettext(
                "Fault in the data: %(number)d lead was won before its first contact. It is "
                "counted in all figures; correct its dates.",
                "Fault in the data: %(number)d leads were won before their first contact. They "
                "are counted in all figures; correct their dates.",
                early,
            )
            % {"number": early}
        )
    return notes


def _channels(scope: Scope, calendar: Calendar, wanted: Wanted) -> Report:
    by = wanted.by or "source"
    found = channels(scope, by=by)
    return {"rows": [_channel(each, by) for each in found], "notes": _channel_notes(found)}


def _channel(channel: Channel, by: str) -> Report:
    name = "origin" if by == "source" else by
    figures = {"leads": channel.leads, "won": channel.won, **_rate(channel.rate)}
    return {name: channel.name, **figures, "rank": channel.rank}


def _channel_notes(found: Sequence[Channel]) -> list[str]:
    notes = [_("low and high are the 95 % interval of the rate; rank 1 is the highest rate.")]
    if any(channel.name is None for channel in found):
        notes.append(
            _(
                "null stands for leads of which it is not known; a name such as “unknown” is what "
                "the source said."
            )
        )
    if any(channel.rank is None for channel in found):
        notes.append(_("Fewer than %(number)d leads are not ranked.") % {"number": FEWEST_CASES})
    return notes


def _sla(scope: Scope, calendar: Calendar, wanted: Wanted) -> Report:
    over = promised_over(scope, calendar.time_zone)
    if wanted.by:
        return sla_report(over, by=wanted.by, calendar=calendar, reader=wanted.reader)
    rows = _promises(promises(over, terms=running(), calendar=calendar))
    found = sla_in_all(over, rows, calendar=calendar, reader=wanted.reader)
    return {**found, "notes": [*_sla_notes(over), *found["notes"]]}


def _sla_notes(over: Scope) -> list[str]:
    if over.begins_at is None or over.ends_at is None:
        return []
    return [
        _("Promises from %(begin)s to before %(end)s (UTC); handoffs count when offered.")
        % {"begin": f"{over.begins_at:%Y-%m-%d %H:%M}", "end": f"{over.ends_at:%Y-%m-%d %H:%M}"},
        _(
            "kept of due were in time; missed were not done in time by whoever promised, whatever "
            "others did later."
        ),
    ]


def _promises(both: Promises) -> list[Report]:
    return [*map(_volume, both.volumes), *map(_quality, both.qualities)]


def _volume(volume: Volume) -> Report:
    return {
        "promise": volume.key,
        "side": volume.side.value,
        "title": volume.title,
        "segment": volume.only or None,
        "unit": volume.unit,
        "promised": _rounded(volume.target, 1),
        "expected": _rounded(volume.expected, 1),
        "delivered": _rounded(volume.delivered, 2),
        "state": volume.state.value,
    }


def _quality(quality: Quality) -> Report:
    return {
        "promise": quality.key,
        "side": quality.side.value,
        "title": quality.title,
        "promised": quality.promised,
        "delivered": _rounded(quality.delivered.value, 6),
        "low": _rounded(quality.delivered.low, 6),
        "high": _rounded(quality.delivered.high, 6),
        "state": quality.state.value,
        "kept": quality.delivered.part,
        "due": quality.delivered.whole,
        "late": quality.late,
        "missed": quality.missed,
        "running": quality.running,
    }


def _scoreboard(scope: Scope, calendar: Calendar, wanted: Wanted) -> Report:
    board = scoreboard(scope, calendar=calendar)
    return {
        "headline": board.headline,
        "rows": _promises(board.promises),
        "funnel": _funnel_values(board.funnel),
        "channels": [_channel(each, "source") for each in board.channels],
        "came_back": [
            {
                "reason": each.reason,
                "label": each.label,
                "number": each.number,
                "destination": each.destination,
            }
            for each in board.came_back
        ],
        "waiting_too_long": board.waiting_too_long,
        "leaks": {
            key: number or (None if key in board.leaks.cannot_tell else 0)
            for key, number in board.leaks.numbers.items()
        },
        "notes": [*_sla_notes(board.promised_over), *_funnel_notes(board.funnel)],
    }


REPORTS: Mapping[str, Callable[[Scope, Calendar, Wanted], Report]] = {
    "funnel": _funnel,
    "channels": _channels,
    "sla": _sla,
    "scoreboard": _scoreboard,
}
