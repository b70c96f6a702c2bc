"""Reads YAML without its surprises.

Only `true` and `false` are yes or no, so that the country NO stays a country; a key that stands
twice is refused rather than dropped, and so are references from one place to another.
"""

from collections.abc import Callable
from typing import Any

import yaml
from django.utils.translation import gettext as _
from yaml.composer import Composer

from accord.agreement.faults import BadDocument, Fault

MOST_CHARACTERS = 400_000
_BOOL = "tag:yaml.org,2002:bool"


# LibYAML reads twenty times as fast; it comes with PyYAML except where that is built without it.
_Parser: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Composer(Composer):
    """Stands before the parser's own, which would follow references."""

    check_event: Callable[..., bool]
    peek_event: Callable[..., Any]

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem=_("write the clause out; references are not used here"),
                problem_mark=self.peek_event().start_mark,
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


class _Loader(_Composer, _Parser):  # type: ignore[misc]
    def __init__(self, stream: str) -> None:
        _Parser.__init__(self, stream)
        self.anchors: dict[Any, Any] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen = set()
        for key, _value in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=_("“%(key)s” stands here twice; keep one of the two")
                    % {"key": key.value},
                    problem_mark=key.start_mark,
                )
            seen.add(key.value)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


def _text_or_bool(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> bool | str:
    value: str = node.value
    return value.lower() == "true" if value.lower() in ("true", "false") else value


_Loader.add_constructor(_BOOL, _text_or_bool)


def read_yaml(text: str) -> dict[str, Any]:
    """The mapping that `text` holds. Raises BadDocument, naming line and column."""
    if len(text) > MOST_CHARACTERS:
        raise _bad(
            _("it is longer than %(most)s characters; shorten it.")
            % {"most": f"{MOST_CHARACTERS:,}"}
        )
    try:
        # A safe loader: it makes nothing but plain values.
        read = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        raise _bad(_where(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _bad(_("it cannot be read as YAML: %(error)s.") % {"error": error}) from error
    if not isinstance(read, dict):
        raise _bad(_("it is not a list of clauses; begin with “title: …”."))
    return read


def compose_yaml(text: str) -> yaml.Node | None:
    """The nodes of a text with their places. Raises yaml.YAMLError."""
    node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    return node


def _where(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    problem = error.problem or _("it cannot be read as YAML")
    if mark is None:
        return f"{problem}."
    return _("line %(line)s, column %(column)s: %(problem)s.") % {
        "line": mark.line + 1,
        "column": mark.column + 1,
        "problem": problem,
    }


def _bad(sentence: str) -> BadDocument:
    return BadDocument([Fault("document", sentence)])
