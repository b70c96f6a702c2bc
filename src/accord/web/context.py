"""What every page needs: the places, the counts, the theme."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accord.handoffs.actions import AttemptOutcome
from accord.outbox import queries as outbox
from accord.teams import queries as teams
from accord.web import permissions
from accord.web.counts import COUNTS, counts_for
from accord.web.requests import moment_of

THEMES = frozenset({"light", "dark"})


@dataclass(frozen=True, slots=True)
class Place:
    """One of the places of the product; `views` are the URL names that belong to it."""

    view: str
    title: Any
    icon: str
    views: frozenset[str]

    @property
    def counted(self) -> Any:
        """What is counted beside it, if anything is."""
        return COUNTS[self.view].title if self.view in COUNTS else ""


_LEADS = ("leads", "lead", "lead_new", "duplicates", "lead_merging")
_ROUTING = (
    *("routing", "routing_trial", "routing_simulation", "route", "route_new", "pool", "pool_new"),
    "handoff_reassignment",
)
PLACES = (
    Place("today", _("Today"), "sun", frozenset({"today"})),
    Place("leads", _("Leads"), "users", frozenset((*_LEADS, "companies", "company"))),
    Place(
        "handoffs", _("Handoffs"), "arrows-exchange", frozenset({"handoffs", "leaks", *_ROUTING})
    ),
    Place("came_back", _("Came back"), "arrow-back-up", frozenset({"came_back"})),
    Place("deals", _("Deals"), "briefcase", frozenset({"deals"})),
    Place(
        "content_requests",
        _("Content"),
        "file-text",
        frozenset({"content_requests", "content_request_new"}),
    ),
    Place("scoreboard", _("Scoreboard"), "chart-bar", frozenset({"scoreboard", "promises", "sla"})),
    Place(
        "agreement",
        _("Agreement"),
        "writing-sign",
        frozenset({"agreement", "agreement_version", "deliverability", "suggestions"}),
    ),
    Place("imports", _("Imports"), "file-import", frozenset({"imports", "import"})),
)


class Allowed:
    """What the person may do, by the name of the URL that does it."""

    def __init__(self, roles: AbstractSet[str]) -> None:
        self.roles = roles

    def __getitem__(self, name: str) -> bool:
        if not permissions.is_known(name):
            raise KeyError(name)
        return permissions.may(self.roles, name)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame of every page. Without a person signed in, only the theme."""
    theme = request.COOKIES.get("theme", "")
    given: dict[str, Any] = {
        "theme": theme if theme in THEMES else "",
        "at": moment_of(request),
    }
    if request.user.is_authenticated:
        user = request.user
        at = moment_of(request)
        given |= {
            "places": [each for each in PLACES if permissions.may(set(user.roles), each.view)],
            "here": request.resolver_match.view_name if request.resolver_match else "",
            "role_choices": permissions.ROLES.items(),
            "may": Allowed(set(user.roles)),
            "attempt_outcomes": AttemptOutcome.choices,
            "is_head_of_sales": permissions.HEAD_OF_SALES in user.roles,
            "form_url": reverse("form", args=["contact"]),
            "workspace": SimpleLazyObject(teams.workspace),
            "unseen": SimpleLazyObject(lambda: outbox.unseen_count(user)),
            "place_counts": SimpleLazyObject(lambda: counts_for(user, at)),
        }
    return given
