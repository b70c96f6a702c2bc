"""What leads ask of each rep, against the days on which they are there."""

from datetime import date, timedelta

import pytest

from accord.agreement.queries import running
from accord.insights.load import load
from accord.teams.actions import add_absence
from accord.teams.queries import company_calendar, reps
from tests.handoffs.office import AT, open_office

pytestmark = pytest.mark.django_db


def days_worked(first: date, until: date) -> int:
    """Days with working time, looked at one by one."""
    calendar, days = company_calendar(), 0
    while first < until:
        days += bool(calendar.ranges_on(first))
        first += timedelta(days=1)
    return days


def test_leads_go_to_whom_they_belong_and_the_rest_by_the_days_each_is_there() -> None:
    open_office()
    terms = running()
    first, second = reps()[:2]
    away = timedelta(days=140)
    add_absence(user_id=second.id, absent_from=AT, absent_until=AT + away)
    today = AT.date()
    year = days_worked(today, today + timedelta(days=365))
    there = year - days_worked(today, today + away)
    others = len(reps()) - 2
    asked = {str(first.id): 6.0, str(second.id): 1.0, "": 10.0, "someone who left": 5.0}

    (found,) = load([terms], [asked], at=AT)

    each = {rep.name: rep for rep in found.each}
    every = year * (1 + others) + there
    assert found.leads_a_month == 22
    assert each[first.name].leads_a_month == pytest.approx(6 + 15 * year / every, abs=0.1)
    assert each[second.name].leads_a_month == pytest.approx(1 + 15 * there / every, abs=0.1)
    assert sum(rep.leads_a_month for rep in found.each) == pytest.approx(22)
    a_day = terms.sales.attempts_a_day
    assert a_day
    assert each[first.name].possible == pytest.approx(a_day * year / 12, rel=0.02)
    assert each[second.name].possible == pytest.approx(a_day * there / 12, rel=0.02)
    assert found.possible == pytest.approx(sum(rep.possible or 0 for rep in found.each))


def test_nobody_is_there_to_work_on_leads() -> None:
    open_office()
    for rep in reps():
        rep.roles = []
        rep.save()
    (found,) = load([running()], [{"": 10.0}], at=AT)
    assert (found.reps, found.each, found.leads_a_month) == (0, [], 10)
