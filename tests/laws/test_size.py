"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterable, Iterator

from tests.laws.source import PACKAGE, ROOT, Module, modules, obey, planted

FILE_LINES = 400
FUNCTION_LINES = 60
BASE_FILES = 6
REFUSED = frozenset({"utils", "util", "helpers", "helper", "common", "misc"}) | {
    *("services", "service", "manager", "managers"),
}
# May only shrink.
LONG: dict[str, str] = {}


def too_long(found: Iterable[Module]) -> Iterator[str]:
    for module in found:
        if len(module.text.splitlines()) > FILE_LINES:
            yield module.name
        for name, lines in functions(module):
            if lines > FUNCTION_LINES:
                yield f"{module.name}.{name}"


def functions(module: Module) -> Iterator[tuple[str, int]]:
    """Every function with its number of lines."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_and_functions_are_short() -> None:
    obey("A file has at most 400 lines, a function at most 60: part it.", too_long(modules()), LONG)


def test_what_is_too_long_is_found() -> None:
    assert list(too_long(planted("leads.queries", "x = 1\n" * 401)))
    assert list(too_long(planted("leads.queries", "def f():\n" + "    x = 1\n" * 60)))
    assert not list(too_long(planted("leads.queries", "def f():\n" + "    x = 1\n" * 59)))


def test_most_files_and_functions_are_much_shorter() -> None:
    files = sorted(len(module.text.splitlines()) for module in modules())
    assert files[int(len(files) * 0.9)] <= 200, "Nine in ten files have at most 200 lines."
    lengths = sorted(lines for module in modules() for _name, lines in functions(module))
    assert lengths[int(len(lengths) * 0.9)] <= 30, "Nine in ten functions have at most 30 lines."


def nameless(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if name.split(".")[0] in REFUSED)


def test_files_are_named_by_what_they_hold() -> None:
    paths = [*PACKAGE.rglob("*"), *(ROOT / "tests").rglob("*.py")]
    reason = "Such a name says nothing of what is inside; name the file by it."
    obey(reason, nameless(path.name for path in paths))
    assert list(nameless(["utils.py", "helpers"])) == ["utils.py", "helpers"]


def test_base_stays_small() -> None:
    files = [module for module in modules() if module.room == "base"]
    assert len(files) <= BASE_FILES, "base holds value types only, in at most six files."
