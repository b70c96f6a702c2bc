"""A person's own address for copies of mails, and the mails that found no lead."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.flows import take_mail
from accord.leads import actions, queries
from accord.leads.rules import read_email
from accord.web.mailto import copy_address

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: "Request") -> HttpResponse:
    """The address and what waits; POST makes a new address."""
    if request.method == "POST":
        actions.renew_address(user=request.user.id, at=request.at)
        messages.success(request, _("This is your address. One you had before takes no mail now."))
        return redirect("mail")
    context = {
        "has_place": "@" in settings.COPY_ADDRESS,
        "address": copy_address(request.user),
        "is_read": bool(settings.MAILBOX),
        "mails": queries.mails_without_lead(request.user),
    }
    return render(request, "mail.html", context)


@require_POST
def mail_lead(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Put a waiting mail on the lead with this address; a new one where nobody has it."""
    waiting = queries.one_mail(request.user, id)
    address = read_email(request.POST.get("address", ""))
    is_placed = take_mail.place_mail(
        mail=waiting, address=address, by=request.user.id, at=request.at
    )
    messages.success(
        request,
        _("The mail stands on the lead's page now.")
        if is_placed
        else _("Kept. The lead appears in a moment, and the mail with it."),
    )
    return redirect("mail")
