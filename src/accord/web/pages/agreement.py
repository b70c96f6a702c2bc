"""The agreement, as a document of two pages that one signs at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accord.agreement import queries
from accord.agreement.cards import read_cards
from accord.agreement.discussion import discussion
from accord.agreement.reading import Criterion, next_review, read
from accord.agreement.schema import json_schema
from accord.agreement.together import read_together
from accord.base.lifecycle import HOLDER, Stage
from accord.handoffs.queries import newly_ready_count
from accord.insights.metrics import Scope, all_rates, share_of
from accord.insights.rates import last_quarter
from accord.qualification import queries as qualification
from accord.teams import queries as teams
from accord.web.permissions import HEAD_OF_MARKETING, HEAD_OF_SALES, ROLES, may

if TYPE_CHECKING:
    from accord.agreement.queries import Signed, VersionSummary
    from accord.agreement.terms import Terms
    from accord.web.requests import Request

_OUTCOMES = ("acceptance_rate", "win_rate")
SEATS = {"marketing": HEAD_OF_MARKETING, "sales": HEAD_OF_SALES}


@dataclass(slots=True)
class Node:
    """A line of criteria and exactly what it asks, or a group with the words that join it."""

    text: str
    exactly: str = ""
    is_group: bool = False
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of the agreement with its criteria and today's counts."""

    key: str
    title: str
    text: str
    side: str
    must: Sequence[Node]
    should: Sequence[Node]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SeatShown:
    """A place to sign: by whom it was signed, or who has yet to.

    `is_own`: the reader holds it; `lets` is whom they let sign for them, up to `until`.
    """

    key: str
    label: str
    signature: "Signed | None"
    holders: Sequence[str]
    may_sign: bool
    is_own: bool
    lets: str
    until: date | None


@require_GET
def agreement(request: "Request", number: int | None = None) -> HttpResponse:
    """The version that runs, or one of the others."""
    terms = queries.terms_of(number) if number else queries.running()
    version = queries.version(terms.number)
    is_running = version.state in queries.RUNNING
    older = queries.before(terms.number)
    context = {
        "version": version,
        "versions": queries.history(),
        "proposed": queries.proposed(),
        "running_number": terms.number if is_running else None,
        "document": terms.document,
        "duties": terms.duties,
        "now": Scope(at=request.at),
        "definitions": _meanings(terms, counted=is_running),
        "promises": read(terms).promises,
        "review_on": next_review(terms, since=version.in_force_from),
        "is_judging": version.state == "in_force" and queries.judged_at(terms.number) is None,
        "to_release": newly_ready_count(terms) if version.state == "in_force" else 0,
        "outcome": _outcome(request.at) if is_running else None,
        "together": read_together(terms),
        "scorecards": read_cards(terms),
        "older": older,
        "discussion": discussion(terms, older),
        "may_say": version.state == "proposed"
        and may(set(request.user.roles), "agreement_comments"),
        "is_own": version.proposed_by_id == request.user.id,
        "ended_by": teams.names({version.ended_by_id}).get(version.ended_by_id, "")
        if version.ended_by_id
        else "",
        "seats": [_seat(key, version, terms, request) for key in SEATS],
        "people": [each for each in teams.people() if each.id != request.user.id],
        "on_trial": set(terms.document.on_trial),
    }
    return render(request, "agreement.html", context)


def _outcome(at: datetime) -> dict[str, Any]:
    """What became of the handoffs and deals of the last quarter that is over."""
    zone = ZoneInfo(teams.company_calendar().time_zone)
    quarter = last_quarter(at, str(zone))
    days = [each.astimezone(zone).date() for each in (quarter.begins_at, quarter.ends_at) if each]
    return {
        "begins": days[0],
        "ends": days[1] - timedelta(days=1),
        "shares": [(all_rates()[key].label, share_of(key, quarter)) for key in _OUTCOMES],
    }


@require_GET
def agreement_schema(request: "Request") -> JsonResponse:
    """The JSON Schema of the agreement's document."""
    return JsonResponse(json_schema())


def _meanings(terms: "Terms", *, counted: bool) -> list[Meaning]:
    return [
        Meaning(
            key=each.key,
            title=each.title,
            text=each.text,
            side=HOLDER[Stage(each.key)].value if each.key in Stage.values else "marketing",
            must=_tree([line for line in each.criteria if line.level == "must"]),
            should=_tree([line for line in each.criteria if line.level == "should"]),
            counts=qualification.outcome_counts(definition=each.key)
            if counted and each.criteria
            else {},
        )
        for each in read(terms).definitions
    ]


def _tree(lines: Sequence[Criterion]) -> list[Node]:
    """The lines as they stand in one another."""
    top: list[Node] = []
    open_groups = [top]
    for line in lines:
        node = Node(line.sentence, line.exactly, line.is_group)
        del open_groups[line.depth + 1 :]
        open_groups[line.depth].append(node)
        open_groups.append(node.children)
    return top


def _seat(key: str, version: "VersionSummary", terms: "Terms", request: "Request") -> SeatShown:
    user = request.user
    signature = next((each for each in version.signatures if each.seat == key), None)
    given = [each for each in queries.delegations(on=_today(request)) if each.seat == key]
    own = next((each for each in given if each.head_id == user.id), None)
    holds = SEATS[key] in user.roles
    for_whom = user.id if holds else next((g.head_id for g in given if g.user_id == user.id), None)
    signed = {each for other in version.signatures for each in other.people}
    may_sign = (
        signature is None
        and version.state in ("trial", "proposed")
        and for_whom is not None
        and (terms.one_person_may_hold_both or not signed & {user.id, for_whom})
    )
    return SeatShown(
        key=key,
        label=str(ROLES[SEATS[key]]),
        signature=signature,
        holders=[] if signature else [user.name for user in teams.heads(key)],
        may_sign=may_sign,
        is_own=holds,
        lets=teams.names({own.user_id}).get(own.user_id, "") if own else "",
        until=own.until_on if own else None,
    )


def _today(request: "Request") -> date:
    return request.at.astimezone(ZoneInfo(teams.company_calendar().time_zone)).date()
