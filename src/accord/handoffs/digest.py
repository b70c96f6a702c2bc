"""What the daily digest says of handoffs: what waits, what is at risk, what came back."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, Window
from django.db.models.functions import RowNumber
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.handoffs.models import Handoff, PassBack
from accord.leads.models import Lead
from accord.outbox.sections import MOST_LINES, Line, Reader, Section, register
from accord.teams.models import MARKETING_ROLES, SALES_ROLES

AT_RISK = timedelta(hours=4)  # before a promise is due


def waiting(readers: Collection[Reader], at: datetime) -> Mapping[uuid.UUID, Section]:
    """What waits for each of sales, the one due first on top, and how many are at risk.

    Two queries.
    """
    return {
        id: Section(
            title=_title(mine),
            number=mine.number,
            short=_short(mine),
            nothing=_("No lead waits for you."),
            lines=mine.lines,
        )
        for id, mine in _open_of(readers, at).items()
    }


def _title(mine: "_Open") -> str:
    if not mine.at_risk:
        return _("Waits for you")
    said = _("Waits for you (at risk, for it is past due or due within four hours: %(n)d)")
    return said % {"n": mine.at_risk}


def _short(mine: "_Open") -> str:
    waits = _said("%(n)s lead waits", "%(n)s leads wait", mine.number)
    return (
        _("%(waits)s (%(n)d at risk)") % {"waits": waits, "n": mine.at_risk}
        if mine.at_risk
        else waits
    )


def came_back(readers: Collection[Reader], at: datetime) -> Mapping[uuid.UUID, Section]:
    """What came back and waits for an answer, for all of marketing. Two queries."""
    meant = [reader for reader in readers if MARKETING_ROLES & reader.roles]
    if not meant:
        return {}
    back = PassBack.objects.filter(undone_at__isnull=True, answered_at__isnull=True)
    found = list(back.order_by("passed_back_at", "id").only("id", "lead_id"))
    leads = _names(each.lead_id for each in found[:MOST_LINES])
    section = Section(
        title=_("Came back and waits for your answer"),
        number=len(found),
        short=_said("%(n)s came back", "%(n)s came back", len(found)),
        nothing=_("Nothing that came back waits for an answer."),
        lines=[
            Line(leads[each.lead_id], f"/leads/{each.lead_id}/")
            for each in found[:MOST_LINES]
            if each.lead_id in leads
        ],
    )
    return {reader.id: section for reader in meant}


@dataclass
class _Open:
    """How many handoffs somebody has, how many at risk, and lines of those that are due first."""

    number: int = 0
    at_risk: int = 0
    lines: list[Line] = field(default_factory=list)


def _open_of(readers: Collection[Reader], at: datetime) -> dict[uuid.UUID, _Open]:
    """The open handoffs of those in sales, the one due first on top. Two queries."""
    meant = {reader.id: reader for reader in readers if SALES_ROLES & reader.roles}
    in_order = ["due_at", "offered_at", "id"]
    first = list(
        Handoff.objects.filter(disposed_at__isnull=True, owner_id__in=meant)
        .annotate(
            place=Window(RowNumber(), partition_by="owner_id", order_by=in_order),
            number=Window(Count("id"), partition_by="owner_id"),
            at_risk=Window(
                Count("id", filter=Q(due_at__lte=at + AT_RISK)), partition_by="owner_id"
            ),
        )
        .filter(place__lte=MOST_LINES)
        .order_by("owner_id", "place")
        .values_list("owner_id", "lead_id", "due_at", "number", "at_risk")
    )
    leads = _names(lead_id for _owner, lead_id, *_rest in first)
    found = {id: _Open() for id in meant}
    for owner, lead_id, due_at, number, at_risk in first:
        found[owner].number, found[owner].at_risk = number, at_risk
        said = _line(leads.get(lead_id, ""), due_at, meant[owner])
        found[owner].lines.append(Line(said, f"/leads/{lead_id}/"))
    return found


def _line(name: str, due_at: datetime | None, reader: Reader) -> str:
    if due_at is None:
        return name
    due = date_format(due_at.astimezone(reader.zone), "D j M, H:i")
    return _("%(lead)s, due %(moment)s") % {"lead": name, "moment": due}


def _said(one: str, many: str, number: int) -> str:
    return ngettext(one, many, number) % {"n": number}


def _names(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = Lead.objects.filter(id__in=set(leads)).only("id", "name", "email", "phone")
    return {lead.id: str(lead) for lead in rows}


register("waiting", waiting)
register("came_back", came_back)
