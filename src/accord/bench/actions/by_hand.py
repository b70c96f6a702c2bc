"""The statement written by hand that evaluation is held against, and whether both agree."""

from datetime import datetime
from importlib.resources import files

from django.db import connection, transaction

_STATEMENT = files("accord.bench").joinpath("by_hand.sql").read_text(encoding="utf-8")
_KEEP = """
DROP TABLE IF EXISTS pg_temp.kept;
CREATE TEMPORARY TABLE kept AS TABLE qualification_verdict
"""
_DIFFER = """
SELECT count(*) FROM (
    (TABLE qualification_verdict EXCEPT TABLE pg_temp.kept)
    UNION ALL (TABLE pg_temp.kept EXCEPT TABLE qualification_verdict)
) AS one_sided
"""


def judge_by_hand(*, version: int, at: datetime) -> int:
    """Write the verdicts on all leads that changed; how many were written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"at": at, "stamp": at.isoformat(), "version": version})
        return int(cursor.rowcount)


def keep() -> None:
    """Put the verdicts that stand now aside, for `differing`."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP)


def differing() -> int:
    """The number of rows that are not the same as those put aside."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFER)
        return int(cursor.fetchone()[0])
