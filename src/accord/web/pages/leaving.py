"""Somebody leaves, or is back: their open leads go to others at once, the rest to whom one says."""

import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accord.base.errors import Invalid
from accord.flows import pass_on, stand_in
from accord.teams import actions
from accord.web.requests import id_in

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_POST
def person_leaving(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Somebody no longer works here, or does again."""
    if request.POST.get("back"):
        actions.set_active(user_id=id, is_active=True, by=request.user.id, at=request.at)
        messages.success(request, _("They can sign in again."))
        return redirect("person", id)
    moved = stand_in.deactivate(user_id=id, by=request.user.id, at=request.at)
    messages.success(
        request,
        ngettext(
            "They can no longer sign in. %(n)d open lead went to others.",
            "They can no longer sign in. %(n)d open leads went to others.",
            len(moved),
        )
        % {"n": len(moved)},
    )
    return redirect("people")


@require_POST
def person_passing_on(request: "Request", id: uuid.UUID) -> HttpResponse:
    """What somebody who is gone left behind goes to a rep."""
    to = id_in(request.POST, "to")
    if to is None:
        raise Invalid(_("Choose who takes over."), field="to")
    passed = pass_on.pass_on(user_id=id, to=to, by=request.user.id, at=request.at)
    said = _("Passed on: leads: %(leads)d, open deals: %(deals)d, companies: %(accounts)d.")
    messages.success(request, said % asdict(passed))
    return redirect("person", id)
