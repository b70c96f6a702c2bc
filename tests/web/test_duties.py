"""Who answers for a step stands where the step is stuck, by the agreement's own duties."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.agreement.checking import promised
from accord.agreement.queries import running
from accord.base.lifecycle import WAY
from accord.flows.pass_back import Said, pass_back
from accord.handoffs.models import Clock, Handoff
from accord.teams.models import User

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def answers_for(step: str) -> str:
    return Template("{% load accord %}{% answers_for step %}").render(Context({"step": step}))


def test_each_step_and_each_promise_names_who_holds_the_role(cast: dict[str, User]) -> None:
    for step in (*WAY, *promised(running().document)):
        duty = running().duty(step)
        assert duty is not None
        assert answers_for(step).startswith(f"{cast[duty.accountable].name} ("), step
    assert answers_for("nothing") == ""


def test_nobody_is_named_before_set_up() -> None:
    assert answers_for("follow_up") == ""


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
