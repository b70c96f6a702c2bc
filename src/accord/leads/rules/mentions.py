"""Who is meant by an @ in somebody's words."""

import re
import uuid
from collections.abc import Mapping

_AT = re.compile(r"(?<![\w.+-])@(?=\w)")


def mentioned(text: str, names: Mapping[uuid.UUID, str]) -> set[uuid.UUID]:
    """The people whose full name, or first name where only one has it, follows an @."""
    ways: dict[str, set[uuid.UUID]] = {}
    for id, name in names.items():
        for way in {name.casefold(), name.casefold().split(" ")[0]}:
            ways.setdefault(way, set()).add(id)
    longest_first = sorted(ways, key=len, reverse=True)
    said = text.casefold()
    found: set[uuid.UUID] = set()
    for at in _AT.finditer(said):
        rest = said[at.end() :]
        meant = next((ways[way] for way in longest_first if way and _begins(rest, way)), set())
        if len(meant) == 1:
            found |= meant
    return found


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()
