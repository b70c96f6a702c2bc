"""A file that lies with what was written about a lead."""

import uuid
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accord.leads import queries

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_GET
def attachment(request: "Request", id: uuid.UUID) -> HttpResponse:
    """The file, to be kept, never shown: whatever is in it runs nothing here."""
    found = queries.one_attachment(request.user, id)
    disposition = content_disposition_header(as_attachment=True, filename=found.name)
    return HttpResponse(
        bytes(found.content),
        content_type="application/octet-stream",
        headers={"Content-Disposition": disposition or "attachment"},
    )
