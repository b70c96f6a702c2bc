"""Whatever is done in whatever order, and killed on the way: no lead slips through.

`ACCORD_HYPOTHESIS=thorough` tries many more and longer orders.
"""

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accord.base.errors import Refusal
from accord.flows import follow_up, stand_in
from accord.flows.answer_pass_back import answer_pass_backs
from accord.flows.merge import merge, undo_merge
from accord.flows.pass_back import Said, pass_back, undo_pass_back
from accord.flows.submit import Door, Incoming, submit
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Handoff, PassBack
from accord.leads.models import Lead, Merge
from accord.teams import actions as teams
from accord.teams.models import Absence, Calendar, HandsOver, User
from tests.handoffs.lives import check_nothing_is_left, check_record
from tests.handoffs.office import AT, Office, demo, open_office, send

IS_THOROUGH = os.environ.get("ACCORD_HYPOTHESIS") == "thorough"
EXAMPLES, STEPS = (250, 40) if IS_THOROUGH else (9, 18)
PEOPLE = st.integers(0, 3)
LATER = st.sampled_from([0, 1, 20, 55, 240, 1_500, 6_000])
HANDED_OVER = st.sampled_from(HandsOver.values)
REASONS = st.sampled_from(["unreachable", "no_need", "duplicate", "bad_data", "stop"])


class Killed(Exception):
    """The process dies here."""


