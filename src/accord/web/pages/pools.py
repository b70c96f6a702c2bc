"""One pool: who takes turns, with which share, and what happens while nobody is free."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.base.errors import Invalid, Refusal
from accord.handoffs.actions import Place, PoolSettings, remove_pool, set_pool
from accord.handoffs.queries import routes as queries
from accord.handoffs.rules.pools import PERIODS, Caps
from accord.teams.queries import people
from accord.web.figures import figure
from accord.web.permissions import SALES
from accord.web.refusals import status_of
from accord.web.requests import id_in, id_of

if TYPE_CHECKING:
    from accord.handoffs.queries.routes import PoolShown
    from accord.web.requests import Request

MOST = 30_000  # what a field of numbers takes: leads, minutes, per cent


@require_http_methods(["GET", "HEAD", "POST"])
def pool_new(request: "Request") -> HttpResponse:
    """A new pool."""
    return _edited(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def pool(request: "Request", id: uuid.UUID) -> HttpResponse:
    """A pool as it is, to be changed."""
    return _edited(request, queries.one_pool(id))


@require_POST
def pool_removal(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Take a pool out; what waits in it is routed anew."""
    remove_pool(pool_id=id, by=request.user.id, at=request.at)
    return redirect("routing")


def _edited(request: "Request", found: "PoolShown | None") -> HttpResponse:
    id = found.pool.id if found else None
    given: Mapping[str, Any] = _begun(found)
    context: dict[str, Any] = {"pool": found.pool if found else None}
    if request.method == "POST":
        given = request.POST
        try:
            set_pool(pool_id=id, settings=_settings(given), by=request.user.id, at=request.at)
        except Refusal as refusal:
            context |= {"sentence": refusal.sentence, "status": status_of(refusal)}
        else:
            messages.success(request, _("Saved. It holds for what is handed over from now on."))
            return redirect("routing")
    context |= {
        "given": given,
        "members": [
            {
                "user": each,
                "is_in": f"in-{each.id}" in given,
                "share": given.get(f"share-{each.id}", "100"),
                "caps": [(period, given.get(f"{period}-{each.id}", "")) for period in PERIODS],
            }
            for each in people()
            if not SALES.isdisjoint(each.roles) or f"in-{each.id}" in given
        ],
        "caps": [(period, given.get(period, "")) for period in PERIODS],
        "others": [each.pool for each in queries.pools_shown() if each.pool.id != id],
    }
    return render(request, "pool.html", context, status=context.get("status", 200))


def _begun(found: "PoolShown | None") -> dict[str, Any]:
    """A pool as its form has it."""
    if found is None:
        return {"when_nobody": "alert", "minutes": "60"}
    pool = found.pool
    marks = ("only_at_work", "minds_language", "minds_zone")
    after = pool.moves_on_after or timedelta(hours=1)
    given: dict[str, Any] = {mark: "yes" for mark in marks if getattr(pool, mark)}
    given |= {
        "name": pool.name,
        "when_nobody": pool.when_nobody,
        "next_pool": str(pool.next_pool_id or ""),
        "minutes": str(after // timedelta(minutes=1)),
    }
    for name, row in (("", pool), *((f"-{each.user_id}", each) for each in found.members)):
        for period in PERIODS:
            given[f"{period}{name}"] = _shown(getattr(row, f"most_a_{period}"))
    for each in found.members:
        given |= {f"in-{each.user_id}": "yes", f"share-{each.user_id}": str(each.weight)}
    return given


def _settings(given: Mapping[str, Any]) -> PoolSettings:
    chosen = [name.removeprefix("in-") for name in given if name.startswith("in-")]
    members = [id_of(text, "members") for text in chosen if text]
    minutes = _number(given.get("minutes", ""))
    return PoolSettings(
        name=given.get("name", ""),
        members={
            id: Place(_number(given.get(f"share-{id}", "")) or 0, _caps(given, f"-{id}"))
            for id in members
        },
        caps=_caps(given, ""),
        only_at_work="only_at_work" in given,
        minds_language="minds_language" in given,
        minds_zone="minds_zone" in given,
        when_nobody=given.get("when_nobody", ""),
        next_pool_id=id_in(given, "next_pool"),
        moves_on_after=timedelta(minutes=minutes) if minutes else None,
    )


def _caps(given: Mapping[str, Any], of: str) -> Caps:
    return Caps(*(_number(given.get(f"{period}{of}", "")) for period in PERIODS))


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise Invalid(_("“%(text)s” is not a whole number.") % {"text": text}, field="number")
    if len(text.strip()) > len(str(MOST)) or int(text) > MOST:
        said = {"text": text, "most": figure(MOST)}
        raise Invalid(_("“%(text)s” is too much; %(most)s is the most.") % said, field="number")
    return int(text)


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)
