"""Working hours, absences and how people work change: what is promised is due by the new ones."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.db import transaction

from accord.flows.reschedule import reschedule_soon
from accord.teams import actions as teams

_P = ParamSpec("_P")


def _and_reschedule(action: Callable[_P, None]) -> Callable[_P, None]:
    """The action, and with it that due moments are worked out anew, soon."""

    @wraps(action)
    def act(*args: _P.args, **kwargs: _P.kwargs) -> None:
        with transaction.atomic():
            action(*args, **kwargs)
            reschedule_soon(users=None)

    return act


change_calendar = _and_reschedule(teams.change_calendar)
add_own_calendar = _and_reschedule(teams.add_own_calendar)
drop_own_calendar = _and_reschedule(teams.drop_own_calendar)
add_exception = _and_reschedule(teams.add_exception)
drop_exception = _and_reschedule(teams.drop_exception)
end_absence = _and_reschedule(teams.end_absence)
set_working = _and_reschedule(teams.set_working)
