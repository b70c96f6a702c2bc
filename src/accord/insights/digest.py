"""What the daily digest says of leaks, lead by lead. Zero is the goal, and is said."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.base.lifecycle import Side
from accord.insights.behind import Behind, read_all
from accord.insights.leaks import BY_PACE, LEAKS, Leak
from accord.insights.metrics import Scope, metric
from accord.insights.shapes import Shape, shape_of
from accord.leads.leaks import not_judged
from accord.outbox.sections import MOST_LINES, Line, Reader, Section, register
from accord.teams.models import MARKETING_ROLES, SIDE_ROLES, Role

# Who answers for more than what is theirs by name.
_OF_ALL = MARKETING_ROLES | {Role.HEAD_OF_SALES}


@dataclass(frozen=True)
class _Slip:
    """A lead that slips, one of so many of its kind and person."""

    leak: Leak
    row: Behind
    of: int


def leaking(readers: Collection[Reader], at: datetime) -> Mapping[uuid.UUID, Section]:
    """Where leads slip through, for each by the sides they are on. As many queries as for one."""
    scope = Scope(at=at)
    slips = _slips(scope)
    stages = set(not_judged(scope).values_list("stage", flat=True).distinct())
    not_told = {leak.side for leak in LEAKS if stages.intersection(BY_PACE.get(leak.key, ()))}
    found = {}
    for reader in readers:
        sides = {side for side, roles in SIDE_ROLES.items() if roles & reader.roles}
        if not sides:
            continue
        theirs = [slip for slip in slips if slip.leak.side in sides]
        found[reader.id] = _section(reader, theirs, at, is_certain=sides.isdisjoint(not_told))
    return found


def _section(reader: Reader, slips: Sequence[_Slip], at: datetime, *, is_certain: bool) -> Section:
    own = [slip for slip in slips if slip.row.person_id == reader.id]
    others = [slip for slip in slips if slip.row.person_id != reader.id]
    number, mine = _number(slips), _number(own)
    title = _("Leads that slip through")
    if mine and others:
        title = _("Leads that slip through (yours: %(n)d)") % {"n": mine}
    return Section(
        title=title,
        number=number,
        short=_short(number if reader.roles & _OF_ALL else mine),
        nothing=_("Zero leaks: no lead of your side slips through.")
        if is_certain
        else _("No lead of your side is known to slip through; of some nobody can tell yet."),
        lines=[_line(slip, at) for slip in (*own, *others)[:MOST_LINES]],
    )


def _short(number: int) -> str:
    return ngettext("%(n)s slips", "%(n)s slip", number) % {"n": number} if number else ""


def _number(slips: Sequence[_Slip]) -> int:
    """How many there are of all kinds and people of which some are here."""
    return sum({(slip.leak.key, slip.row.person_id): slip.of for slip in slips}.values())


def _line(slip: _Slip, at: datetime) -> Line:
    """A lead, who has it, and how old its leak is; what is about no lead says what it is."""
    row = slip.row
    lead = row.lead
    words = {
        "lead": f"{lead}, {lead.company.name}" if lead and lead.company else lead or row.says,
        "who": row.person
        or (_("nobody has it") if slip.leak.side == Side.SALES else _("marketing")),
        "what": metric(slip.leak.key).label,
        "age": row.aged(at),
    }
    link = f"/leads/{row.lead_id}/" if row.lead_id else f"/content/requests/?request={row.id}"
    return Line(_("%(lead)s · %(who)s · %(what)s: %(age)s") % words, link)


def _slips(scope: Scope) -> list[_Slip]:
    """Of each kind the oldest of each person, as many as stand in a digest."""
    kinds: list[tuple[Leak, Shape, list[Any]]] = []
    for leak in LEAKS:
        rows = metric(leak.key).rows(scope)
        shape = shape_of(leak.key, rows)
        whose = [F(shape.person)]
        first = rows.annotate(
            place=Window(RowNumber(), partition_by=whose, order_by=[shape.moment, "id"]),
            number=Window(Count("id"), partition_by=whose),
        ).filter(place__lte=MOST_LINES)
        kinds.append((leak, shape, list(first.order_by(shape.moment, "id"))))
    read = read_all([(shape, rows) for _leak, shape, rows in kinds])
    return [
        _Slip(leak, row, counted.number)
        for (leak, _shape, rows), behind in zip(kinds, read, strict=True)
        for row, counted in zip(behind, rows, strict=True)
    ]


register("leaks", leaking)
