"""A year that nobody means is refused in words wherever a program sends a day."""

from typing import Any

import pytest

from accord.handoffs.models import Handoff
from tests.api.conftest import Calls
from tests.api.test_leads import DANA

NEVER = ("0001-01-01", "9999-12-31")
DAY, MOMENT = "{}", "{}T00:00+05:00"
# Who sends to which path, in which field, how it is written, and what else is sent.
POSTS: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("rep", "/handoffs/{handoff}/attempts/", "until", DAY,
     {"channel": "call", "outcome": "no_answer"}),
    ("rep", "/handoffs/{handoff}/pass-back/", "asked", DAY, {"reason": "later"}),
    ("rep", "/content/requests/", "needed_on", DAY,
     {"piece": "case_study", "need": "For a plant."}),
    ("marketer", "/leads/", "needed_by_on", DAY, DANA),
    ("marketer", "/leads/", "happened_at", MOMENT, DANA),
]  # fmt: skip
GETS = [
    ("/leads/", "contact_from", MOMENT),
    ("/leads/", "entered_until", MOMENT),
    ("/reports/funnel/", "from", DAY),
    ("/reports/sla/", "until", DAY),
]


def is_refused(answer: Any) -> bool:
    return answer.status_code == 422 and "out of reach" in str(answer.content, "utf-8")


@pytest.mark.parametrize("year", NEVER)
@pytest.mark.parametrize(("role", "path", "field", "form", "more"), POSTS)
def test_is_refused_where_a_day_is_sent(
    calls: Calls, role: str, path: str, field: str, form: str, more: dict[str, Any], year: str
) -> None:
    calls("marketer").post("/leads/", DANA)
    handoff = Handoff.objects.get()
    sent = {**more, field: form.format(year)}
    assert is_refused(calls(role).post(path.format(handoff=handoff.id), sent, key="a-key"))
    calls("marketer").post("/leads/", DANA | {"email": "eva@x.example", "phone": "+4930123459"})
    assert Handoff.objects.filter(owner__isnull=False).count() == 2


@pytest.mark.parametrize("year", NEVER)
@pytest.mark.parametrize(("path", "field", "form"), GETS)
def test_is_refused_in_an_address(
    calls: Calls, path: str, field: str, form: str, year: str
) -> None:
    assert is_refused(calls("head_of_sales").get(path, **{field: form.format(year)}))
