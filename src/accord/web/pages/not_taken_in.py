"""What came in and became no lead: what it says, why not, and trying it once more."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accord.base.errors import Invalid
from accord.leads import actions, queries

if TYPE_CHECKING:
    from accord.leads.models import Submission
    from accord.web.requests import Request

_WHO = ("name", "email", "phone", "company")  # the first that is there says whose it is


@dataclass(frozen=True)
class Row:
    """A submission and what was sent, field by field; `rests` is until it is tried again."""

    submission: "Submission"
    who: str
    sent: Sequence[tuple[str, str]]
    rests: bool


@require_http_methods(["GET", "HEAD", "POST"])
def not_taken_in(request: "Request") -> HttpResponse:
    """What waits and what was refused; POST tries chosen ones again."""
    if request.method == "POST":
        return _tried_again(request)
    found = queries.not_taken_in(at=request.at)
    context = {
        "found": found,
        "waiting": [_row(each, request) for each in found.waiting],
        "refused": [_row(each, request) for each in found.refused],
    }
    return render(request, "not_taken_in.html", context)


def _row(submission: "Submission", request: "Request") -> Row:
    body = submission.body if isinstance(submission.body, dict) else {}
    until = submission.rests_until_at
    return Row(
        submission=submission,
        who=next((_said(body[key]) for key in _WHO if body.get(key)), _("Nobody is named")),
        sent=[(key, _said(value)) for key, value in body.items()],
        rests=until is not None and until > request.at,
    )


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _tried_again(request: "Request") -> HttpResponse:
    try:
        ids = {uuid.UUID(id) for id in request.POST.getlist("ids")}
    except ValueError as error:
        raise Invalid(_("That was no submission; load the page again.")) from error
    number = actions.try_again(ids=ids, at=request.at)
    if number:
        sentence = ngettext(
            "%(n)s is tried again within fifteen seconds.",
            "%(n)s are tried again within fifteen seconds.",
            number,
        )
        messages.success(request, sentence % {"n": number})
    else:
        messages.info(request, _("Nothing was chosen, or it was taken in meanwhile."))
    return redirect("not_taken_in")
