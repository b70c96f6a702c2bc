"""The counts beside the places: how much waits there for whoever looks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accord.content import queries as content
from accord.handoffs import queries as handoffs
from accord.handoffs.queries import Returned
from accord.web import permissions


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted, as its tip says, and how many there are for a person at a moment.

    It counts for whoever may do the `act`, by its URL name.
    """

    title: Any
    act: str
    number: Callable[[Any, datetime], int]


# By the URL name of their place.
COUNTS: Mapping[str, Count] = {
    "handoffs": Count(_("waiting for you"), "handoff_acceptance", handoffs.waiting_count),
    "came_back": Count(
        _("to answer"),
        "came_back_answers",
        lambda _user, at: handoffs.came_back_count(Returned.OPEN, at=at),
    ),
    "content_requests": Count(
        _("to deliver"),
        "content_request_answer",
        lambda user, _at: content.to_deliver_count(user),
    ),
}


def counts_for(user: Any, at: datetime) -> dict[str, int]:
    """The counts of the places that a person may open, by their URL names.

    0 where what waits is not theirs to do.
    """
    roles = set(user.roles)
    return {
        view: count.number(user, at) if permissions.may(roles, count.act) else 0
        for view, count in COUNTS.items()
        if permissions.may(roles, view)
    }
