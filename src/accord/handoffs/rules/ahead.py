"""How far ahead a next step is planned, or promises rest. No Django."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accord.base.errors import Invalid, _

LONGEST = timedelta(days=366)


def check_ahead(moments: Iterable[datetime], *, at: datetime, field: str) -> None:
    """Raise Invalid where one lies more than a year ahead: nobody would look after it until then.

    The pass-back has a day of re-entry for what takes longer.
    """
    last = at + LONGEST
    if any(moment > last for moment in moments):
        raise Invalid(
            _(
                "That lies more than a year ahead; choose a day up to %(day)s, or pass the lead "
                "back until then."
            )
            % {"day": last.date().isoformat()},
            field=field,
        )
