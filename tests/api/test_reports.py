"""Reports through the API are those of the pages."""

from datetime import UTC, datetime

import pytest

from accord.insights.reports import report
from tests.api.conftest import Calls
from tests.api.test_leads import DANA


@pytest.mark.parametrize("name", ["funnel", "channels", "sla", "scoreboard"])
def test_a_report_is_the_one_of_the_command_line(calls: Calls, name: str) -> None:
    caller = calls("head_of_marketing")
    caller.post("/leads/", DANA)

    response = caller.get(f"/reports/{name}/")

    assert response.status_code == 200
    said = response.json()
    moment = datetime.fromisoformat(said["as_of"])
    assert said == report(name, at=moment)
    assert said["notes"]
    assert datetime.now(UTC) >= moment


def test_a_report_keeps_to_its_days(calls: Calls) -> None:
    caller = calls("head_of_marketing")
    caller.post("/leads/", DANA)
    past = {"from": "2020-01-01", "until": "2020-02-01"}

    assert caller.get("/reports/channels/", **past).json()["rows"] == []


@pytest.mark.parametrize(
    ("path", "query", "status", "field"),
    [
        ("/reports/weather/", {}, 422, "name"),
        ("/reports/funnel/", {"from": "soon"}, 422, "from"),
        ("/reports/channels/", {"by": "shoe_size"}, 422, "by"),
        ("/reports/sla/", {"from": "2026-05-02", "until": "2026-05-02"}, 422, "until"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused(
    calls: Calls, path: str, query: dict[str, str], status: int, field: str
) -> None:
    response = calls("rep").get(path, **query)

    assert response.status_code == status
    assert response.json()["field"] == field


def test_figures_of_people_are_for_them_and_their_head(calls: Calls) -> None:
    calls("head_of_marketing").post("/leads/", DANA)
    said = {
        role: {
            row["person"]
            for row in calls(role).get("/reports/sla/", by="person").json()["handoffs"]
        }
        for role in ("rep", "head_of_sales", "marketer", "head_of_marketing", "admin")
    }

    assert len(said["head_of_sales"]) == 1
    assert said["rep"] <= said["head_of_sales"]
    assert said["marketer"] == said["head_of_marketing"] == said["admin"] == set()
    teams = calls("marketer").get("/reports/sla/", by="team").json()
    assert teams["handoffs"][0]["offered"] == 1
    assert calls("marketer").get("/reports/sla/", by="shoe_size").status_code == 422
