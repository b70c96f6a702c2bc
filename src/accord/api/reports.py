"""Reports: the figures of the pages, as plain values."""

from typing import Any, Literal

from ninja import Query, Router, Schema
from pydantic import BaseModel, ConfigDict, Field

from accord.api.auth import Request, called
from accord.api.problems import PROBLEMS
from accord.api.times import Day
from accord.insights.reports import report

router = Router(tags=["Reports"])
Name = Literal["funnel", "channels", "sla", "scoreboard"]


class ReportOut(BaseModel):
    """Rows with plain field names, and notes on how to read them."""

    model_config = ConfigDict(extra="allow")

    as_of: str
    rows: list[dict[str, Any]]
    notes: list[str]


class ReportFilters(Schema):
    """Days of the company's zone: from the first one, until before the last one."""

    begins_on: Day | None = Field(None, alias="from")
    until: Day | None = None
    by: str | None = Field(None, description="What parts the channels, or the promises (sla).")


@router.get(
    "/{name}/",
    **called("read_report"),
    summary="Read a report",
    response={200: ReportOut, **PROBLEMS},
)
def read_report(request: Request, name: Name, filters: Query[ReportFilters]) -> dict[str, Any]:
    """The same figures as on the pages and as `accord report NAME --json` prints.

    The figures of a person are for that person and whoever heads the side.
    """
    return report(
        name,
        at=request.at,
        begins_on=filters.begins_on,
        until=filters.until,
        by=filters.by,
        reader=request.auth,
    )
