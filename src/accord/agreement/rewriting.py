"""A document with one definition or scorecard written anew; its other lines stay as they are."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from accord.agreement.plain_yaml import read_yaml

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
    root = yaml.compose(document, Loader=yaml.SafeLoader)
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
