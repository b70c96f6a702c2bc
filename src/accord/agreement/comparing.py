"""What one version says otherwise than another, place by place, in the words of the page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from accord.agreement.moves import beside, known_again
from accord.agreement.saying import Line, said
from accord.agreement.terms import Terms


@dataclass(frozen=True)
class Change:
    """One place that differs. `was` is empty for what is new, `now` for what goes.

    `key` is its clause in the document, such as `definitions.mql.visits-often`.
    """

    place: str
    was: str
    now: str
    key: str = ""

    @property
    def words(self) -> list[tuple[str, str]]:
        """The sentence with what changed in it: (same | was | now, words), in order."""
        old, new = self.was.split(), self.now.split()
        parts: list[tuple[str, str]] = []
        for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if kind == "equal":
                parts.append(("same", " ".join(old[a:b])))
                continue
            parts += [("was", " ".join(old[a:b]))] if b > a else []
            parts += [("now", " ".join(new[c:d]))] if d > c else []
        return parts


def changes(before: Terms, after: Terms) -> list[Change]:
    """The places that differ, in the order of the document; those that go come last.

    Nothing that differs is left out: what no sentence tells stands under its clause's name.
    """
    old, fresh = said(before), said(after)
    new = known_again(old, fresh)
    found = [change for key, line in new.items() for change in _changed(old, new, key, line)]
    found += [Change(line.place, line.text, "", key) for key, line in old.items() if key not in new]
    return [*found, *_untold(before, after, found)]


def _changed(
    old: Mapping[str, Line], new: Mapping[str, Line], key: str, line: Line
) -> Iterator[Change]:
    """What is new of a line: it, its words, the group it stands in, or its short name."""
    was = old.get(key)
    if was is None:
        yield Change(line.place, "", line.text, line.key)
        return
    if was.group != line.group:
        yield Change(line.place, _placed(was, old), _placed(line, new), line.key)
    elif was.text != line.text:
        yield Change(line.place, was.text, line.text, line.key)
    if was.key != line.key and not line.is_group:
        names = (each.key.rpartition(".")[2] for each in (was, line))
        form = _("“%(text)s” is known by the short name %(name)s")
        before, after = (form % {"text": line.text, "name": name} for name in names)
        yield Change(line.place, before, after, line.key)


def _placed(line: Line, all_: Mapping[str, Line]) -> str:
    """A line with the group that it stands in."""
    group = all_.get(line.group)
    if group is None:
        return _("%(text)s Stands by itself.") % {"text": line.text}
    with_ = beside(line, all_)
    form = _("%(text)s Stands under “%(group)s”, beside “%(with)s”") if with_ else ""
    form = form or _("%(text)s Stands under “%(group)s”")
    return form % {"text": line.text, "group": group.text.rstrip(":"), "with": with_}


def _untold(before: Terms, after: Terms, found: list[Change]) -> Iterator[Change]:
    """Clauses that differ though no sentence of theirs does, by their names and values."""
    was, now = _clauses(before), _clauses(after)
    told = {change.key for change in found}
    differing = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    for entry in dict.fromkeys(_entry(key) for key in differing):
        if any(f"{key}.".startswith(f"{entry}.") for key in told):
            continue
        own = [key for key in differing if _entry(key) == entry]
        old, new = ({f"{key}: {each[key]}" for key in own if key in each} for each in (was, now))
        place = _("Otherwise: %(clause)s") % {"clause": entry}
        yield Change(place, ", ".join(sorted(old - new)), ", ".join(sorted(new - old)), entry)


# How many names of its path say which entry a clause belongs to; one for the other parts.
_DEPTH = {"definitions": 2, "scorecards": 2, "marketing": 2, "sales": 2, "consequences": 2}


def _entry(clause: str) -> str:
    """The entry of the document that a clause belongs to: `definitions.mql`, `review`."""
    parts = clause.split(".")
    depth = 3 if parts[1:2] == ["reasons"] else 2
    if parts[0] not in ("pass_back", "lost_deals", "parties"):
        depth = _DEPTH.get(parts[0], 1)
    return ".".join(parts[:depth])


def _clauses(terms: Terms) -> dict[str, str]:
    """Each value of a document by the path of its clause."""
    return dict(_leaves("", terms.document.model_dump()))


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves(f"{path}.{key}" if path else str(key), below)
    elif isinstance(value, list) and value:
        for number, below in enumerate(value):
            yield from _leaves(f"{path}.{number}", below)
    else:
        yield path, str(value)
