"""One route: whom it is for, put together row by row or by name, and where it leads."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accord.agreement import queries as agreement
from accord.base.errors import Invalid, Refusal
from accord.criteria.arranging import settled
from accord.criteria.drafting import DraftRow, raw_of, rows_of
from accord.criteria.registry import registry
from accord.handoffs.actions import Routing, add_route, change_route
from accord.handoffs.queries import routes as queries
from accord.qualification.asking import values_offered
from accord.teams.queries import people
from accord.web.builder import Thing, facts_asked, shown, things
from accord.web.drafts import acted, rows_sent
from accord.web.permissions import SALES
from accord.web.refusals import status_of
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.web.requests import Request


@dataclass(frozen=True)
class Draft:
    """A route as the form has it. `leads_to` is pool:ID or person:ID; companies, one a line."""

    name: str = ""
    kind: str = "criteria"
    leads_to: str = ""
    companies: str = ""
    rows: "Sequence[DraftRow]" = (DraftRow("must", 0, "ask"),)
    is_active: bool = True


@require_http_methods(["GET", "HEAD", "POST"])
def route_new(request: "Request") -> HttpResponse:
    """A new route."""
    return _edited(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def route(request: "Request", id: uuid.UUID) -> HttpResponse:
    """A route as it is, to be changed."""
    return _edited(request, id)


def _edited(request: "Request", id: uuid.UUID | None) -> HttpResponse:
    known = things(agreement.running())
    act = request.POST.get("act", "")
    draft = _sent(request, known) if request.method == "POST" else _begun(id)
    draft = _with_rows(draft, act)
    context: dict[str, Any] = {"id": id}
    if act == "save":
        try:
            _save(draft, id, request)
        except Refusal as refusal:
            context |= {"sentence": refusal.sentence, "status": status_of(refusal)}
        else:
            messages.success(request, _("Saved. It holds for what is handed over from now on."))
            return redirect("routing")
    labels = {thing.asks: thing.label for thing in known.values()}
    offered = values_offered(facts_asked(draft.rows), user=request.user)
    context |= {
        "draft": draft,
        "builder_url": request.path,
        "rows": [shown(row, n, labels, offered) for n, row in enumerate(draft.rows)],
        "things": known.values(),
        "pools": queries.pools_shown(),
        "people": [each for each in people() if not SALES.isdisjoint(each.roles)],
    }
    template = "parts/route_form.html" if is_partial(request) else "route.html"
    return render(request, template, context, status=context.get("status", 200))


def _with_rows(draft: Draft, act: str) -> Draft:
    rows = settled(acted(draft.rows, act), registry=registry)
    return Draft(draft.name, draft.kind, draft.leads_to, draft.companies, rows, draft.is_active)


def _begun(id: uuid.UUID | None) -> Draft:
    if id is None:
        return Draft()
    found = queries.one_route(id)
    row = found.route
    return Draft(
        name=row.name,
        kind=row.kind,
        leads_to=f"pool:{row.pool_id}" if row.pool_id else f"person:{row.person_id}",
        companies="\n".join(found.companies),
        rows=rows_of(row.criteria),
        is_active=row.is_active,
    )


def _sent(request: "Request", known: "Mapping[str, Thing]") -> Draft:
    given = request.POST
    return Draft(
        name=given.get("name", ""),
        kind=given.get("kind", ""),
        leads_to=given.get("leads_to", ""),
        companies=given.get("companies", ""),
        rows=rows_sent(given, known),
        is_active="is_active" in given,
    )


def _save(draft: Draft, id: uuid.UUID | None, request: "Request") -> None:
    for row in draft.rows:
        if row.asks.startswith("?:"):
            raise Invalid(
                _("There is nothing called “%(name)s”; choose it from the list.")
                % {"name": row.asks[2:]},
                field="rows",
            )
    companies, unknown = queries.companies_named(draft.companies.splitlines())
    if unknown and draft.kind == "companies":
        raise Invalid(
            _("There is no company called %(names)s yet; write it as it stands in Companies.")
            % {"names": ", ".join(f"“{name}”" for name in unknown)},
            field="companies",
        )
    what, _colon, target = draft.leads_to.partition(":")
    routing = Routing(
        name=draft.name,
        kind=draft.kind,
        criteria=raw_of(draft.rows, registry=registry),
        companies=companies,
        pool_id=_id(target) if what == "pool" else None,
        person_id=_id(target) if what == "person" else None,
        is_active=draft.is_active,
    )
    if id is None:
        add_route(routing=routing, by=request.user.id, at=request.at)
    else:
        change_route(route_id=id, routing=routing, by=request.user.id, at=request.at)


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