class Company(RuleBasedStateMachine):
    """A company at work; every rule is one act of somebody, at a moment not before the last."""

    office: Office

    def __init__(self) -> None:
        super().__init__()
        self.now = AT
        self.dies_at = 0  # the statement at which the next act is killed; 0: it is not
        self.whole = transaction.atomic()
        self.whole.__enter__()

    def teardown(self) -> None:
        """Nothing of it stays."""
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    # --- how anything is done ---------------------------------------------------------------

    def do(self, act: Callable[..., Any], *, in_one: bool = True, **given: Any) -> None:
        """Do it; a refusal changes nothing, nor does an act that is killed on the way.

        `in_one`: it is one transaction, so that all of it is there or none.
        """
        dies_at, self.dies_at = self.dies_at, 0
        before = written() if dies_at and in_one else None
        statements = 0

        def count(execute: Callable[..., Any], *call: Any) -> Any:
            nonlocal statements
            statements += 1
            if statements == dies_at:
                raise Killed
            return execute(*call)

        try:
            with connection.execute_wrapper(count):
                act(**given, at=self.now)
        except Killed:
            assert before is None or written() == before
        except Refusal:
            pass

    def handoff_of(self, number: int) -> Handoff | None:
        """The newest handoff of a lead."""
        lead = Lead.objects.filter(email=f"dana{number}@acme.example").first()
        while lead and lead.merged_into_id:
            lead = Lead.objects.get(id=lead.merged_into_id)
        return lead and Handoff.objects.filter(lead_id=lead.id).order_by("-offered_at").first()

    def whoever(self, handoff: Handoff, *, another: bool = False) -> uuid.UUID:
        """Its owner, or somebody else."""
        reps = sorted(self.office.reps)
        if another:
            return next(rep for rep in reps if rep != handoff.owner_id)
        return handoff.owner_id or reps[0]

    # --- the prospect ------------------------------------------------------------------------

    @rule(number=PEOPLE, asks=st.booleans())
    def fills_in_the_form(self, number: int, asks: bool) -> None:
        body = demo(f"dana{number}") if asks else {"email": f"dana{number}@acme.example"}
        self.do(lambda at: send(body, at=at), in_one=False)

    @rule(number=PEOPLE, event=st.sampled_from(["pricing.visited", "event.attended"]))
    def does_something_else(self, number: int, event: str) -> None:
        body = {"email": f"dana{number}@acme.example", "event": event, "employees": 80}
        self.do(
            submit,
            in_one=False,
            submissions=[Incoming(body={**body, "need": "a pump"})],
            door=Door.API,
            by=self.office.max.id,
        )

    # --- the rep -----------------------------------------------------------------------------

    @rule(number=PEOPLE, another=st.booleans())
    def accepts(self, number: int, another: bool) -> None:
        if handoff := self.handoff_of(number):
            by = self.whoever(handoff, another=another)
            self.do(follow_up.accept, handoffs=[handoff.id], by=by)

    @rule(number=PEOPLE)
    def claims(self, number: int) -> None:
        if handoff := self.handoff_of(number):
            self.do(follow_up.claim, handoffs=[handoff.id], by=self.office.tom.id)

    @rule(number=PEOPLE, talks=st.booleans(), another=st.booleans())
    def tries_to_reach(self, number: int, talks: bool, another: bool) -> None:
        if handoff := self.handoff_of(number):
            outcome = "connected" if talks else "no_answer"
            by = self.whoever(handoff, another=another)
            attempt = Attempt(handoff.lead_id, "call", outcome)
            self.do(follow_up.log_attempts, attempts=[attempt], by=by)

    @rule(number=PEOPLE, days=st.integers(0, 5))
    def rests(self, number: int, days: int) -> None:
        if handoff := self.handoff_of(number):
            day = (self.now + timedelta(days=days)).date()
            by = self.whoever(handoff)
            self.do(follow_up.pause, until={handoff.id: day}, by=by)

    @rule(number=PEOPLE)
    def qualifies(self, number: int) -> None:
        if handoff := self.handoff_of(number):
            by = self.whoever(handoff)
            self.do(follow_up.qualify, handoffs=[handoff.id], by=by, note="They have a budget.")

    @rule(number=PEOPLE, reason=REASONS)
    def passes_back(self, number: int, reason: str) -> None:
        if handoff := self.handoff_of(number):
            another = f"dana{(number + 1) % 4}@acme.example"
            said = Said(reason, note="As they said.", asked=another)
            self.do(pass_back, handoffs=[handoff.id], said=said, by=self.whoever(handoff))

    @rule(number=PEOPLE)
    def takes_the_pass_back_back(self, number: int) -> None:
        if handoff := self.handoff_of(number):
            self.do(undo_pass_back, handoffs=[handoff.id], by=self.whoever(handoff))

    # --- marketing and the heads -------------------------------------------------------------

    @rule(answer=st.sampled_from(["agreed", "mended", "disagreed"]))
    def marketing_answers(self, answer: str) -> None:
        back = PassBack.objects.filter(answered_at=None, undone_at=None).order_by("id").first()
        if back:
            by = self.office.max.id
            self.do(answer_pass_backs, backs=[back.id], answer=answer, note="Look again.", by=by)

    @rule(number=PEOPLE)
    def is_withdrawn(self, number: int) -> None:
        if handoff := self.handoff_of(number):
            by = self.office.max.id
            self.do(follow_up.withdraw, handoffs=[handoff.id], why="A supplier.", by=by)

    @rule(number=PEOPLE)
    def is_reassigned(self, number: int) -> None:
        if handoff := self.handoff_of(number):
            owners = {handoff.id: self.whoever(handoff, another=True)}
            self.do(follow_up.reassign, owners=owners, why="a test", by=self.office.head.id)

    @rule(one=PEOPLE, other=PEOPLE)
    def two_are_one(self, one: int, other: int) -> None:
        emails = [f"dana{number}@acme.example" for number in (one, other)]
        ids = [Lead.objects.filter(email=email).first() for email in emails]
        if all(ids):
            winner, loser = ids
            self.do(merge, winner=winner.id, loser=loser.id, by=self.office.head.id)

    @rule()
    def they_were_two_after_all(self) -> None:
        last = Merge.objects.order_by("-merged_at", "-id").first()
        if last:
            self.do(undo_merge, merge=last.id, by=self.office.head.id)

    # --- the office --------------------------------------------------------------------------

    @rule(is_tom=st.booleans(), hours=st.sampled_from([3, 30]), hands_over=HANDED_OVER)
    def is_absent(self, is_tom: bool, hours: int, hands_over: str) -> None:
        rep, other = (self.office.tom, self.office.mira)[:: 1 if is_tom else -1]
        self.do(
            stand_in.add_absence,
            user_id=rep.id,
            absent_from=self.now,
            absent_until=self.now + timedelta(hours=hours),
            reason="At a fair",
            stand_in=other.id if hours == 3 else None,
            hands_over=hands_over,
            by=self.office.head.id,
        )

    @rule()
    def everybody_is_back(self) -> None:
        for absence in Absence.objects.filter(absent_until__gt=self.now):
            whose, by = absence.user_id, self.office.head.id
            self.do(teams.end_absence, absence_id=absence.id, user_id=whose, by=by)

    @rule()
    def leaves_or_returns(self) -> None:
        tom, by = User.objects.get(id=self.office.tom.id), self.office.head.id
        if tom.is_active:
            self.do(stand_in.deactivate, user_id=tom.id, by=by)
        else:
            self.do(teams.set_active, user_id=tom.id, is_active=True, by=by)

    @rule(days=st.integers(0, 3))
    def gets_a_day_off(self, days: int) -> None:
        calendar = Calendar.objects.first()
        with suppress(Refusal):
            on = (self.now + timedelta(days=days)).date()
            teams.add_exception(calendar_id=calendar.id, on=on, reason="A day off")

    # --- time, and the end of processes ------------------------------------------------------

    @rule(minutes=LATER)
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes, seconds=7)

    @rule(minutes=LATER)
    def the_clocks_are_watched(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes, seconds=7)
        was_killed = bool(self.dies_at)
        self.do(stand_in.hand_over_work)
        self.do(watch_clocks, in_one=False)
        if not was_killed:
            check_nothing_is_left(self.now)

    @rule(statement=st.integers(1, 60))
    def the_next_act_is_killed(self, statement: int) -> None:
        self.dies_at = statement

    @invariant()
    def the_record_holds(self) -> None:
        check_record()


def written() -> dict[str, Any]:
    """What every table of the rooms holds, in short."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("accord.") and model._meta.managed
    ]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*), sum(hashtext(row::text)) FROM {table} AS row")
            found[table] = cursor.fetchone()
    return found


@pytest.mark.django_db
def test_any_order_of_acts_keeps_every_lead():
    Company.office = open_office()
    run_state_machine_as_test(
        Company,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
