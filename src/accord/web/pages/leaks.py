"""Leaks: every lead that slips, its owner, its age and the one thing to do. Zero is the goal."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accord.base.lifecycle import Side
from accord.insights.leaks import Leaking, leak_board
from accord.insights.metrics import Scope
from accord.web.leaks import act_on

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_GET
def leaks(request: "Request") -> HttpResponse:
    """Where leads slip, the oldest of each kind first."""
    board = leak_board(user=request.user, at=request.at)
    of_side = {
        side: [each for each in board.leaking if each.leak.side == side]
        for side in (Side.SALES, Side.MARKETING)
    }
    context = {
        "board": board,
        "scope": Scope(at=request.at),
        "sides": [
            (side.value, _number(found), not any(each.cannot_tell for each in found), found)
            for side, found in of_side.items()
        ],
        "rows": {
            each.leak.key: [(row, act_on(each.leak.key, row, request.user)) for row in each.rows]
            for each in board.leaking
        },
    }
    return render(request, "leaks.html", context)


def _number(found: list[Leaking]) -> int:
    return sum(each.number for each in found)
