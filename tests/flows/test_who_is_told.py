"""Every assignment and every answer tells somebody, and nobody hears of their own act.

Each act is played, and exactly those are told who are named: (kind, person).
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from accord.agreement import actions as agreement
from accord.base.lifecycle import Side
from accord.content.actions import Wanted
from accord.flows import answer_pass_back, begin, follow_up, pass_back, stand_in
from accord.flows.ask_for_content import (
    answer_requests,
    ask_for_content,
    take_requests,
    withdraw_requests,
)
from accord.flows.close import Opening, open_deals
from accord.flows.hand_off import offer
from accord.flows.merge import merge
from accord.flows.pass_back import Said
from accord.flows.pass_on import pass_on
from accord.flows.send_out import send_mail
from accord.flows.take_mail import take_mail
from accord.flows.take_notes import take_note
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Handoff, PassBack
from accord.leads.actions import renew_address
from accord.leads.models import Door, Lead
from accord.outbox import kinds
from accord.outbox.models import Notification
from accord.teams.models import Absence, Role, User
from tests.handoffs.office import (
    AT,
    HOUR,
    MINUTE,
    Office,
    demo,
    hand_raise,
    open_office,
    person,
    send,
)
from tests.laws.source import modules, obey, planted
from tests.outbox.servers import mail_server

pytestmark = pytest.mark.django_db
Told = set[tuple[str, uuid.UUID]]
LATER = AT + HOUR
CHANGED = ("at_least: 20", "at_least: 100")


@pytest.fixture
def office() -> Office:
    return open_office()


@contextmanager
def telling() -> Iterator[Told]:
    """Whoever is told anything in the block, and of what; filled in when it ends."""
    before = set(Notification.objects.values_list("id", flat=True))
    told: Told = set()
    yield told
    new = Notification.objects.filter(channel="app").exclude(id__in=before)
    told.update(new.values_list("kind", "user_id"))
    for kind, user in told:
        assert kinds.of(kind).concerns(User.objects.get(id=user).sides), kind


def other(office: Office, rep: uuid.UUID) -> uuid.UUID:
    (found,) = office.reps - {rep}
    return found


def come_back(handoff: Handoff, reason: str = "no_need") -> PassBack:
    pass_back.pass_back(
        handoffs=[handoff.id], said=Said(reason=reason), by=handoff.owner_id, at=LATER
    )
    return PassBack.objects.get(handoff_id=handoff.id)


def offered_by_hand(office: Office) -> Handoff:
    (lead,) = send({"email": "kim@acme.example", "name": "Kim"})
    (handoff,) = offer(leads=[lead.id], by=office.max.id, why="They called.", at=AT)
    return handoff


class TestAssignments:
    def test_an_offer_tells_the_rep(self, office):
        with telling() as told:
            handoff = hand_raise()
        assert told == {("handoff.offered", handoff.owner_id)}

    def test_an_offer_by_hand_tells_the_rep_and_not_who_made_it(self, office):
        with telling() as told:
            handoff = offered_by_hand(office)
        assert told == {("handoff.offered", handoff.owner_id)}

    def test_what_is_passed_on_of_whoever_is_gone_tells_who_gets_it(self, office):
        handoff = hand_raise()
        gone, to = handoff.owner_id, other(office, handoff.owner_id)
        follow_up.accept(handoffs=[handoff.id], by=gone, at=AT)
        open_deals(openings=[Opening(handoff.lead_id, "Forty seats", None)], by=gone, at=AT)
        stand_in.deactivate(user_id=gone, by=office.head.id, at=LATER)
        with telling() as told:
            pass_on(user_id=gone, to=to, by=office.head.id, at=LATER)
        assert told == {("work.passed_on", to)}

    def test_a_lead_that_a_rep_brings_tells_nobody(self, office):
        with telling() as told:
            send(demo(), door=Door.REP, by=office.mira.id)
        assert told == set()

    def test_the_queue_tells_the_head_and_whoever_is_back_first(self, office):
        for rep in (office.mira, office.tom):
            Absence.objects.create(user=rep, absent_from=AT - HOUR, absent_until=AT + 3 * HOUR)
        with telling() as told:
            handoff = hand_raise()
        assert handoff.owner_id is None
        assert told == {("handoff.queued", office.head.id)}
        with telling() as told:
            watch_clocks(at=AT + 3 * HOUR + MINUTE)
        handoff.refresh_from_db()
        assert told == {("handoff.offered", handoff.owner_id)}

    def test_who_takes_one_out_of_the_queue_knows_it(self, office):
        for rep in (office.mira, office.tom):
            Absence.objects.create(user=rep, absent_from=AT - HOUR, absent_until=AT + HOUR)
        handoff = hand_raise()
        with telling() as told:
            follow_up.claim(handoffs=[handoff.id], by=office.mira.id, at=AT + MINUTE)
        assert told == set()

    def test_reassigning_tells_both(self, office):
        handoff = hand_raise()
        to = other(office, handoff.owner_id)
        with telling() as told:
            follow_up.reassign(
                owners={handoff.id: to}, why="Knows them", by=office.head.id, at=LATER
            )
        assert told == {("handoff.offered", to), ("handoff.reassigned", handoff.owner_id)}
        texts = Notification.objects.filter(channel="app", created_at=LATER)
        assert all("Sofia: “Knows them”" in text for text in texts.values_list("text", flat=True))

    def test_who_gives_their_own_lead_away_is_not_told(self, office):
        handoff = hand_raise()
        to = other(office, handoff.owner_id)
        with telling() as told:
            follow_up.reassign(
                owners={handoff.id: to}, why="Is away", by=handoff.owner_id, at=LATER
            )
        assert told == {("handoff.offered", to)}

    def test_withdrawing_tells_the_rep(self, office):
        handoff = hand_raise()
        with telling() as told:
            follow_up.withdraw(handoffs=[handoff.id], why="By mistake", by=office.max.id, at=LATER)
        assert told == {("handoff.withdrawn", handoff.owner_id)}

    def test_merging_tells_whose_handoff_ends(self, office):
        one, two = hand_raise("dana"), hand_raise("kim", at=LATER)
        with telling() as told:
            merge(winner=one.lead_id, loser=two.lead_id, by=office.max.id, at=LATER + HOUR)
        ended = Handoff.objects.get(id=two.id)
        gone = two if ended.state == "withdrawn" else one
        assert told == {("handoff.withdrawn", gone.owner_id)}


def test_whoever_gets_a_lead_by_itself_has_a_mail_of_it(office, settings):
    for rep in (office.mira, office.tom):
        Absence.objects.create(user=rep, absent_from=AT - HOUR, absent_until=AT + HOUR)
    with mail_server(settings) as server:
        handoff = hand_raise()
        watch_clocks(at=LATER + MINUTE)
        send_mail(at=LATER + MINUTE)
    handoff.refresh_from_db()
    to = {office.mira.id: office.mira, office.tom.id: office.tom}[handoff.owner_id]
    assert [mail["To"] for mail in server.mails if "for you" in mail["Subject"]] == [to.email]


def test_what_is_given_up_tells_admins_once_a_day(office, settings):
    with mail_server(settings) as server:
        server.nobody = {f"{name}@halden.example": "550 No such user" for name in ("mira", "tom")}
        with telling() as told:
            for number in range(3):
                hand_raise(f"dana{number}", at=AT + number * MINUTE)
                send_mail(at=AT + number * MINUTE)
        assert ("outbox.given_up", office.head.id) in told
        about = Notification.objects.filter(kind="outbox.given_up", channel="app")
        assert about.count() == 1
        send_mail(at=AT + timedelta(days=1))
        assert about.count() == 1
        hand_raise("kim", at=AT + timedelta(days=1))
        send_mail(at=AT + timedelta(days=1))
        assert about.count() == 2


class TestAnswers:
    def test_accepting_what_was_offered_by_hand_tells_who_offered_it(self, office):
        handoff = offered_by_hand(office)
        with telling() as told:
            follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=LATER)
        assert told == {("handoff.accepted", office.max.id)}

    def test_accepting_what_came_by_itself_tells_nobody(self, office):
        handoff = hand_raise()
        with telling() as told:
            follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=LATER)
        assert told == set()

    def test_passing_back_and_undoing_it_tell_marketing(self, office):
        handoff = hand_raise()
        with telling() as told:
            come_back(handoff)
        assert told == {("handoff.passed_back", office.max.id)}
        with telling() as told:
            pass_back.undo_pass_back(
                handoffs=[handoff.id], by=handoff.owner_id, at=LATER + timedelta(seconds=5)
            )
        assert told == {("handoff.pass_back_undone", office.max.id)}

    @pytest.mark.parametrize("answer", ["agreed", "disagreed"])
    def test_marketings_answer_tells_the_rep(self, office, answer):
        handoff = hand_raise()
        back = come_back(handoff)
        with telling() as told:
            answer_pass_back.answer_pass_backs(
                backs=[back.id], answer=answer, note="They said so", by=office.max.id, at=LATER
            )
        assert told == {("pass_back.answered", handoff.owner_id)}

    def test_an_attempt_tells_nobody(self, office):
        handoff = hand_raise()
        with telling() as told:
            attempt = Attempt(lead_id=handoff.lead_id, channel="call", outcome="no_answer")
            follow_up.log_attempts(attempts=[attempt], by=handoff.owner_id, at=LATER)
        assert told == set()


class TestClocks:
    def test_a_miss_tells_the_rep_then_the_head_then_both_reps(self, office):
        handoff = hand_raise()
        first, second = handoff.owner_id, other(office, handoff.owner_id)
        with telling() as told:
            watch_clocks(at=LATER + MINUTE)
        assert told == {("clock.missed", first)}
        with telling() as told:
            watch_clocks(at=LATER + HOUR + MINUTE)
        assert told == {("clock.missed", office.head.id)}
        note = Notification.objects.get(channel="app", kind="clock.missed", user_id=office.head.id)
        assert note.subject == (
            f"{User.objects.get(id=first).name}: Dana Ruiz waits, “First attempt” was due "
            "Mon 2 Nov, 11:00"
        )
        assert note.link == f"/leads/{handoff.lead_id}/"
        assert "Log the call" not in note.text
        with telling() as told:
            watch_clocks(at=LATER + 4 * HOUR + MINUTE)
        assert told >= {("handoff.offered", second), ("handoff.reassigned", first)}
        both = Notification.objects.filter(channel="app", created_at=LATER + 4 * HOUR + MINUTE)
        for kind in ("handoff.offered", "handoff.reassigned"):
            why = "Why: nobody had tried to reach them in time."
            assert why in both.get(kind=kind).text

    def test_what_one_rep_misses_at_once_leads_the_head_to_one_list(self, office):
        for name in ("dana", "kim", "eva", "lea"):
            hand_raise(name)
        watch_clocks(at=LATER + MINUTE)
        watch_clocks(at=LATER + HOUR + MINUTE)
        notes = Notification.objects.filter(channel="app", user_id=office.head.id)
        links = sorted(notes.filter(kind="clock.missed").values_list("link", flat=True))
        assert links == sorted(
            f"/handoffs/?show=late&owner={id}" for id in office.reps for _ in "ab"
        )

    def test_a_miss_of_marketing_tells_marketing(self, office):
        come_back(hand_raise())
        with telling() as told:
            watch_clocks(at=AT + timedelta(days=5))
        assert ("pass_back.unanswered", office.max.id) in told

    def test_the_day_that_a_prospect_asked_for_tells_the_rep(self, office):
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=LATER)
        day = (AT + timedelta(days=2)).date()
        follow_up.pause(until={handoff.id: day}, by=handoff.owner_id, at=LATER)
        with telling() as told:
            watch_clocks(at=AT + timedelta(days=2))
        assert ("handoff.resumed", handoff.owner_id) in told


class TestContent:
    def test_asking_tells_all_of_marketing(self, office):
        with telling() as told:
            asked(office)
        assert told == {("content_request.asked", office.max.id)}

    def test_taking_and_turning_down_tell_who_asked_and_not_who_did_it(self, office):
        request = asked(office)
        with telling() as told:
            take_requests(requests=[request], by=office.max.id, at=LATER)
        assert told == {("content_request.taken", office.mira.id)}
        with telling() as told:
            say(request, "turned_down", office.max.id)
        assert told == {("content_request.answered", office.mira.id)}

    def test_taking_over_tells_who_had_it_too(self, office):
        ida = begin.add_person(newcomer=person("ida", [Role.MARKETER]), at=AT)
        request = asked(office)
        take_requests(requests=[request], by=ida.id, at=AT)
        with telling() as told:
            take_requests(requests=[request], by=office.max.id, at=LATER)
        assert told == {("content_request.taken", user) for user in (office.mira.id, ida.id)}

    def test_delivering_tells_who_asked(self, office):
        request = asked(office)
        with telling() as told:
            say(request, "delivered", office.max.id)
        assert told == {("content_request.answered", office.mira.id)}

    def test_withdrawing_tells_marketing_or_whoever_makes_it(self, office):
        ida = begin.add_person(newcomer=person("ida", [Role.MARKETER]), at=AT)
        everybody = {office.max.id, ida.id}
        for takes, meant in ((None, everybody), (ida.id, {ida.id})):
            request = asked(office)
            if takes:
                take_requests(requests=[request], by=takes, at=AT)
            with telling() as told:
                withdraw_requests(requests=[request], by=office.mira.id, at=LATER)
            assert told == {("content_request.withdrawn", user) for user in meant}

    def test_a_miss_tells_marketing_and_then_its_head(self, office):
        ida = begin.add_person(newcomer=person("ida", [Role.MARKETER]), at=AT)
        asked(office)
        kind, due = "content_request.unanswered", AT + timedelta(days=14, hours=7)
        with telling() as told:
            watch_clocks(at=due - timedelta(hours=1))
        assert told == {("content_request.at_risk", user) for user in (office.max.id, ida.id)}
        with telling() as told:
            watch_clocks(at=due + MINUTE)
        assert told == {(kind, office.max.id), (kind, ida.id)}
        with telling() as told:
            watch_clocks(at=due + timedelta(days=2))
        assert told == {(kind, office.max.id)}


def asked(office: Office) -> uuid.UUID:
    """Mira asks for something."""
    wanted = [Wanted("case_study", "Proof for their board")]
    (request,) = ask_for_content(wanted=wanted, by=office.mira.id, at=AT)
    return request.id


def say(request: uuid.UUID, answer: str, by: uuid.UUID) -> None:
    answer_requests(requests=[request], answer=answer, words="See there.", link="", by=by, at=LATER)


class TestProspects:
    def test_a_hand_raised_again_tells_the_owner(self, office):
        handoff = hand_raise()
        with telling() as told:
            send(demo(asks_for="price"), at=LATER)
        assert ("lead.raised_a_hand", handoff.owner_id) in told

    def test_a_mail_of_a_lead_tells_its_owner(self, office, settings):
        settings.COPY_ADDRESS = "log@example.org"
        handoff = hand_raise()
        to = other(office, handoff.owner_id)
        sender = {office.mira.id: office.mira, office.tom.id: office.tom}[to]
        token = renew_address(user=to, at=AT)
        raw = (
            f"From: {sender.email}\r\nTo: log+{token}@example.org\r\nSubject: Fwd: Hello\r\n"
            "Message-ID: <1@x>\r\nDate: Mon, 02 Nov 2026 09:10:00 +0000\r\n\r\n"
            "---------- Forwarded message ---------\r\nFrom: <dana@acme.example>\r\n"
            "Date: Mon, 2 Nov 2026 at 10:00\r\nSubject: Hello\r\nTo: <x@halden.example>\r\n\r\nHi"
        )
        with telling() as told:
            take_mail(raw=[raw.encode()], at=LATER)
        assert told == {("lead.wrote", handoff.owner_id)}


class TestColleagues:
    def test_a_mention_tells_who_is_meant_and_not_who_wrote(self, office):
        lead = Lead.objects.get(id=hand_raise().lead_id)
        with telling() as told:
            take_note(
                lead=lead,
                text="@Tom and @Max, please look. @Mira",
                kind="note.added",
                side=Side.SALES,
                by=office.mira.id,
                at=LATER,
            )
        assert told == {("note.mentioned", office.tom.id), ("note.mentioned", office.max.id)}

    def test_a_proposal_its_signatures_and_what_comes_into_force(self, office):
        def said(act: Callable[[], object]) -> Told:
            with telling() as told:
                act()
            return told

        document = agreement.default_document().replace(*CHANGED, 1)
        assert document != agreement.default_document()
        number = [0]

        def propose() -> None:
            number[0] = agreement.propose(
                document=document, by=office.head.id, at=AT, reason="More time"
            )

        about = "agreement.proposed"
        assert said(propose) == {(about, office.max.id)}
        given = {"number": number[0], "at": LATER}
        said_by_max = said(
            lambda: agreement.comment(place="", text="Why?", by=office.max.id, **given)
        )
        assert said_by_max == {(about, office.head.id)}
        first = said(lambda: agreement.sign(seat="sales", by=office.head.id, **given))
        assert first == {(about, office.max.id)}
        second = said(lambda: agreement.sign(seat="marketing", by=office.max.id, **given))
        everybody = {office.head.id, office.mira.id, office.tom.id, office.max.id}
        in_force = {("agreement.in_force", user) for user in everybody}
        assert second == {(about, office.head.id), *in_force}

    def test_a_proposal_that_is_turned_down_or_taken_back(self, office):
        document = agreement.default_document().replace(*CHANGED, 1)
        number = agreement.propose(document=document, by=office.head.id, at=AT, reason="Time")
        with telling() as told:
            agreement.turn_down(number=number, why="Too long", by=office.max.id, at=LATER)
        assert told == {("agreement.proposed", office.head.id)}
        number = agreement.propose(document=document, by=office.head.id, at=AT, reason="Again")
        with telling() as told:
            agreement.withdraw(number=number, by=office.head.id, at=LATER)
        assert told == {("agreement.proposed", office.max.id)}


def kinds_told(found) -> dict[str, str]:
    """The kinds of all tellings in the source, and where they are."""
    import ast

    told = {}
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Telling"):
                for each in node.keywords:
                    if each.arg == "kind" and isinstance(each.value, ast.Constant):
                        told[str(each.value.value)] = module.at(node)
    return told


def test_every_kind_that_is_told_can_be_chosen() -> None:
    told = kinds_told(modules())
    assert len(told) > 10
    reason = "Register what people are told in the room's notices.py, so that they can choose."
    obey(
        reason,
        (f"{where} {kind}" for kind, where in told.items() if kind not in kinds.registered()),
    )
    assert list(kinds_told(planted("handoffs.actions", "Telling(kind='handoff.sung')")))
