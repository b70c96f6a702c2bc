"""Which group of one version is which of another, so that a clause that moved is seen to move."""

from collections.abc import Mapping
from dataclasses import replace

from accord.agreement.saying import Line

_Lines = Mapping[str, Line]


def known_again(old: _Lines, new: _Lines) -> dict[str, Line]:
    """The new lines by the keys that their groups and clauses had in the old version.

    Keys of groups say little, because most have none of their own: a group is the one that
    holds most of the same clauses. A clause that has another key and says the very same in the
    same place is the one that it was.
    """
    old_groups, new_groups = _groups(old), _groups(new)
    pairs = sorted(
        (
            (-len(was & now), old[a].text != new[b].text, place, a, b)
            for place, (b, now) in enumerate(new_groups.items())
            for a, was in old_groups.items()
            if was & now and _part(a) == _part(b)
        )
    )
    names: dict[str, str] = {}
    taken: set[str] = set()
    for _same, _kind, _place, was, now in pairs:
        if now not in names and was not in taken:
            names[now] = was
            taken.add(was)
    for key in new_groups:
        names.setdefault(key, _free(key, old))
    found: dict[str, Line] = {}
    for key, line in new.items():
        group = names.get(line.group, line.group)
        found[names.get(key, key)] = replace(line, group=group)
    return _renamed(old, found)


def beside(line: Line, all_: _Lines) -> str:
    """What else stands in the group of a line, by the first that does; "" for none."""
    for each in all_.values():
        if each.group == line.group and each.key != line.key and not each.is_group:
            return each.text
    return ""


def _renamed(old: _Lines, new: dict[str, Line]) -> dict[str, Line]:
    gone = {
        (line.group, line.text): key for key, line in old.items() if key not in new and line.group
    }
    return {
        gone.get((line.group, line.text), key) if key not in old else key: line
        for key, line in new.items()
    }


def _groups(lines: _Lines) -> dict[str, set[str]]:
    """Each group with the keys of all questions below it."""
    below: dict[str, set[str]] = {key: set() for key, line in lines.items() if line.is_group}
    for key, line in lines.items():
        group = "" if line.is_group else line.group
        while group in below:
            below[group].add(key)
            group = lines[group].group
    return below


def _part(key: str) -> str:
    return key.rpartition(".")[0]


def _free(key: str, old: _Lines) -> str:
    """A key of its own for a group that was not there."""
    while key in old:
        key += "-new"
    return key
