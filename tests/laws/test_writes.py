"""Only actions write, and only they may use SQL and COPY."""

import ast
from collections.abc import Iterable, Iterator

from django.apps import apps

from tests.laws.source import WIRING, Module, calls, modules, obey, planted

# Of what every form and every call of the API asks, the ORM takes longer to write the statement
# than the database to answer it: 2.3 against 0.5 ms for whose key it is.
_HOT = "asked with every form or call, and writes nothing"
# Beside actions and migrations.
MAY_USE_SQL = {
    "qualification.asking": "asks the compiler's statement and writes nothing",
    "qualification.own_criteria": "asks the compiler's statement and writes nothing",
    "leads.queries.custom": _HOT,
    "leads.queries.intake": _HOT,
    "teams.queries": _HOT,
    "base.once": "how tables stand is told by what no model has: where rows lie, who wrote them",
    "base.rows": "COPY for all actions, in one place",
    "cli.ready": "the lock that lets one of several processes migrate",
}
WRITES = frozenset(
    {"save", "create", "update", "delete", "bulk_create", "bulk_update"}
    | {"get_or_create", "update_or_create", "asave", "acreate", "aupdate", "adelete"}
)
SURE = frozenset({"bulk_create", "bulk_update", "get_or_create", "update_or_create"})


def _may(module: Module) -> bool:
    return module.is_action or module.room == WIRING


def sql(found: Iterable[Module]) -> Iterator[str]:
    """Places outside actions that speak SQL by themselves."""
    for module in found:
        if _may(module):
            continue
        for _node, called in calls(module):
            name = called.split(".")[-1]
            is_sql = name in {"RawSQL", "raw", "extra", "executemany"} or (
                name in {"execute", "copy"} and _is_cursor(called)
            )
            if is_sql:
                yield f"{module.name}: {called}"


def _is_cursor(called: str) -> bool:
    return any(word in called for word in ("cursor", "connection"))


def writes(found: Iterable[Module]) -> Iterator[str]:
    """Places outside actions that write by the ORM."""
    names = {model.__name__ for model in apps.get_models()}
    for module in found:
        if _may(module):
            continue
        for node, called in calls(module):
            if isinstance(node.func, ast.Attribute) and _is_write(node, called, names):
                yield f"{module.at(node)} {called.splitlines()[0]}"


def _is_write(node: ast.Call, called: str, names: set[str]) -> bool:
    name = called.split(".")[-1]
    if name not in WRITES:
        return False
    chain = {part.split("(")[0] for part in called.split(".")}
    of_the_orm = bool({"objects", "filter", "exclude"} & chain)
    return name in SURE or of_the_orm or bool(names & chain) or _saves(node, name)


def _saves(node: ast.Call, name: str) -> bool:
    """Saving or deleting one row: `lead.save(update_fields=…)`, `handoff.delete()`."""
    takes = {keyword.arg for keyword in node.keywords}
    in_words = {"update_fields", "force_insert", "force_update", "using"}
    return (
        name in {"save", "asave"} or (name == "delete" and not node.args) or bool(takes & in_words)
    )


def test_only_actions_use_sql() -> None:
    found = {place.split(":")[0] for place in sql(modules())}
    obey("Only actions may use SQL and COPY; queries use the ORM.", found, MAY_USE_SQL)


def test_sql_outside_actions_is_found() -> None:
    for text in (
        "cursor.execute('SELECT 1')",
        "Lead.objects.raw('SELECT 1')",
        "RawSQL('1', [])",
        "with cursor.copy('COPY x FROM STDIN') as copy: pass",
    ):
        assert list(sql(planted("leads.queries", text))), text
        assert not list(sql(planted("leads.actions.facts", text)))


def test_only_actions_write() -> None:
    obey("Only actions write; a flow, a query and a door call them.", writes(modules()))


def test_a_write_outside_actions_is_found() -> None:
    for text in (
        "Lead.objects.create(name='x')",
        "Lead.objects.filter(id=1).update(name='x')",
        "found.filter(id=1).delete()",
        "lead.save()",
        "lead.delete()",
        "Lead.objects.bulk_create(rows)",
    ):
        assert list(writes(planted("flows.record", text))), text
    for text in ("facts.update(other)", "digest.update(chunk)", "cache.delete(key)"):
        assert not list(writes(planted("flows.record", text))), text
