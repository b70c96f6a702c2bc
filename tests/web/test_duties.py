"""Who does a step and who answers for it stands where the step is stuck, by the agreement."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accord.agreement.checking import ARTEFACTS, promised
from accord.agreement.queries import running
from accord.base.lifecycle import WAY
from accord.flows.close import Opening, open_deals
from accord.flows.pass_back import Said, pass_back
from accord.handoffs.models import Clock, Handoff
from accord.teams.models import User
from accord.web.duties import action, who
from accord.web.words import role_label
from tests.handoffs.office import open_office

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db
PROMISES = (
    *("revenue", "ready_leads", "acceptance_rate", "pass_back_answer", "lead_to_customer"),
    *("nurture", "content", "first_attempt", "answer", "attempts", "disposition"),
)
EVERY = (*WAY, *PROMISES, *ARTEFACTS)


def said(step: str, path: str = "/") -> str:
    request = RequestFactory().get(path)
    return Template("{% load accord %}{% who step %}").render(
        Context({"step": step, "request": request})
    )


def test_these_are_all_promises(cast: dict[str, User]) -> None:
    assert list(PROMISES) == promised(running().document)


@pytest.mark.parametrize("step", EVERY)
def test_each_names_who_does_it_and_who_answers_for_it_with_one_thing_to_do(
    step: str, cast: dict[str, User], signed_in: SignedIn
) -> None:
    duty = running().duty(step)
    assert duty is not None
    shown = said(step)
    for role in duty.responsible:
        assert f"{cast[role].name} ({role_label(role)})" in shown
    assert f"{cast[duty.accountable].name} ({role_label(duty.accountable)}) answers" in shown
    link, act = action(step)
    assert f'href="{link}">{act}</a>' in shown
    for role in {*duty.responsible, duty.accountable}:
        assert signed_in(role).get(link).status_code == 200
    assert act not in said(step, link)


def test_of_many_who_do_it_a_few_are_named() -> None:
    people = {"rep": ["Ada", "Ben", "Cy", "Di"], "head_of_sales": []}
    open_office()
    found = who("follow_up", people)
    assert found is not None
    assert found.does == "Done by Ada, Ben and 2 more (Rep)."
    assert found.answers == "Nobody yet (Head of sales) answers for it."


def test_nobody_is_named_before_set_up() -> None:
    assert said("follow_up").strip() == ""


def test_where_a_lead_waits_in_the_queue(signed_in: SignedIn, handoff: Handoff) -> None:
    Handoff.objects.filter(id=handoff.id).update(owner=None)
    shown = signed_in("head_of_sales").get(f"{reverse('handoffs')}?show=queue").content.decode()
    assert "(Head of marketing) answers for it." in shown


def test_where_a_fact_is_missing_and_where_a_handoff_is_late(
    signed_in: SignedIn, handoff: Handoff
) -> None:
    late = timezone.now() - timedelta(hours=1)
    Clock.objects.filter(handoff_id=handoff.id).update(due_at=late)
    page = signed_in("head_of_sales").get(reverse("lead", args=[handoff.lead_id]))
    shown = page.content.decode()
    assert "(Head of sales) answers for it." in shown
    assert f'href="{reverse("lead_facts", args=[handoff.lead_id])}">Mend the record</a>' in shown


def test_where_a_promise_is_missed(signed_in: SignedIn, handoff: Handoff) -> None:
    Clock.objects.filter(handoff_id=handoff.id).update(state="missed")
    shown = signed_in("rep").get(reverse("scoreboard")).content.decode()
    assert "(Head of sales) answers for it." in shown


def test_where_deals_are_open(signed_in: SignedIn, handoff: Handoff) -> None:
    open_deals(
        openings=[Opening(lead_id=handoff.lead_id, title="Ten seats")],
        by=handoff.owner_id,
        at=timezone.now(),
    )
    assert (
        "(Head of sales) answers for it." in signed_in("rep").get(reverse("deals")).content.decode()
    )


def test_where_leads_wait_too_long(
    signed_in: SignedIn, cast: dict[str, User], handoff: Handoff
) -> None:
    late = timezone.now() - timedelta(hours=1)
    Clock.objects.filter(handoff_id=handoff.id).update(due_at=late)
    Handoff.objects.filter(id=handoff.id).update(due_at=late)
    client = signed_in("head_of_sales")
    shown = client.get(f"{reverse('handoffs')}?show=late").content.decode()
    assert f"{cast['head_of_sales'].name} (Head of sales) answers for it." in shown


def test_where_leads_came_back(
    signed_in: SignedIn, cast: dict[str, User], handoff: Handoff
) -> None:
    at = timezone.now()
    pass_back(handoffs=[handoff.id], said=Said("no_need", "No."), by=handoff.owner_id, at=at)
    shown = signed_in("marketer").get(reverse("came_back")).content.decode()
    assert f"{cast['head_of_marketing'].name} (Head of marketing) answers for it." in shown
