"""Whatever is done with requests for content, in whatever order: the record adds up each time."""

import uuid
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.agreement.queries import running as running_terms
from accord.base.errors import Refusal
from accord.content.actions import Wanted
from accord.content.models import OPEN, ContentRequest
from accord.flows import begin
from accord.flows.ask_for_content import (
    answer_requests,
    ask_for_content,
    take_requests,
    withdraw_requests,
)
from accord.flows.reschedule import reschedule
from accord.flows.watch_clocks import watch_clocks
from accord.insights.metrics import Scope, metric
from accord.leads.models import Activity
from accord.outbox.models import Notification
from accord.teams.actions import add_exception
from accord.teams.models import Role
from accord.teams.queries import company, company_calendar
from tests.handoffs.office import AT, Office, hand_raise, open_office, person

ACTS = (
    *("ask", "take", "take over", "deliver", "turn down", "withdraw"),
    *("sweep", "sweep", "sweep", "close"),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(1, 200)),
    min_size=2,
    max_size=12,
)


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_life_of_requests_adds_up(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        office, now = open_office(), AT
        ida = begin.add_person(newcomer=person("ida", [Role.MARKETER]), at=AT).id
        lead = hand_raise().lead_id
        for act, which, hours in [("ask", 0, 0), *steps]:
            now += timedelta(hours=hours)
            with suppress(Refusal), transaction.atomic():
                play(act, which, office, ida, lead, now)
            adds_up(now)
        transaction.set_rollback(True)


def play(
    act: str, which: int, office: Office, ida: uuid.UUID, lead: uuid.UUID, now: datetime
) -> None:
    """One act of somebody; what does not fit is refused."""
    requests = list(ContentRequest.objects.order_by("asked_at", "id"))
    ids = [requests[which % len(requests)].id] if requests else []
    given = {"requests": ids, "at": now}
    if act == "ask":
        wanted = [Wanted("other", "Something", lead=lead if which else None)]
        ask_for_content(wanted=wanted, by=office.mira.id, at=now)
    elif act == "take":
        take_requests(by=ida, **given)
    elif act == "take over":
        take_requests(by=office.max.id, **given)
    elif act in ("deliver", "turn down"):
        answer = "delivered" if act == "deliver" else "turned_down"
        answer_requests(answer=answer, words="See there.", link="", by=ida, **given)
    elif act == "withdraw":
        withdraw_requests(by=office.mira.id, **given)
    elif act == "sweep":
        watch_clocks(at=now)
        nothing_is_early_nor_left_out(now)
    else:
        day = (AT + timedelta(days=1 + 3 * which)).date()
        add_exception(calendar_id=company().calendar_id, on=day)
        if which:  # else the job has yet to run
            reschedule(users=None)


def nothing_is_early_nor_left_out(now: datetime) -> None:
    """After a sweep: all that is past due by the hours of now is missed, and nothing else is."""
    promised = running_terms().marketing.content
    assert promised
    for each in ContentRequest.objects.filter(OPEN):
        if each.missed_at in (None, now):
            due_at = promised.due(company_calendar(), each.asked_at)
            assert (each.missed_at == now) == (due_at < now)


def adds_up(now: datetime) -> None:
    """State, fact and activity say the same; nothing is early and nothing twice."""
    scope, requests = Scope(at=now), list(ContentRequest.objects.all())
    fates = [metric(f"content_{part}").count(scope) for part in ("kept", "late", "missed")]
    assert metric("content_due").count(scope) == sum(fates)
    excused = [r for r in requests if r.withdrawn_at and r.withdrawn_at <= r.due_at]
    running = metric("content_running").count(scope)
    assert sum(fates) + running + len(excused) == len(requests)

    for each in requests:
        ended_at = each.answered_at or each.withdrawn_at
        assert (each.escalates_at is None) or ended_at is None
        if each.missed_at:
            assert each.due_at < each.missed_at
            assert ended_at is None or ended_at >= each.missed_at
        if each.warned_at:
            assert each.warned_at <= each.due_at or each.missed_at

    said = Counter(
        Activity.objects.filter(kind__startswith="content_request.").values_list("kind", flat=True)
    )
    of_lead = [each for each in requests if each.lead_id]
    for kind, number in {
        "asked": len(of_lead),
        "delivered": sum(each.state == "delivered" for each in of_lead),
        "turned_down": sum(each.state == "turned_down" for each in of_lead),
        "withdrawn": sum(each.state == "withdrawn" for each in of_lead),
        "missed": sum(each.missed_at is not None for each in of_lead),
    }.items():
        assert said[f"content_request.{kind}"] == number, kind

    told = Counter(
        kind.removeprefix("content_request.")
        for kind in Notification.objects.filter(
            channel="app", kind__startswith="content_request."
        ).values_list("kind", flat=True)
    )
    # Two people of marketing, of whom one heads it.
    hears = {"tell_rep": 2, "tell_head": 1, "reassign": 0}
    steps = [hears[step.key] for step in running_terms().escalation]
    assert told["answered"] == sum(each.answered_at is not None for each in requests)
    assert told["at_risk"] == 2 * sum(each.warned_at is not None for each in requests)
    assert told["unanswered"] == sum(sum(steps[: each.next_step]) for each in requests)
