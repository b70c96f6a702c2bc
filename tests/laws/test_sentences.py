"""What people are told goes through gettext, so that it can be told in their language."""

import ast
from collections.abc import Iterable, Iterator

from tests.laws.source import WIRING, Module, modules, obey, planted

# What takes a sentence for people, with the place of it among the arguments; what is raised as a
# Refusal joins them.
TELLS = {"Refusal": 0, "Fault": 1, "_bad": 0}


def telling(found: Iterable[Module]) -> dict[str, int]:
    """Refusals of all kinds, and what else takes a sentence."""
    tells = dict(TELLS)
    bases = [
        (node.name, ast.unparse(base))
        for module in found
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    ]
    while more := {name for name, base in bases if base in tells} - set(tells):
        tells.update(dict.fromkeys(more, 0))
    return tells


def untold(found: Iterable[Module], tells: dict[str, int]) -> Iterator[str]:
    """Sentences written into the code that nobody can translate."""
    for module in found:
        if module.room == WIRING:  # it speaks before Django does
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = tells.get(node.func.id)
            if place is not None and len(node.args) > place and _is_bare(node.args[place]):
                yield f"{module.at(node)} {ast.unparse(node.args[place])[:60]}"


def _is_bare(node: ast.expr) -> bool:
    """Whether a sentence is written here as it is, filled in or put together."""
    if isinstance(node, ast.BinOp):
        return _is_bare(node.left)
    if isinstance(node, ast.IfExp):
        return _is_bare(node.body) or _is_bare(node.orelse)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def unnamed(found: Iterable[Module]) -> Iterator[str]:
    """Sentences that are put together before they are looked up, or whose gaps have no names."""
    for module in found:
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in WORDS:
                continue
            for each in node.args[: WORDS[ast.unparse(node.func)]]:
                if isinstance(each, ast.JoinedStr | ast.BinOp):
                    yield f"{module.at(node)} {ast.unparse(each)[:60]}"
                elif isinstance(each, ast.Constant) and "%s" in str(each.value):
                    yield f"{module.at(node)} {each.value!r:.60}"


WORDS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "ngettext_lazy": 2}


def test_what_people_are_told_goes_through_gettext() -> None:
    tells = telling(modules())
    assert {"Invalid", "UnreadableFile", "NotTheirSeat", "TooFew"} <= set(tells)
    obey("Wrap the sentence in _(), its values as %(name)s.", untold(modules(), tells))


def test_sentences_are_looked_up_whole_and_their_gaps_have_names() -> None:
    obey("Look up a whole sentence, and name its gaps: %(name)s.", unnamed(modules()))


def test_a_sentence_that_cannot_be_translated_is_found() -> None:
    tells = telling(modules())
    for text in (
        'raise Invalid("It is empty.")',
        'raise Missing(f"There is no {name}.")',
        'raise TooFew("%s leads" % n, field="n")',
        'raise Conflict("Too late." if late else _("Too early."))',
        'yield Fault("review", "it is missing.")',
    ):
        assert list(untold(planted("agreement.x", text), tells)), text
    assert not list(untold(planted("agreement.x", 'raise Invalid(_("%(n)s") % {"n": 1})'), tells))
    for text in ('_(f"{n} leads")', '_("%s leads") % n', '_("a" + b)'):
        assert list(unnamed(planted("agreement.x", text))), text
    assert not list(unnamed(planted("agreement.x", 'ngettext("%(n)s lead", "%(n)s leads", n)')))
