"""The builder's form: what stands in it, and what a browser sends of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict

from accord.agreement import queries as agreement
from accord.agreement.rewriting import entry_in, with_entry, with_value
from accord.criteria.arranging import added, moved, removed
from accord.criteria.drafting import DraftRow, raw_of, rows_of
from accord.criteria.registry import registry
from accord.web.builder import Thing

if TYPE_CHECKING:
    from accord.web.requests import Request

_ACT = re.compile(r"(ask|any|all|not|remove|up|down)-(must|should|\d+)")

_ADDING = ("ask", "any", "all", "not")


@dataclass(frozen=True)
class Draft:
    """What is being written: the document around it, the definition's heading and its rows."""

    document: str
    made_from: str
    reason: str
    key: str
    title: str
    text: str
    rows: Sequence[DraftRow]
    is_new: bool

    def written(self) -> str:
        """The document with the definition as it stands. Raises BadDocument, Invalid."""
        before = entry_in(self.document, "definitions", self.key)
        kept = {name: before[name] for name in ("stage",) if name in before}
        heading = {"title": self.title.strip(), "text": self.text.strip(), **kept}
        criteria = raw_of(self.rows, registry=registry) if self.rows else {}
        return with_entry(self.document, "definitions", self.key, {**heading, **criteria})

    def dropped(self) -> str:
        """The document without the word. Raises BadDocument."""
        return with_value(self.document, f"definitions.{self.key}", None)


def begun(request: "Request") -> Draft:
    """A definition of the proposal one comes from or of what runs, or a new one."""
    given = text_of(request.POST, "document")
    document = given or agreement.document_of(agreement.running().number)
    key = _key(request.GET.get("definition", "")) or "our_own_word"
    before = entry_in(document, "definitions", key)
    return Draft(
        document=document,
        made_from=request.POST.get("made_from", "") or agreement.newest()[1],
        reason=request.POST.get("reason", ""),
        key=key,
        title=str(before.get("title", "")),
        text=str(before.get("text", "")),
        rows=rows_of(before),
        is_new=not before,
    )


def sent(request: "Request", known: Mapping[str, Thing]) -> Draft:
    """The definition as the form sends it. Things are known by what they are called."""
    given = request.POST
    key = _key(given.get("key", ""))
    document = text_of(given, "document")
    rows = rows_sent(given, known)
    return Draft(
        document=document,
        made_from=given.get("made_from", ""),
        reason=given.get("reason", ""),
        key=key or "our_own_word",
        title=given.get("title", ""),
        text=given.get("text", ""),
        rows=rows,
        is_new=not entry_in(document, "definitions", key),
    )


def rows_sent(given: QueryDict, known: Mapping[str, Thing]) -> list[DraftRow]:
    """The rows as a form sends them, `rows` of them."""
    number = int(given.get("rows", "0")) if given.get("rows", "0").isdecimal() else 0
    return [_row(given, each, known) for each in range(min(number, 500))]


def _row(sent: QueryDict, number: int, known: Mapping[str, Thing]) -> DraftRow:
    def of(name: str) -> str:
        return sent.get(f"{name}-{number}", "").strip()

    named = of("asks")
    thing = known.get(named.casefold())
    return DraftRow(
        level="should" if of("level") == "should" else "must",
        depth=int(of("depth")) if of("depth").isdecimal() else 0,
        kind=of("kind") if of("kind") in ("all", "any", "not") else "ask",
        key=of("key"),
        text=of("text"),
        asks=thing.asks if thing else f"?:{named}" if named else "",
        operator=of("operator"),
        value=", ".join(each.strip() for each in sent.getlist(f"value-{number}")),
        days=of("days"),
    )


def acted(rows: Sequence[DraftRow], act: str) -> list[DraftRow]:
    """The rows after a button was pressed: one more, one less, or one that moved."""
    said = _ACT.fullmatch(act)
    if not said:
        return [*rows]
    does, where = said[1], said[2]
    if not where.isdecimal():
        return added(rows, None, does, where) if does in _ADDING else [*rows]
    place = int(where)
    if place >= len(rows):
        return [*rows]
    if does in ("up", "down"):
        return moved(rows, place, does)
    return removed(rows, place) if does == "remove" else added(rows, place, does, "")


def text_of(sent: Mapping[str, str], name: str) -> str:
    """A text with the line ends that documents have."""
    return sent.get(name, "").replace("\r\n", "\n")


def _key(said: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", said.lower()))[:40]
