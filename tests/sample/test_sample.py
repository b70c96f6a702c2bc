"""The sample company: filled through the flows, repeatable, gone without a trace."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from accord.agreement.queries import running
from accord.base.errors import Conflict
from accord.content.models import ContentRequest
from accord.handoffs.models import Clock, ClockState, Handoff
from accord.leads.models import Activity, Lead
from accord.sample import actions, plan, queries, story
from accord.teams.queries import is_paused, workspace
from tests.flows.test_take_in import set_up

AT = datetime(2026, 11, 19, 14, 30, tzinfo=UTC)
TABLES = (
    *("leads_lead", "leads_activity", "leads_stageentry", "handoffs_handoff", "deals_deal"),
    "content_contentrequest",
)


def digest() -> list[tuple]:
    with connection.cursor() as cursor:
        digests = []
        for table in TABLES:
            cursor.execute(f"SELECT md5(string_agg(t::text, ' ' ORDER BY id)) FROM {table} t")
            digests.append(cursor.fetchone())
    return digests


@pytest.mark.django_db(transaction=True)
def test_a_year_is_filled_is_repeatable_and_leaves_nothing_behind():
    actions.fill(at=AT, size=60)
    assert Lead.objects.count() == 60
    assert not running().is_trial
    assert Clock.objects.filter(state=ClockState.RUNNING, due_at__gt=AT).exists()
    states = set(ContentRequest.objects.values_list("state", flat=True))
    assert states >= {"delivered", "turned_down"}
    assert states & {"asked", "taken"}
    assert queries.progress().is_done
    assert not is_paused()
    first = digest()

    actions.remove()
    assert workspace() is None
    assert not Lead.objects.exists()
    assert not Activity.objects.exists()

    actions.fill(at=AT, size=60)
    assert digest() == first
    with pytest.raises(Conflict):
        actions.fill(at=AT, size=60)
    assert Handoff.objects.exists()
    actions.remove()


@pytest.mark.django_db
def test_a_company_of_ones_own_is_neither_filled_nor_emptied():
    set_up()
    with pytest.raises(Conflict):
        actions.fill(at=AT, size=50)
    with pytest.raises(Conflict):
        actions.remove()
    assert workspace() is not None


def test_what_is_planted_stands_in_the_plan():
    made = plan.prospects(seed=actions.SEED, now=AT)
    assert len(made) >= 5_000

    def chance(wanted) -> float:
        chances = [each.chance for each in made if wanted(each)]
        return sum(chances) / len(chances)

    everybody = chance(lambda each: True)
    assert chance(lambda each: each.channel.key == "partner directory") < everybody / 4
    assert chance(lambda each: each.vertical.key == "Water utilities") > everybody * 1.8
    assert chance(lambda each: each.asks_sap) < everybody / 3
    bad = [each for each in made if each.bad_number]
    assert bad
    assert {each.channel.key for each in bad} == {"paid search"}
    asked = [
        s for each in made for s in each.sendings if s.body.get("message") == story.SAP_QUESTION
    ]
    assert len(asked) > 100
    assert all(sending.at <= AT for each in made for sending in each.sendings)
