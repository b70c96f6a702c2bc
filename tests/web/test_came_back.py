"""Came back: counted by reason, clause and campaign, and what marketing does next about each."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accord.base.lifecycle import Stage
from accord.flows.merge import merge
from accord.flows.pass_back import Said, pass_back
from accord.handoffs.models import Handoff, PassBack
from accord.handoffs.queries.cases import last_returns
from accord.leads.models import Lead, StageEntry
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


@pytest.fixture
def mira(signed_in: SignedIn) -> Client:
    return signed_in("marketer")


def goes_back(handoff: Handoff, reason: str, **more: object) -> PassBack:
    said = Said(reason, **more)  # type: ignore[arg-type]
    by = handoff.owner_id
    assert by
    pass_back(handoffs=[handoff.id], said=said, by=by, at=datetime.now(UTC))
    return PassBack.objects.get(handoff_id=handoff.id)


def page(client: Client, **query: str) -> str:
    return str(client.get(reverse("came_back"), query).content, "utf-8")


def test_figures_open_the_rows_they_count(mira: Client, handoff: Handoff, sends: Sends) -> None:
    goes_back(handoff, "not_ideal", blamed=["mql:asked-for-us"])
    other = Handoff.objects.get(
        lead_id=sends(email="eva@acme.example", name="Eva Lund", phone="").id
    )
    goes_back(other, "no_need")

    shown = page(mira)
    assert "By reason" in shown
    assert "By line of the agreement" in shown
    for query, there, gone in (
        ({"reason": "no_need"}, "Eva Lund", "Dana Ruiz"),
        ({"clause": "mql:asked-for-us"}, "Dana Ruiz", "Eva Lund"),
    ):
        narrowed = page(mira, **query)
        assert there in narrowed
        assert gone not in narrowed


def test_it_counts_for_whoever_may_answer(signed_in: SignedIn, handoff: Handoff) -> None:
    goes_back(handoff, "no_need")
    counts = {
        role: signed_in(role).get(reverse("live")).json()["counts"].get("came_back")
        for role in ("marketer", "head_of_marketing", "head_of_sales", "rep")
    }
    assert counts == {"marketer": 1, "head_of_marketing": 1, "head_of_sales": 0, "rep": None}


def test_a_campaign_that_is_none_narrows_nothing(mira: Client, handoff: Handoff) -> None:
    goes_back(handoff, "no_need")
    assert "Dana Ruiz" in page(mira, campaign="no such thing")


def test_what_sales_blames_leads_to_that_definition(mira: Client, handoff: Handoff) -> None:
    goes_back(handoff, "not_ideal", blamed=["mql:asked-for-us"])
    assert reverse("agreement_criteria") + "?definition=mql" in page(mira)


def test_a_disqualified_lead_is_kept_in_nurture_once(mira: Client, handoff: Handoff) -> None:
    back = goes_back(handoff, "not_ideal")
    assert "Keep it in nurture" in page(mira)

    mira.post(reverse("came_back_nurture", args=[back.id]))

    back.refresh_from_db()
    lead = Lead.objects.get(id=handoff.lead_id)
    entry = StageEntry.objects.get(lead_id=lead.id, left_at=None)
    assert (back.destination, lead.stage, entry.cause) == ("nurture", Stage.RECYCLED, "correction")
    assert mira.post(reverse("came_back_nurture", args=[back.id])).status_code == 409


def test_it_is_kept_until_a_day_that_is_to_come(mira: Client, handoff: Handoff) -> None:
    back = goes_back(handoff, "not_ideal")
    address = reverse("came_back_nurture", args=[back.id])
    assert "without a day, as soon as something new happens" in page(mira)
    for wrong in ("2020-01-01", "soon"):
        assert mira.post(address, {"re_enter_on": wrong}).status_code == 422
    assert Lead.objects.get(id=handoff.lead_id).stage == Stage.DISQUALIFIED

    day = datetime.now(UTC).date() + timedelta(days=90)
    mira.post(address, {"re_enter_on": day.isoformat()})

    back.refresh_from_db()
    assert (back.destination, back.re_enter_on) == ("nurture", day)
    assert last_returns([handoff.lead_id])[handoff.lead_id].re_enter_on == day


def test_who_asked_us_to_stop_is_never_kept(mira: Client, handoff: Handoff) -> None:
    back = goes_back(handoff, "stop")
    assert "Keep it in nurture" not in page(mira, show="all")
    assert mira.post(reverse("came_back_nurture", args=[back.id])).status_code == 409


def test_a_duplicate_waits_to_be_merged_until_it_is(
    mira: Client, handoff: Handoff, sends: Sends
) -> None:
    other = sends(email="dana.ruiz@acme-tools.example", phone="")
    back = goes_back(handoff, "duplicate", asked="dana.ruiz@acme-tools.example")
    assert back.answer == "itself"
    listed = page(mira, show="merging")
    merging = reverse("lead_merging", args=[handoff.lead_id])
    assert f"{merging}?with=dana.ruiz%40acme-tools.example" in listed
    preview = mira.get(f"{merging}?with=dana.ruiz%40acme-tools.example")
    assert preview.status_code == 200

    merge(winner=other.id, loser=handoff.lead_id, by=None, at=datetime.now(UTC))

    assert "Nothing to merge" in page(mira, show="merging")
    assert PassBack.objects.get().lead_id == other.id


def test_several_are_ticked_at_the_head_of_each_or_by_reason_and_one_alone_is_not(
    mira: Client, handoff: Handoff, sends: Sends
) -> None:
    goes_back(handoff, "no_need")
    assert "data-ticks" not in page(mira)
    assert "Tick Dana Ruiz" not in page(mira)
    goes_back(Handoff.objects.get(lead_id=sends(email="e@x.example", phone="").id), "not_ideal")
    shown = page(mira)
    assert re.findall(r'data-ticks="backs"(?: data-of="(\w+)")?', shown) == [
        *("", "no_need", "not_ideal")
    ]
    head = shown[shown.index("Tick Dana Ruiz") :]
    assert head.index("</label><h2") < head.index(">Dana Ruiz</a>")
    assert "Tick Dana Ruiz" not in page(mira, show="all")  # there is nothing to answer them by


def test_the_meeting_is_about_the_last_thirty_days_newest_first(
    mira: Client, handoff: Handoff, sends: Sends
) -> None:
    now = datetime.now(UTC)
    backs = {"Dana Ruiz": goes_back(handoff, "no_need")}
    for name in ("Eva Lund", "Ida Berg"):
        other = sends(email=f"{name[:3].lower()}@x.example", name=name, phone="")
        backs[name] = goes_back(Handoff.objects.get(lead_id=other.id), "no_need")
    for name, days in (("Dana Ruiz", 29), ("Eva Lund", 31), ("Ida Berg", 2)):
        PassBack.objects.filter(id=backs[name].id).update(
            answer="disagreed",
            answered_at=now - timedelta(days=days),
            answered_by_id=handoff.owner_id,
        )
    shown = page(mira, show="meeting")
    assert "in the last 30 days, the newest first" in shown
    assert "Eva Lund" not in shown
    assert 0 < shown.index("Ida Berg") < shown.index("Dana Ruiz")
    assert '<a class="figure" href="?show=meeting&amp;reason=no_need" aria-label="2 of' in shown


def test_only_marketing_keeps_leads_in_nurture(signed_in: SignedIn, handoff: Handoff) -> None:
    back = goes_back(handoff, "not_ideal")
    assert signed_in("rep").post(reverse("came_back_nurture", args=[back.id])).status_code == 403


@pytest.mark.parametrize(("role", "address"), [("marketer", "/came-back/"), ("rep", "/handoffs/")])
@pytest.mark.parametrize("begin", [str(10**30), "²", "-1"])
def test_a_place_in_a_list_that_cannot_be_is_no_error(
    signed_in: SignedIn, handoff: Handoff, role: str, address: str, begin: str
) -> None:
    assert signed_in(role).get(address, {"begin": begin}).status_code == 200
