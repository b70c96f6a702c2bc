"""What the lists show, as files."""

from typing import TYPE_CHECKING

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_GET

from accord.deals import queries as deals
from accord.leads import queries
from accord.leads.files.writing import csv_lines
from accord.web.filters import read_filters

if TYPE_CHECKING:
    from accord.leads.queries.exports import Rows
    from accord.web.requests import Request


@require_GET
def lead_export(request: "Request") -> StreamingHttpResponse:
    """The leads that pass the filters of the address."""
    return _file(request, "leads", queries.lead_rows(request.user, read_filters(request.GET)))


@require_GET
def company_export(request: "Request") -> StreamingHttpResponse:
    """All companies."""
    return _file(request, "companies", queries.company_rows())


@require_GET
def deal_export(request: "Request") -> StreamingHttpResponse:
    """All deals."""
    return _file(request, "deals", deals.deal_rows())


def _file(request: "Request", name: str, rows: "Rows") -> StreamingHttpResponse:
    return StreamingHttpResponse(
        csv_lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{request.at:%Y-%m-%d}.csv"'},
    )
