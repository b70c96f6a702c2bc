"""Whether somebody was given up too early. No Django."""

from collections.abc import Set as AbstractSet


def is_early(
    *,
    made: int,
    tried: AbstractSet[str],
    at_least: int,
    channels: int,
    possible: AbstractSet[str],
) -> bool:
    """Whether fewer attempts were made than promised, or on fewer channels.

    `tried` are the channels used, `possible` those by which the lead can be reached at all: of
    more than there are nobody can try. Who cannot be reached at all is not given up too early.
    """
    if not possible:
        return False
    return made < at_least or len(tried) < min(channels, len(possible))
