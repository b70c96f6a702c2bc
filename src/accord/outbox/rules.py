"""When a mail that did not go out is tried again. No Django."""

from datetime import timedelta

MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=10)  # longer than one round of sending may take
_FIRST_REST = timedelta(seconds=30)


def rest_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None: give up.

    Doubles from half a minute: 30 s, 1 min, 2 min … 32 min, about an hour in all.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return _FIRST_REST * (1 << (attempts - 1))
