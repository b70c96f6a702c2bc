"""A long statement that the database plans once a connection, not once an event."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

# One plan for whatever is given: until the transaction ends, none is made for each execution.
_IS_THERE = """
SELECT EXISTS (SELECT 1 FROM pg_prepared_statements WHERE name = %s),
       set_config('plan_cache_mode', 'force_generic_plan', true)
"""


@dataclass(frozen=True)
class Prepared:
    """A statement, its parameters that never change, and the types of those that are `given`."""

    kind: str
    sql: str
    fixed: Mapping[str, Any]
    given: Mapping[str, str]

    def execute(self, cursor: CursorWrapper, given: Mapping[str, Any]) -> None:
        """Run it with what is given, within a transaction; its rows are the cursor's.

        Whether the connection has it is asked of the database, because a pool in between may
        give every transaction another connection.
        """
        cursor.execute(_IS_THERE, [self.name])
        is_there, _mode = cursor.fetchone() or (False, "")
        if not is_there:
            cursor.execute(_composed(self._prepare, self.fixed))
        places = ", ".join(["%s"] * len(self.given))
        values = [given[name] for name in self.given]
        cursor.execute(_composed(f"EXECUTE {self.name}({places})", values))

    @cached_property
    def name(self) -> str:
        """Its name in the database: what it says, and with which parameters."""
        said = f"{self.sql} {sorted(self.fixed.items())}"
        return f"{self.kind}_{hashlib.sha256(said.encode()).hexdigest()[:24]}"

    @cached_property
    def _prepare(self) -> str:
        sql = self.sql
        for number, name in enumerate(self.given, start=1):
            sql = sql.replace(f"%({name})s", f"${number}")
        return f"PREPARE {self.name} ({', '.join(self.given.values())}) AS {sql}"


def _composed(sql: str, values: Any) -> str:
    """The statement with its values written in: PREPARE and EXECUTE take no parameters."""
    said: str = connection.ops.compose_sql(sql, values)  # type: ignore[attr-defined] # of PostgreSQL
    return said
