"""Two leads of one person become one, lose nothing, and can be parted again."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.base.errors import Conflict, Invalid
from accord.base.lifecycle import Stage
from accord.flows import close, follow_up
from accord.flows.close import Opening
from accord.flows.merge import merge, preview, undo_merge
from accord.flows.pass_back import Said, pass_back
from accord.flows.receive import Incoming, receive
from accord.flows.recheck import recheck
from accord.flows.record import record
from accord.flows.take_in import take_in_waiting
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Handoff, HandoffState
from accord.leads import queries
from accord.leads.actions.merging import carriers
from accord.leads.models import Activity, Door, Identity, Lead, Merge
from accord.qualification.models import Verdict
from tests.handoffs.office import AT, HOUR, open_office, send
from tests.imports.test_import_leads import everything

LATER = AT + timedelta(days=2)
DAY = timedelta(days=1)


def two(**more: str) -> tuple[Lead, Lead]:
    """Two leads who were one person: by e-mail, and by phone."""
    (one,) = send({"email": "dana@acme.example", "country": "DE"})
    (other,) = send({"phone": "+4930123456", "name": "Dana Ruiz", **more}, at=AT + HOUR)
    return one, other


def state() -> dict[str, list[str]]:
    """Every row, but of the merge itself, and of the line that says they were parted."""
    found = everything()
    judged = ("qualification_verdict", "qualification_score")
    for table in ("leads_merge", "leads_suspect", *judged, "procrastinate_jobs"):
        found.pop(table, None)
    found["leads_activity"] = [row for row in found["leads_activity"] if "lead.parted" not in row]
    return found


def left_behind(lead: uuid.UUID) -> dict[str, int]:
    counts = {m._meta.label: m._default_manager.filter(lead_id=lead).count() for m in carriers()}
    return {label: number for label, number in counts.items() if number}


@pytest.mark.django_db
class TestMerging:
    def test_keeps_the_winner_s_values_and_fills_its_gaps(self) -> None:
        open_office()
        one, other = two(country="AT", need="a pump")
        merge(winner=one.id, loser=other.id, by=None, at=LATER)
        one.refresh_from_db()
        assert (one.country, one.need, one.name) == ("DE", "a pump", "Dana Ruiz")
        assert (one.email, one.phone) == ("dana@acme.example", "+4930123456")

    def test_what_was_merged_away_is_not_looked_at_again_for_ever(self) -> None:
        open_office()
        one, other = two(asks_for="demo")
        assert Verdict.objects.filter(lead_id=other.id, recheck_at__isnull=False).exists()
        merge(winner=one.id, loser=other.id, by=None, at=LATER)
        long_after = LATER + 400 * DAY
        assert recheck(at=long_after) > 0
        assert recheck(at=long_after) == 0

    def test_moves_all_that_carries_the_lead(self) -> None:
        open_office()
        one, other = two(asks_for="demo")
        handoff = Handoff.objects.get(lead_id=other.id)
        merge(winner=one.id, loser=other.id, by=None, at=LATER)
        assert left_behind(other.id) == {}
        handoff.refresh_from_db()
        one.refresh_from_db()
        assert (handoff.lead_id, one.owner_id) == (one.id, handoff.owner_id)
        assert Activity.objects.filter(lead_id=one.id, kind="lead.merged").exists()

    def test_leads_the_old_address_and_later_mail_to_the_winner(self) -> None:
        office = open_office()
        one, other = two()
        merge(winner=one.id, loser=other.id, by=None, at=LATER)
        assert queries.one_lead(office.head, other.id).id == one.id
        (again,) = send({"phone": "+4930123456"}, at=LATER + HOUR)
        assert (again.id, Lead.objects.filter(merged_into_id=None).count()) == (one.id, 1)

    def test_raises_the_winner_to_the_stage_that_the_loser_had_reached(self) -> None:
        office = open_office()
        one, other = two(asks_for="demo")
        handoff = Handoff.objects.get(lead_id=other.id)
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=AT + 2 * HOUR)
        merge(winner=one.id, loser=other.id, by=office.head.id, at=LATER)
        one.refresh_from_db()
        assert one.stage == Stage.SAL

    def test_withdraws_the_loser_s_handoff_where_both_are_with_sales(self) -> None:
        open_office()
        (one,) = send({"email": "dana@acme.example", "asks_for": "demo"})
        (other,) = send({"phone": "+4930123456", "asks_for": "demo"})
        assert preview(winner=one.id, loser=other.id).both_open
        merge(winner=one.id, loser=other.id, by=None, at=LATER)
        states = dict(Handoff.objects.values_list("lead_id", "state").order_by("offered_at"))
        assert Handoff.objects.filter(lead_id=one.id, disposed_at=None).count() == 1
        assert HandoffState.WITHDRAWN in set(Handoff.objects.values_list("state", flat=True))
        assert set(states) == {one.id}

    def test_keeps_who_asked_to_be_left_alone_alone(self) -> None:
        open_office()
        one, other = two()
        Lead.objects.filter(id=other.id).update(do_not_contact=True)
        merge(winner=one.id, loser=other.id, by=None, at=LATER)
        one.refresh_from_db()
        assert one.do_not_contact

    def test_of_one_that_was_merged_is_refused(self) -> None:
        open_office()
        one, other = two()
        merge(winner=one.id, loser=other.id, by=None, at=LATER)
        with pytest.raises(Conflict):
            merge(winner=one.id, loser=other.id, by=None, at=LATER)
        with pytest.raises(Conflict):
            merge(winner=one.id, loser=one.id, by=None, at=LATER)

    def test_says_beforehand_what_it_would_do(self) -> None:
        open_office()
        one, other = two(country="AT", need="a pump")
        would = preview(winner=one.id, loser=other.id)
        assert would.fills["need"] == "a pump"
        assert would.differ == {"country": ("DE", "AT")}
        assert would.moves["leads.Identity"] == 1


@pytest.mark.django_db
class TestParting:
    def test_is_refused_after_thirty_days_or_once_sales_went_on(self) -> None:
        open_office()
        one, other = two(asks_for="demo")
        done = merge(winner=one.id, loser=other.id, by=None, at=LATER)
        with pytest.raises(Invalid, match="30 days"):
            undo_merge(merge=done.id, by=None, at=LATER + 31 * DAY)
        handoff = Handoff.objects.get()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=LATER + HOUR)
        with pytest.raises(Invalid, match="went on"):
            undo_merge(merge=done.id, by=None, at=LATER + DAY)

    def test_leaves_the_winner_what_came_since(self) -> None:
        open_office()
        one, other = two()
        done = merge(winner=one.id, loser=other.id, by=None, at=LATER)
        send({"email": "dana@acme.example", "need": "a valve"}, at=LATER + HOUR)
        undo_merge(merge=done.id, by=None, at=LATER + DAY)
        one.refresh_from_db()
        other.refresh_from_db()
        assert (one.need, one.name, other.name) == ("a valve", None, "Dana Ruiz")
        assert other.merged_into_id is None
        assert Identity.objects.get(kind="phone").lead_id == other.id


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "country": st.sampled_from(["DE", "AT"]),
        "need": st.sampled_from(["a pump", "a valve"]),
        "industry": st.sampled_from(["Tools"]),
        "source": st.sampled_from(["fair", "webinar"]),
        "company": st.sampled_from(["Acme", "Bolt"]),
        "campaign": st.sampled_from(["Spring"]),
    },
)
DEEDS = st.sampled_from(["write", "attempt", "accept", "pass_back", "deal", "demo"])
HISTORY = st.lists(st.tuples(st.integers(0, 1), DEEDS, FACTS), max_size=6)


def live(history: list[tuple[int, str, dict[str, str]]]) -> tuple[Lead, Lead]:
    """Two people come in and things happen with them, an hour apart; at most one is in sales."""
    who: list[dict[str, str]] = [{"email": "dana@acme.example"}, {"phone": "+4930123456"}]
    (one,), (other,) = send(who[0]), send(who[1])
    leads, at = (one, other), AT
    for number, deed, facts in history:
        at += HOUR
        asks = {"asks_for": "demo"} if deed == "demo" else {}
        is_free = not Handoff.objects.filter(disposed_at=None).exists()
        if deed == "write" or (deed == "demo" and is_free):
            send({**who[number], **facts, **asks}, at=at)
        handoff = Handoff.objects.filter(lead_id=leads[number].id, disposed_at=None).first()
        if handoff and handoff.owner_id:
            _do(deed, handoff, at)
    return one, other


def _do(deed: str, handoff: Handoff, at: Any) -> None:
    by = handoff.owner_id
    assert by
    if deed == "attempt":
        attempt = Attempt(lead_id=handoff.lead_id, channel="call", outcome="no_answer")
        follow_up.log_attempts(attempts=[attempt], by=by, at=at)
    elif deed == "accept" and not handoff.accepted_at:
        follow_up.accept(handoffs=[handoff.id], by=by, at=at)
    elif deed == "pass_back":
        pass_back(handoffs=[handoff.id], said=Said("no_need", note="Not now"), by=by, at=at)
    elif deed == "deal" and handoff.accepted_at:
        close.open_deals(openings=[Opening(lead_id=handoff.lead_id, title="Pumps")], by=by, at=at)


class TestAnyTwo(TestCase):
    @given(history=HISTORY)
    @settings(max_examples=40, deadline=None)
    def test_lose_nothing_and_part_as_they_were(
        self, history: list[tuple[int, str, dict[str, str]]]
    ) -> None:
        open_office()
        one, other = live(history)
        before = state()
        rows = {table: len(found) for table, found in before.items()}
        done = merge(winner=one.id, loser=other.id, by=None, at=LATER)
        assert left_behind(other.id) == {}
        assert all(len(found) >= rows[table] for table, found in state().items())

        undo_merge(merge=done.id, by=None, at=LATER + DAY)

        after = state()
        assert {table: found for table, found in after.items() if found != before[table]} == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["email", "phone"])
def test_fifty_submissions_of_one_person_at_once_are_one_lead(key: str) -> None:
    open_office()
    mails = [f"dana{n}@acme.example" for n in range(50)]
    bodies = [
        {"email": "dana@acme.example", "phone": f"+49301234{n:02d}"}
        if key == "email"
        else {"phone": "+4930123456", "email": mails[0], "name": f"Dana {n}"}
        for n in range(50)
    ]
    gate = threading.Barrier(10)

    def come(part: list[dict[str, str]]) -> None:
        try:
            gate.wait()
            for body in part:
                receive(submissions=[Incoming(body=body)], door=Door.FORM, by=None, at=AT)
                take_in_waiting(at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(bodies[n::10],)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    take_in_waiting(at=AT)
    assert Lead.objects.count() == 1
    assert Merge.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_was_looked_up_just_before_a_merge_lands_on_the_one_that_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_office()
    one, other = two()
    meanwhile: list[object] = []

    def merge_elsewhere() -> None:
        try:
            merge(winner=one.id, loser=other.id, by=None, at=LATER)
        except Exception as error:  # noqa: BLE001 - told by the main thread
            meanwhile.append(error)
        finally:
            connection.close()

    def recorded(**given: Any) -> Any:
        if not meanwhile:
            meanwhile.append("merged")
            thread = threading.Thread(target=merge_elsewhere)
            thread.start()
            thread.join()
        return record(**given)

    monkeypatch.setattr("accord.flows.take_in.record", recorded)
    body = {"phone": "+4930123456", "message": "Are you there?"}
    (lead,) = send(body, at=LATER + HOUR)

    assert meanwhile == ["merged"]
    assert lead.id == one.id
    assert Activity.objects.get(text="Are you there?").lead_id == one.id
    assert left_behind(other.id) == {}
