"""The time zones that there are. Looking for them reads hundreds of files: once a process."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zones() -> frozenset[str]:
    """The names of all zones, such as Europe/Berlin and UTC."""
    return frozenset(available_timezones())


@cache
def zones_offered() -> tuple[str, ...]:
    """Those that people choose from: a region and a place, in order."""
    return tuple(sorted(zone for zone in zones() if "/" in zone))
