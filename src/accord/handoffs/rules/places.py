"""Where in the world a lead is, by its phone number, else by its country."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

_UNKNOWN = "Etc/Unknown"


def offsets_of(phone: str | None, country: str | None, at: datetime) -> frozenset[timedelta]:
    """How far the wall clocks that a lead may live by are from UTC; empty where it is not known."""
    found = (_offset(zone, at) for zone in _zones(phone, country))
    return frozenset(offset for offset in found if offset is not None)


@lru_cache(maxsize=4096)
def _zones(phone: str | None, country: str | None) -> tuple[str, ...]:
    # Its tables take a moment, which only a pool that minds time zones should pay.
    from phonenumbers import timezone

    if phone:
        try:
            found = timezone.time_zones_for_number(phonenumbers.parse(phone))
        except phonenumbers.NumberParseException:
            found = ()
        if known := tuple(zone for zone in found if zone != _UNKNOWN):
            return known
    code = phonenumbers.country_code_for_region(_region(country or ""))
    if not code:
        return ()
    number = phonenumbers.PhoneNumber(country_code=code, national_number=0)
    return tuple(
        zone for zone in timezone.time_zones_for_geographical_number(number) if zone != _UNKNOWN
    )


def _offset(zone: str, at: datetime) -> timedelta | None:
    try:
        return at.astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _region(country: str) -> str:
    """The two letters of a country that is written so, or by its English name."""
    said = re.sub(r"[^a-z]", "", country.lower())
    return _regions().get(said) or (said.upper() if len(said) == 2 else "")


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    return dict(_named())


def _named() -> Iterator[tuple[str, str]]:
    from holidays.registry import COUNTRIES

    for name, (_class, two, three, *_) in COUNTRIES.items():
        yield name.replace("_", ""), two
        yield three.lower(), two
    yield from (("usa", "US"), ("unitedstates", "US"), ("uk", "GB"), ("england", "GB"))
