"""Points of a lead: rows that add up exactly, grades, and what time takes away."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accord.agreement import queries as agreement
from accord.agreement.comparing import changes
from accord.agreement.terms import read_terms
from accord.base.lifecycle import Side
from accord.flows.learn import learn
from accord.flows.recheck import re_evaluate, recheck
from accord.leads.queries import LeadFilters, lead_page
from accord.qualification.models import Score, Verdict
from accord.qualification.points import points_of
from accord.qualification.queries import to_recheck
from tests.handoffs.office import AT, change_agreement, demo, open_office, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def given(lead):
    """(label, points by row) of a lead, checked to add up."""
    points = points_of(lead.id)
    rows = {}
    for each in points.cards:
        assert each.points == sum(row.points for row in each.rows)
        rows |= {row.row.key: row.points for row in each.rows if row.points}
    return points.label, rows


def tell(office, lead, **facts):
    learn(lead=lead.id, facts=facts, by=office.mira.id, side=Side.SALES, at=AT + DAY)


def test_rows_add_up_to_the_points_and_these_make_the_label():
    open_office()
    (lead,) = send(demo(company="Acme", industry="Software"))

    label, rows = given(lead)

    assert rows == {"industry-known": 5, "hand-raises": 40}
    assert label == "C2"
    unknown = [row.row.key for row in points_of(lead.id).cards[0].rows if row.is_unknown]
    assert {"fits-ideal-customer", "large", "has-a-say"} <= set(unknown)


def test_a_fact_that_is_learnt_gives_its_points_at_once():
    office = open_office()
    (lead,) = send(demo())
    before, _rows = given(lead)

    tell(office, lead, authority="decides")

    label, rows = given(lead)
    assert before == "C2"
    assert rows["has-a-say"] == 20
    assert label == "C2"


@pytest.mark.parametrize(("days", "points"), [(29.9, 40), (30, 20), (59.9, 20), (60, 0)])
def test_what_was_done_loses_its_points_with_time(days, points):
    open_office()
    (lead,) = send(demo())
    later = AT + days * DAY
    assert (lead.id in to_recheck(at=later, limit=10)) == (days >= 30)

    recheck(at=later)

    assert Score.objects.get(lead_id=lead.id).engagement_points == Decimal(points)


def test_the_list_is_narrowed_by_grade():
    office = open_office()
    (dana,) = send(demo())
    (karl,) = send(demo("karl", asks_for="newsletter"))

    def found(grade):
        page = lead_page(office.head, LeadFilters(grade=grade))
        return {lead.id for lead in page.leads}

    assert given(karl)[0] == "C3"
    assert found("C") == {dana.id, karl.id}
    assert found("2") == found("C2") == {dana.id}
    assert found("A1") == set()


def test_only_what_changes_is_written():
    office = open_office()
    (lead,) = send(demo())
    written = Score.objects.get().evaluated_at

    tell(office, lead, job_title="CTO")

    assert Score.objects.get().evaluated_at == written


def test_another_agreement_gives_other_points():
    office = open_office()
    (lead,) = send(demo())

    change_agreement(office, ("points: 40, each: hand_raises", "points: 80, each: hand_raises"))
    re_evaluate(at=AT)

    assert given(lead) == ("C1", {"hand-raises": 80})
    assert points_of(lead.id).version == 2


def test_an_agreement_without_scorecards_gives_none():
    office = open_office()
    (lead,) = send(demo())
    default = agreement.document_of(1)
    begin, end = default.index("# Points for who"), default.index("# The definition that a lead")

    change_agreement(office, (default[begin:end], ""))
    re_evaluate(at=AT)

    assert points_of(lead.id) is None
    assert Score.objects.get().fit_grade == ""


def test_a_definition_may_ask_for_points():
    office = open_office()
    asks_for_points = "- {key: engaged, score: engagement, at_least: 41}\n        "
    first = "- key: may-be-contacted\n          text: They have not asked us to stop.\n"
    once = f"{first}          fact: do_not_contact\n          is: false\n        - any:\n"
    asked = "            - key: asked-for-us"
    change_agreement(office, (once + asked, asks_for_points + once + asked))

    (dana,) = send(demo())
    (karl,) = send(demo("karl"), demo("karl", question="Does it work with our ERP?"))[:1]

    met = {v.lead_id: v.outcome for v in Verdict.objects.filter(definition="mql")}
    assert met[dana.id] == "not_met"
    assert met[karl.id] == "met"


def test_a_change_of_points_reads_as_prose():
    open_office()
    before = agreement.running()
    after = read_terms(
        agreement.document_of(1)
        .replace("points: 15, each: pricing_visits", "points: 25, each: pricing_visits")
        .replace("grades: {A: 60, B: 30}", "grades: {A: 70, B: 30}")
    )

    found = {(each.place, each.now) for each in changes(before, after)}

    assert found == {
        ("Engagement", "Visits to the prices (in the last 30 days, counted 3 times at most): +25"),
        ("Fit", "A from 70 points on, B from 30 points on, C below"),
    }
