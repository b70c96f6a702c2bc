"""Signing the agreement, and letting somebody sign."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.agreement import actions
from accord.base.errors import Invalid
from accord.web.requests import day_in, id_in

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_POST
def agreement_signatures(request: "Request") -> HttpResponse:
    """Signs a version for a seat that the person holds."""
    number = int(request.POST.get("number", "0"))
    signed = actions.sign(
        number=number,
        seat=request.POST.get("seat", ""),
        by=request.user.id,
        at=request.at,
        digest=request.POST.get("digest") or None,
    )
    if signed.in_force_from:
        messages.success(request, _("Signed. The agreement is in force."))
    elif signed.state == "signed":
        messages.success(request, _("Signed by both. It comes into force on its day."))
    else:
        messages.success(request, _("Signed. It is in force when the other head has signed too."))
    return redirect("agreement_version", number)


@require_POST
def agreement_delegations(request: "Request") -> HttpResponse:
    """Lets somebody sign for one's seat up to a day, or nobody any more."""
    seat = request.POST.get("seat", "")
    if request.POST.get("act") == "end":
        actions.end_delegation(seat=seat, by=request.user.id, at=request.at)
        messages.success(request, _("Nobody but you signs for this seat."))
        return redirect("agreement")
    to, until = id_in(request.POST, "to"), day_in(request.POST, "until")
    if to is None or until is None:
        raise Invalid(_("Choose who signs for you, and up to which day."))
    actions.delegate(seat=seat, by=request.user.id, to=to, until=until, at=request.at)
    messages.success(request, _("They are told, and may sign for you."))
    return redirect("agreement")
