"""Who could get a handoff now, and what they speak."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import get_language_info

from accord.base.once import each_asked_until_changed
from accord.handoffs.rules.pools import Person
from accord.teams.models import SALES_ROLES, User
from accord.teams.queries import absent, calendars_of
from accord.teams.rules import elapsed

A_MOMENT = timedelta(microseconds=1)


def people_now(ids: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, Person]:
    """People and their stand-ins: who is there, at work, and speaks what.

    Seven statements at most.
    """
    away = absent(at)
    everybody = {*ids, *(stand_in for stand_in in away.values() if stand_in)}
    calendars = calendars_of(everybody)
    return {
        id: Person(
            user.name,
            is_active=user.is_active,
            is_in_sales=not SALES_ROLES.isdisjoint(user.roles),
            is_present=id not in away,
            is_at_work=bool(elapsed(calendars[id], at, at + A_MOMENT)),
            languages=frozenset(user.languages),
            offset=at.astimezone(ZoneInfo(user.time_zone)).utcoffset(),
            stand_in=away.get(id),
        )
        for id, user in _users(everybody).items()
    }


@each_asked_until_changed("teams_user")
def _users(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, User]:
    kept = User.objects.only("id", "name", "is_active", "roles", "languages", "time_zone")
    return kept.in_bulk(list(ids))


def language_of(said: str | None) -> str:
    """The two letters of a language that is written so or by its name; "" where not known."""
    if not said:
        return ""
    short = said.strip().lower().replace("_", "-").split("-")[0]
    return short if len(short) == 2 else _languages().get(said.strip().lower(), "")


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, str]:
    from django.conf.locale import LANG_INFO

    return {
        name.lower(): code[:2]
        for code in LANG_INFO
        if "name" in (info := get_language_info(code))
        for name in (info["name"], info["name_local"])
    }
