"""A document with one entry or one value written anew; its other lines stay as they are."""

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any

import yaml

from accord.agreement.plain_yaml import compose_yaml, read_yaml

_WIDTH = 92  # characters of a line, before its indent


def entry_in(document: str, part: str, key: str) -> Mapping[str, Any]:
    """An entry of a part, `definitions` or `scorecards`, as it is written; empty for none.

    Raises BadDocument where the document cannot be read.
    """
    found = read_yaml(document).get(part)
    entry = found.get(key) if isinstance(found, Mapping) else None
    return entry if isinstance(entry, Mapping) else {}


def with_entry(document: str, part: str, key: str, entry: Mapping[str, Any]) -> str:
    """The document with this entry in the place of the one of that key, or as its part's last one.

    Raises BadDocument where the document cannot be read.
    """
    read_yaml(document)
    lines = document.splitlines(keepends=True)
    entries = [*_entries(document, part)]
    if not entries:
        text: str = yaml.safe_dump({part: {key: dict(entry)}}, **_STYLE)
        return document.rstrip("\n") + "\n" + text
    own = next(((name, first, last) for name, first, last in entries if name == key), None)
    indent = len(lines[entries[0][1]]) - len(lines[entries[0][1]].lstrip())
    written = _written(key, entry, indent)
    if own:
        _name, first, last = own
        return "".join([*lines[:first], written, *lines[last + 1 :]])
    last = entries[-1][2]
    return "".join([*lines[: last + 1], "\n", written, *lines[last + 1 :]])


def with_value(document: str, clause: str, value: Any) -> str:
    """The document with another value at a clause, such as `review.every_months`; None: without it.

    A number in the path is the place in a list; the place after the last one is a new one. What
    stands in {} or [] stays there. Raises BadDocument where the document cannot be read.
    """
    read_yaml(document)
    node = compose_yaml(document)
    return _with(document, node, clause.split("."), value) if node else document


def _with(document: str, node: yaml.Node, path: list[str], value: Any) -> str:
    if _is_flow(node):
        return _replaced(document, node, _changed(_plain(node), path, value))
    lines = document.splitlines(keepends=True)
    below = _below(node, path[0])
    if below is None:
        return "".join(_inserted(lines, node, path, value))
    key, inner = below
    if path[1:]:
        return _with(document, inner, path[1:], value)
    column, first, last = key.start_mark.column, key.start_mark.line, _last_line(inner)
    if value is not None and (isinstance(inner, yaml.ScalarNode) or _is_flow(inner)):
        return _replaced(document, inner, value, column)
    written = [] if value is None else [_line(column, path[0], value)]
    return "".join([*lines[:first], *written, *lines[last + 1 :]])


def _is_flow(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


_AFTER = {"effective_on": "period", "on_trial": "period"}  # where a new top clause stands


def _below(node: yaml.Node, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    """What stands under a name or at a place: the key, or the entry itself, and its value."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, inner) for key, inner in node.value if key.value == name), None)
    place = int(name) if isinstance(node, yaml.SequenceNode) and name.isdecimal() else -1
    return (node.value[place], node.value[place]) if 0 <= place < len(node.value) else None


def _plain(node: yaml.Node) -> Any:
    return read_yaml(f"it: {yaml.serialize(node)}")["it"]


def _changed(inside: Any, path: list[str], value: Any) -> Any:
    """What stands in {} or [] with another value at a path."""
    if isinstance(inside, list):
        place = int(path[0])
        if len(path) > 1:
            value = _changed(inside[place], path[1:], value)
        return [*inside[:place], *([] if value is None else [value]), *inside[place + 1 :]]
    name = next((key for key in inside if str(key) == path[0]), path[0])
    if len(path) > 1:
        value = _changed(inside.get(name, {}), path[1:], value)
    changed = {**inside, name: value}
    return {key: each for key, each in changed.items() if each is not None}


def _replaced(document: str, node: yaml.Node, value: Any, column: int = 0) -> str:
    begin, end = node.start_mark.index, node.end_mark.index
    tail = "\n" if document[begin:end].endswith("\n") else ""
    return f"{document[:begin]}{_inline(value, column)}{tail}{document[end:]}"


def _inserted(lines: list[str], node: yaml.Node, path: list[str], value: Any) -> list[str]:
    """The lines with a clause that was not there, below the last one of what it belongs to."""
    if value is None:
        return lines
    for name in reversed(path[1:]):
        value = {name: value}
    beside = _below(node, _AFTER.get(path[0], ""))
    last = _last_line(beside[1] if beside else node)
    if isinstance(node, yaml.SequenceNode):
        written = f"{' ' * node.start_mark.column}- {_inline(value, 0)}\n"
    else:
        written = _line(node.start_mark.column, path[0], value)
    return [*lines[: last + 1], written, *lines[last + 1 :]]


def _line(column: int, name: str, value: Any) -> str:
    return f"{' ' * column}{name}: {_inline(value, column)}\n"


def _inline(value: Any, column: int) -> str:
    """A value after its name: in the line, a long sentence below it."""
    if isinstance(value, str) and len(value) > _WIDTH - 20:
        below = " " * (column + 2)
        folded = fill(value, _WIDTH, initial_indent=below, subsequent_indent=below)
        return f">-\n{folded}"
    text: str = yaml.safe_dump(
        value, default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")


_STYLE: dict[str, Any] = {
    "sort_keys": False,
    "allow_unicode": True,
    "width": _WIDTH,
    "default_flow_style": False,
}


def _written(key: str, entry: Mapping[str, Any], indent: int) -> str:
    text: str = yaml.dump({key: dict(entry)}, Dumper=_Indented, **_STYLE)
    return "".join(f"{' ' * indent}{line}" for line in text.splitlines(keepends=True))


class _Indented(yaml.SafeDumper):
    """Lists stand further in than what they belong to, as in the document that Accord ships."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - PyYAML's
        super().increase_indent(flow=flow, indentless=False)


def _entries(document: str, wanted: str) -> Iterator[tuple[str, int, int]]:
    """Each entry's key with its first and its last line, from 0."""
    root = compose_yaml(document)
    for part, below in root.value if isinstance(root, yaml.MappingNode) else ():
        if part.value == wanted and isinstance(below, yaml.MappingNode):
            for key, value in below.value:
                yield key.value, key.start_mark.line, _last_line(value)


def _last_line(node: yaml.Node) -> int:
    """The last line that a node is written on: a block's own mark lies after what follows it."""
    if isinstance(node, yaml.ScalarNode) or getattr(node, "flow_style", False):
        mark = node.end_mark
        return int(mark.line if mark.column else mark.line - 1)
    below = [each for pair in node.value for each in (pair if isinstance(pair, tuple) else (pair,))]
    return max((_last_line(each) for each in below), default=int(node.start_mark.line))
