"""Deals: the pipeline as a board or a table, and closing them with a reason."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accord.agreement import queries as agreement
from accord.base.errors import Invalid
from accord.deals import queries
from accord.flows import close
from accord.web.acts import moved_on
from accord.web.amounts import read_amount

if TYPE_CHECKING:
    from accord.deals.models import Deal, SalesStep
    from accord.web.requests import Request


@dataclass(frozen=True, slots=True)
class Column:
    """The open deals of one step, and what they amount to."""

    step: "SalesStep"
    deals: Sequence["Deal"]
    total: Decimal


@require_GET
def deals(request: "Request") -> HttpResponse:
    """The open deals by step, and those that closed lately."""
    mine = request.GET.get("mine") == "yes"
    found = queries.open_deals(request.user, owner=request.user.id if mine else None)
    columns = []
    for step in queries.steps():
        of_step = [deal for deal in found if deal.step_id == step.key]
        columns.append(
            Column(step, of_step, sum((deal.amount or Decimal(0) for deal in of_step), Decimal(0)))
        )
    context = {
        "columns": columns,
        "steps": [column.step for column in columns],
        "count": len(found),
        "total": sum((column.total for column in columns), Decimal(0)),
        "closed": queries.closed_deals(request.user, owner=request.user.id if mine else None),
        "loss_reasons": agreement.running().loss_reasons,
        "show": "table" if request.GET.get("show") == "table" else "board",
        "mine": mine,
    }
    return render(request, "deals.html", context)


@require_POST
def step(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Move a deal to another step."""
    close.move_deals(
        deals={id}, step=request.POST.get("step", ""), by=request.user.id, at=request.at
    )
    return moved_on(request, "deals")


@require_POST
def win(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Win a deal; its lead becomes a customer."""
    amount = read_amount(request.POST.get("amount", ""))
    close.win_deals(deals={id}, amount=amount, by=request.user.id, at=request.at)
    messages.success(request, _("Won. The lead is a customer now."))
    return moved_on(request, "deals")


@require_POST
def loss(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Lose a deal with a reason; the agreement says where its lead goes."""
    reason = agreement.running().loss_reasons.get(request.POST.get("reason", ""))
    if reason is None:
        raise Invalid(_("Choose why the deal was lost."), field="reason")
    close.lose_deals(
        deals={id},
        reason=reason.key,
        note=request.POST.get("note", "").strip(),
        by=request.user.id,
        at=request.at,
    )
    messages.success(request, _("Kept, with its reason."))
    return moved_on(request, "deals")
