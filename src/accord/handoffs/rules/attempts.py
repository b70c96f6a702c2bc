"""Which attempts count, and whether somebody was given up too early. No Django."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

VISIT = "visit"


def counted(tried: Sequence[str], possible: AbstractSet[str]) -> list[str]:
    """Those of the attempts, by their channels, that count towards the promised ones.

    Nobody is reached at an address or a number that there is not. A visit needs neither, so it is
    always an attempt; one of the promised channels it is only where it is `possible`.
    """
    return [channel for channel in tried if channel in possible or channel == VISIT]


def is_early(
    *, tried: Sequence[str], at_least: int, channels: int, possible: AbstractSet[str]
) -> bool:
    """Whether fewer attempts were made than promised, or on fewer channels.

    `tried` has the channel of each attempt, `possible` those by which the lead can be reached at
    all: of more than there are nobody can try. Who cannot be reached at all is not given up too
    early.
    """
    if not possible:
        return False
    made = counted(tried, possible)
    return len(made) < at_least or len(possible & set(made)) < min(channels, len(possible))
