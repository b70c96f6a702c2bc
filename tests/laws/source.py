"""The source as the laws read it: modules, rooms, layers, and what a law found."""

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "accord"
DOORS = frozenset({"web", "api", "cli", "jobs"})
WIRING = "config"


@dataclass(frozen=True)
class Module:
    """A Python file of the package; `name` is its dotted name below `accord`."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        return self.name.split(".")[0]

    @property
    def parts(self) -> list[str]:
        return self.name.split(".")[1:]

    @property
    def is_action(self) -> bool:
        return self.parts[:1] == ["actions"]

    def at(self, node: ast.AST) -> str:
        """Where a node stands, for a person."""
        return f"{self.name}:{getattr(node, 'lineno', 0)}"


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__") or "accord"


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    """All modules of the package but migrations."""
    paths = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
    return tuple(Module(_name(path), path.read_text(encoding="utf-8")) for path in paths)


def planted(name: str, text: str) -> tuple[Module]:
    """A module that breaks a law on purpose, to prove that the law can fail."""
    return (Module(name, text),)


@lru_cache(maxsize=1)
def layers() -> tuple[tuple[str, ...], ...]:
    """The rooms from the doors down to the ground, as import-linter's contract has them."""
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = read["tool"]["importlinter"]["contracts"]
    lines = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    return tuple(tuple(room.strip(" ()") for room in line.split("|")) for line in lines)


def depth_of(room: str) -> int:
    """How far down a room lies; doors are at 0."""
    return next(depth for depth, rooms in enumerate(layers()) if room in rooms)


def texts(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every text in the code that is no docstring; of an f-string, its fixed parts together."""
    unread = {id(doc) for node in ast.walk(tree) if (doc := _docstring(node))}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            unread |= {id(part) for part in node.values}
            fixed = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
            yield node, "".join(map(str, fixed))
        elif isinstance(node, ast.Constant) and type(node.value) is str and id(node) not in unread:
            yield node, node.value


def _docstring(node: ast.AST) -> ast.AST | None:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return first.value if is_text and isinstance(first, ast.Expr) else None


def imports(module: Module, *, typing_too: bool = False) -> Iterator[tuple[ast.AST, str]]:
    """What a module imports, as dotted names; without those under TYPE_CHECKING."""
    unseen = set() if typing_too else _only_for_types(module.tree)
    for node in ast.walk(module.tree):
        if id(node) in unseen:
            continue
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node, node.module
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def _only_for_types(tree: ast.AST) -> set[int]:
    return {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If)
        and isinstance(block.test, ast.Name | ast.Attribute)
        and ast.unparse(block.test).endswith("TYPE_CHECKING")
        for statement in block.body
        for node in ast.walk(statement)
    }


def calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call with what is called, such as `Lead.objects.create`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def obey(reason: str, found: Iterable[str], allowed: Mapping[str, str] | None = None) -> None:
    """Fail with the law's reason and each place that breaks it.

    `allowed` has a reason for each exception; one that is needed no longer fails as well, so
    that the list only shrinks.
    """
    allowed = allowed or {}
    found = sorted(set(found))
    broken = [place for place in found if place not in allowed]
    assert not broken, "\n".join([reason, *broken])
    idle = sorted(set(allowed) - set(found))
    assert not idle, "\n".join(["These exceptions are needed no longer; remove them:", *idle])
