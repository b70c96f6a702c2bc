"""What the daily digest says of handoffs: what waits, what is at risk, what came back."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.handoffs.models import Handoff, PassBack
from accord.leads.models import Lead
from accord.outbox.sections import MOST_LINES, Reader, Section, register
from accord.teams.models import MARKETING_ROLES, SALES_ROLES

AT_RISK = timedelta(hours=4)  # before a promise is due


def waiting(readers: Collection[Reader], at: datetime) -> Mapping[uuid.UUID, Section]:
    """What waits for each of sales, the one due first on top. Two queries."""
    mine = _open_of(readers)
    leads = _names(handoff.lead_id for each in mine.values() for handoff in each[:MOST_LINES])
    return {
        reader.id: Section(
            title=_("Waits for you"),
            number=len(mine[reader.id]),
            short=_said("%(n)s lead waits", "%(n)s leads wait", len(mine[reader.id])),
            nothing=_("No lead waits for you."),
            lines=[_line(each, leads, reader) for each in mine[reader.id][:MOST_LINES]],
        )
        for reader in readers
        if reader.id in mine
    }


def at_risk(readers: Collection[Reader], at: datetime) -> Mapping[uuid.UUID, Section]:
    """What is past due or soon will be, for each of sales. Two queries."""
    mine = {
        reader: [each for each in found if each.due_at and each.due_at <= at + AT_RISK]
        for reader, found in _open_of(readers).items()
    }
    leads = _names(handoff.lead_id for each in mine.values() for handoff in each[:MOST_LINES])
    return {
        reader.id: Section(
            title=_("At risk: due within four hours, or past due"),
            number=len(mine[reader.id]),
            short=_said("%(n)s at risk", "%(n)s at risk", len(mine[reader.id])),
            nothing=_("No promise is at risk."),
            lines=[_line(each, leads, reader) for each in mine[reader.id][:MOST_LINES]],
        )
        for reader in readers
        if reader.id in mine
    }


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
        lines=[leads[each.lead_id] for each in found[:MOST_LINES] if each.lead_id in leads],
    )
    return {reader.id: section for reader in meant}


def _open_of(readers: Collection[Reader]) -> dict[uuid.UUID, list[Handoff]]:
    """The open handoffs of those in sales, the one due first on top."""
    found: dict[uuid.UUID, list[Handoff]] = {
        reader.id: [] for reader in readers if SALES_ROLES & reader.roles
    }
    rows = Handoff.objects.filter(disposed_at__isnull=True, owner_id__in=found)
    for each in rows.order_by("due_at", "offered_at", "id").only("lead_id", "owner_id", "due_at"):
        if each.owner_id:
            found[each.owner_id].append(each)
    return found


def _line(handoff: Handoff, leads: Mapping[uuid.UUID, str], reader: Reader) -> str:
    name = leads.get(handoff.lead_id, "")
    if handoff.due_at is None:
        return name
    due = date_format(handoff.due_at.astimezone(reader.zone), "D j M, H:i")
    return _("%(lead)s, due %(moment)s") % {"lead": name, "moment": due}


def _said(one: str, many: str, number: int) -> str:
    return ngettext(one, many, number) % {"n": number}


def _names(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = Lead.objects.filter(id__in=set(leads)).only("id", "name", "email", "phone")
    return {lead.id: str(lead) for lead in rows}


register("waiting", waiting)
register("at_risk", at_risk)
register("came_back", came_back)
