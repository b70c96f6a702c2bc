"""What each reason for passing back would do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accord.agreement.queries import terms_of
from accord.agreement.spans import Span
from accord.agreement.terms import Ask
from accord.teams.calendars import ALWAYS
from accord.teams.queries import workspace


@dataclass(frozen=True)
class Choice:
    """A reason for passing back and what it does: where the lead goes, from when it may return."""

    key: str
    label: str
    text: str
    destination: str
    asks: Ask | None
    re_enter_on: date | None


def choices(version: int, *, at: datetime) -> list[Choice]:
    """The reasons of a version of the agreement, as they would work at `at`."""
    terms = terms_of(version)
    zone = _zone()
    return [
        Choice(
            key=reason.key,
            label=reason.label,
            text=reason.text,
            destination=reason.destination,
            asks=reason.asks,
            re_enter_on=re_enter_on(reason.re_enter_after, at=at, time_zone=zone),
        )
        for reason in terms.reasons.values()
    ]


def re_enter_on(span: Span | None, *, at: datetime, time_zone: str) -> date | None:
    """The first day on which a lead may return that was given up at `at`; None for any day."""
    if span is None:
        return None
    return span.due(ALWAYS, at).astimezone(ZoneInfo(time_zone)).date()


def earliest_re_entry(at: datetime) -> date:
    """The first day from which on a lead may be said to return: tomorrow, where the company is."""
    return at.astimezone(ZoneInfo(_zone())).date() + timedelta(days=1)


def _zone() -> str:
    here = workspace()
    return here.time_zone if here else "UTC"
