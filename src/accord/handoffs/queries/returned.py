"""What came back from sales, and what each reason for passing back would do."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accord.agreement.queries import terms_of
from accord.agreement.spans import Span
from accord.agreement.terms import Ask, Terms
from accord.handoffs.models import PassBack
from accord.leads.models import Lead
from accord.teams.calendars import ALWAYS
from accord.teams.queries import names, workspace


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


@dataclass(frozen=True)
class CameBack:
    """A pass-back as marketing reads it."""

    back: PassBack
    lead: Lead
    label: str
    by: str


def came_back(*, limit: int = 50, before: datetime | None = None) -> list[CameBack]:
    """What sales passed back and did not take back, newest first."""
    rows = PassBack.objects.filter(undone_at__isnull=True)
    if before:
        rows = rows.filter(passed_back_at__lt=before)
    backs = list(rows.order_by("-passed_back_at", "-id")[:limit])
    leads = Lead.objects.select_related("company", "campaign").in_bulk([b.lead_id for b in backs])
    people = names(back.passed_back_by_id for back in backs)
    labels = _labels(backs)
    return [
        CameBack(
            back=back,
            lead=leads[back.lead_id],
            label=labels[back.id],
            by=people.get(back.passed_back_by_id, ""),
        )
        for back in backs
        if back.lead_id in leads
    ]


def _labels(backs: Sequence[PassBack]) -> dict[uuid.UUID, str]:
    terms: dict[int, Terms] = {
        number: terms_of(number) for number in {back.agreement_version for back in backs}
    }
    return {
        back.id: reasons[back.reason].label if back.reason in reasons else back.reason
        for back in backs
        for reasons in [terms[back.agreement_version].reasons]
    }


def _zone() -> str:
    here = workspace()
    return here.time_zone if here else "UTC"
