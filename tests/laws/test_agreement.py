"""The agreement is no decoration: what it says stands in its document and nowhere in the code."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import yaml

from accord.base.lifecycle import Stage
from accord.criteria.registry import registry
from tests.laws.source import PACKAGE, WIRING, Module, modules, obey, planted, texts

# The room that reads the document; the sample company, a story told under it; and what is made up
# to be measured.
EXEMPT = frozenset({"agreement", "sample", "bench", WIRING})
# Words of the agreement that also mean something else, where they do.
OTHER_MEANINGS = {
    "cli: stop": "the command that stops Accord",
    "handoffs.actions.openings: price": "what a person asks for",
    "leads.facts: price": "what a person asks for",
    "leads.kinds: price": "what a person asks for",
    "leads.rules.bodies: price": "what a person asks for",
    "web.pages.form: price": "what a person asks for",
    "leads.headers: timeline": "what a file may call its column",
    "leads.queries: timeline": "what happened with a lead",
}
NAMED = re.compile(
    r"(^|_)(limit|within|attempts|rounds|hours|days|minutes|re_enter|target)(_|$)", re.I
)
# Figures of our own that nobody agrees on.
OWN_FIGURES = {
    "criteria.language: MAX_DAYS": "the longest window that a clause can look back",
    "flows.watch_clocks: LIMIT": "how many clocks one sweep takes",
    "handoffs.actions.returning: UNDO_WITHIN": "how long the undo button stands",
    "outbox.rules: MOST_ATTEMPTS": "how often a mail is tried",
    "teams.calendars: MINUTES_A_DAY": "a day has so many, whoever agrees",
    "teams.rules: _PATIENCE_DAYS": "after which a calendar without work is an error",
}


def _keys(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("key"), str):
            yield part["key"]
        for value in part.values():
            yield from _keys(value)
    elif isinstance(part, list):
        for value in part:
            yield from _keys(value)


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """Keys of reasons, clauses and definitions; not the words of stages, facts and relations."""
    document = yaml.safe_load((PACKAGE / "agreement" / "default.yaml").read_text(encoding="utf-8"))
    reasons = {*document["pass_back"]["reasons"], *document["lost_deals"]["reasons"]}
    definitions = document["definitions"]
    ours = {*Stage.values, *registry.facts, *registry.relations}
    return frozenset({*reasons, *definitions, *_keys(definitions)} - ours)


def said(found: Iterable[Module]) -> Iterator[str]:
    """Words of the agreement that stand in the code."""
    for module in found:
        if module.room not in EXEMPT:
            for _node, text in texts(module.tree):
                if text in words():
                    yield f"{module.name}: {text}"


def test_the_document_has_words_to_look_for() -> None:
    assert {"unreachable", "no_budget", "sales_ready", "asked-for-us"} <= words()
    assert not {"mql", "customer", "budget"} & words()


def test_no_word_of_the_agreement_stands_in_code() -> None:
    reason = "The agreement decides this: read the key from Terms, do not write it down."
    obey(reason, said(modules()), OTHER_MEANINGS)


def test_a_word_of_the_agreement_in_code_is_found() -> None:
    for text in ("reason == 'unreachable'", "terms.definitions['sales_ready']"):
        assert list(said(planted("flows.pass_back", text))), text


def figures(found: Iterable[Module]) -> Iterator[str]:
    """Figures that are given to names of promises and limits, or compared with them."""
    for module in found:
        if module.room in EXEMPT or module.parts[:1] in (["models"], ["migrations"]):
            continue
        if module.room in {"cli", "jobs"}:
            continue  # they wait for processes, not for people
        for node in ast.walk(module.tree):
            yield from (f"{module.name}: {name}" for name in _figure(node))


def _figure(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _has_figure(node.value):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (name for each in targets if NAMED.search(name := ast.unparse(each)))
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        named = [name for each in sides if NAMED.search(name := ast.unparse(each).split(".")[-1])]
        if named and any(_is_figure(each) for each in sides):
            yield named[0]
    if _is_call(node, "Span") and _takes_figure(node):
        yield "Span"


def _is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name


def _takes_figure(node: ast.AST) -> bool:
    given = [*node.args, *(k.value for k in node.keywords)] if isinstance(node, ast.Call) else []
    return any(_is_figure(each) for each in given)


def _is_figure(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value > 1


def _has_figure(node: ast.AST) -> bool:
    """A figure, a product of figures, or a span of time made of them."""
    if isinstance(node, ast.BinOp):
        return _has_figure(node.left) and _has_figure(node.right)
    if _is_call(node, "timedelta"):
        return _takes_figure(node)
    return _is_figure(node)


def test_no_figure_of_the_agreement_stands_in_code() -> None:
    reason = "A promise or a limit is a figure of the agreement: read it from Terms."
    obey(reason, figures(modules()), OWN_FIGURES)


def test_a_figure_of_the_agreement_in_code_is_found() -> None:
    for text in (
        "max_rounds = 3",
        "FIRST_ATTEMPT_WITHIN = timedelta(hours=4)",
        "limit: int = 15 * 8",
        "is_over = case.rounds >= 3",
        "due = Span(4, 'working_hours').due(calendar, at)",
    ):
        assert list(figures(planted("handoffs.rules", text))), text
    for text in ("rounds = 0", "days = length // timedelta(days=1)", "limit = terms.max_rounds"):
        assert not list(figures(planted("handoffs.rules", text))), text
