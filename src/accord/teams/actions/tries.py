"""How often something was tried: counted in one statement, so that nobody slips in between."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accord.teams.models import Try
from accord.teams.queries import digest_of

LONGEST = timedelta(days=1)  # no span is longer
_COUNT = """
INSERT INTO teams_try AS known (digest, number, began_at) VALUES (%(digest)s, 1, %(at)s)
ON CONFLICT (digest) DO UPDATE SET
    number = CASE WHEN known.began_at > %(since)s THEN known.number + 1 ELSE 1 END,
    began_at = CASE WHEN known.began_at > %(since)s THEN known.began_at ELSE excluded.began_at END
RETURNING number
"""


def count_try(*, what: str, who: str, within: timedelta, at: datetime) -> int:
    """Count one more try; how many there were in this span, which began with the first of them.

    Of whoever tries only a digest is kept.
    """
    params: dict[str, Any] = {"digest": _digest(what, who), "at": at, "since": at - within}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, params)
        (number,) = cursor.fetchone()
    return int(number)


def forget_tries(*, what: str, who: str) -> None:
    """Whoever got in begins anew."""
    Try.objects.filter(digest=_digest(what, who)).delete()


def forget_old_tries(*, at: datetime) -> None:
    """Drop what no span reaches back to."""
    Try.objects.filter(began_at__lt=at - LONGEST).delete()


def _digest(what: str, who: str) -> str:
    return digest_of(f"{what}:{who}")
