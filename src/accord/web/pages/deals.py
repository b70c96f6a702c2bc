"""Deals: the pipeline as a board or a table, and closing them with a reason."""

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accord.agreement import queries as agreement
from accord.deals import queries
from accord.flows import close
from accord.flows.close import Lost
from accord.leads.queries import fact_rules
from accord.web.acts import moved_on

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_GET
def deals(request: "Request") -> HttpResponse:
    """The open deals by step, and those that closed lately."""
    mine = request.GET.get("mine") == "yes"
    owner = request.user.id if mine else None
    context = {
        "pipeline": queries.pipeline(owner=owner),
        "steps": queries.sales_steps(),
        "closed": queries.closed_lately(owner=owner),
        "loss_reasons": agreement.running().loss_reasons,
        "show": "table" if request.GET.get("show") == "table" else "board",
        "mine": mine,
        "own_facts": bool(fact_rules("deal")),
    }
    return render(request, "deals.html", context)


@require_POST
def step(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Move a deal to another step."""
    steps = {id: request.POST.get("step", "")}
    close.move_deals(steps=steps, by=request.user.id, at=request.at)
    return moved_on(request, "deals")


@require_POST
def win(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Win a deal; its lead becomes a customer."""
    amounts = {id: close.read_amount(request.POST.get("amount", ""))}
    close.win_deals(amounts=amounts, by=request.user.id, at=request.at)
    messages.success(request, _("Won. The lead is a customer now."))
    return moved_on(request, "deals")


@require_POST
def loss(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Lose a deal with a reason; the agreement says where its lead goes."""
    lost = Lost(id, request.POST.get("reason", ""), request.POST.get("note", ""))
    close.lose_deals(lost=[lost], by=request.user.id, at=request.at)
    messages.success(request, _("Kept, with its reason."))
    return moved_on(request, "deals")
