"""What is new for the person whose page is open: asked for every few seconds, mostly answered
with “nothing changed”."""

import hashlib
import json
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from accord.outbox import queries as outbox
from accord.web.counts import counts_for

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_GET
def live(request: "Request") -> HttpResponse:
    """The counts of the frame and the latest that was not seen, as JSON; 304 when as before."""
    unseen, latest = outbox.latest_unseen(request.user)
    found = {
        "unseen": unseen,
        "counts": counts_for(request.user, request.at),
        "news": [
            {"id": str(id), "sentence": said, "action": reverse("notification", args=[id])}
            for id, said in latest
        ],
    }
    body = json.dumps(found, ensure_ascii=False).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type="application/json")
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponse(status=304)
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
