"""The statement written by hand that evaluation is held against, and whether both agree."""

from datetime import datetime
from importlib.resources import files

from django.db import connection, transaction

_STATEMENT = files("accord.bench").joinpath("by_hand.sql").read_text(encoding="utf-8")
JUDGED = ("qualification_verdict", "qualification_score")


def judge_by_hand(*, version: int, at: datetime) -> int:
    """Write the verdicts on all leads that changed; how many were written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"at": at, "stamp": at.isoformat(), "version": version})
        return int(cursor.fetchone()[0])


def keep() -> None:
    """Put the verdicts and scores that stand now aside, for `differing`."""
    with connection.cursor() as cursor:
        for table in JUDGED:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.kept_{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE kept_{table} AS TABLE {table}")


def differing() -> int:
    """The number of rows that are not the same as those put aside."""
    found = 0
    with connection.cursor() as cursor:
        for table in JUDGED:
            kept = f"pg_temp.kept_{table}"
            cursor.execute(
                f"SELECT count(*) FROM ((TABLE {table} EXCEPT TABLE {kept}) "
                f"UNION ALL (TABLE {kept} EXCEPT TABLE {table})) AS one_sided"
            )
            found += int(cursor.fetchone()[0])
    return found
