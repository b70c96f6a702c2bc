"""What the daily digest says of leaks. Zero is the goal, and is said."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.base.lifecycle import Side
from accord.insights.leaks import leaks_by_side
from accord.insights.metrics import metric
from accord.outbox.sections import Reader, Section, register
from accord.teams.models import MARKETING_ROLES, SALES_ROLES

ROLES = {Side.SALES: SALES_ROLES, Side.MARKETING: MARKETING_ROLES}


def leaking(readers: Collection[Reader], at: datetime) -> Mapping[uuid.UUID, Section]:
    """Where leads slip through, for each by the sides they are on. As many queries as for one."""
    found = leaks_by_side(at=at)
    sections = {}
    for reader in readers:
        numbers = {
            key: number
            for side, roles in ROLES.items()
            if roles & reader.roles
            for key, number in found[side].items()
            if number
        }
        total = sum(numbers.values())
        sections[reader.id] = Section(
            title=_("Leads that slip through"),
            number=total,
            short=ngettext("%(n)s slips", "%(n)s slip", total) % {"n": total},
            nothing=_("Zero leaks: no lead of your side slips through."),
            lines=[f"{metric(key).label}: {number}" for key, number in numbers.items()],
        )
    return sections


register("leaks", leaking)
