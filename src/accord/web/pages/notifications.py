"""What somebody was told, newest first."""

import uuid
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accord.outbox import actions, queries

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: "Request") -> HttpResponse:
    """The last ones; POST marks all as seen."""
    if request.method == "POST":
        actions.mark_seen(user=request.user.id, at=request.at)
        return redirect("notifications")
    return render(
        request, "notifications.html", {"lines": queries.in_lines(queries.told(request.user))}
    )


@require_POST
def notification(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Marks one, and what stands in its line, as seen and goes to what it is about."""
    told = queries.one(request.user, id)
    actions.mark_seen(user=request.user.id, ids=queries.told_with(told), at=request.at)
    return HttpResponseRedirect(told.link or "/")
