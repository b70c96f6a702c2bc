"""One mail a person and working day, when it begins on their own wall clock."""

import os
import signal
import threading
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.content.actions import Wanted
from accord.content.models import ContentRequest, RequestState
from accord.flows import digest, pass_back
from accord.flows.ask_for_content import answer_requests, ask_for_content
from accord.flows.digest import send_digests
from accord.flows.pass_back import Said
from accord.outbox.actions import Listening, set_listener, tell
from accord.outbox.models import Notification
from accord.teams.models import Absence, User
from tests.handoffs.office import AT, HOUR, MINUTE, hand_raise, open_office
from tests.outbox.people import telling

EIGHT = AT - HOUR  # Monday, 9:00 in Berlin: work begins
TOMORROW = EIGHT + timedelta(days=1)
pytestmark = pytest.mark.django_db


def digests(**of: object) -> list[Notification]:
    return list(Notification.objects.filter(kind="digest", **of).order_by("created_at"))


def test_comes_when_the_working_day_begins_and_once():
    open_office()
    assert send_digests(at=EIGHT - timedelta(seconds=1)) == 0
    assert send_digests(at=EIGHT) == 4
    for minutes in (0, 1, 60, 400):
        assert send_digests(at=EIGHT + timedelta(minutes=minutes)) == 0
    assert send_digests(at=TOMORROW) == 4


def test_comes_late_when_it_could_not_be_sent_and_not_after_work():
    open_office()
    assert send_digests(at=EIGHT + 8 * HOUR) == 0
    assert send_digests(at=EIGHT + 7 * HOUR) == 4


def test_comes_in_each_persons_own_zone_and_on_working_days_alone():
    office = open_office()
    User.objects.filter(id=office.tom.id).update(time_zone="America/New_York")
    assert send_digests(at=EIGHT) == 3
    assert send_digests(at=EIGHT + 6 * HOUR) == 1
    assert digests(user_id=office.tom.id)[0].created_at == EIGHT + 6 * HOUR
    assert send_digests(at=EIGHT + timedelta(days=5)) == 0


def test_not_to_who_is_away_or_wants_none():
    office = open_office()
    Absence.objects.create(
        user=office.mira, absent_from=EIGHT - HOUR, absent_until=EIGHT + timedelta(days=3)
    )
    set_listener(user=office.tom.id, listening=Listening(gets_digest=False))
    assert send_digests(at=EIGHT) == 2


def test_says_what_waits_what_of_it_is_at_risk_and_that_nothing_slips():
    office = open_office()
    handoff = hand_raise("dana", at=AT)
    send_digests(at=AT)
    (mine,) = digests(user_id=handoff.owner_id)
    assert mine.subject == "Your day: 1 lead waits (1 at risk)"
    assert mine.text.count("Dana Ruiz, due Mon 2 Nov,") == 1
    assert f"{settings.ACCORD_URL}/leads/{handoff.lead_id}/" in mine.text
    assert "Zero leaks" in mine.text
    other = next(id for id in office.reps if id != handoff.owner_id)
    (theirs,) = digests(user_id=other)
    assert theirs.subject == "Your day: nothing waits for you"
    assert "No lead waits for you." in theirs.text
    assert "came back" not in theirs.text


def test_names_the_leads_that_slip_ones_own_first():
    office = open_office()
    late = [hand_raise(f"kim{n}", at=AT) for n in range(5)]
    send_digests(at=AT + 4 * HOUR)
    for person in (office.mira, office.tom):
        own = [each.lead_id for each in late if each.owner_id == person.id]
        (mail,) = digests(user_id=person.id)
        said = f"Your day: {len(own)} leads wait ({len(own)} at risk), {len(own)} slip"
        assert mail.subject == said
        title, *lines = mail.text.split("\n\n")[1].splitlines()
        assert title == f"Leads that slip through (yours: {len(own)}): 5"
        assert lines[0].startswith("– Kim")
        assert lines[0].endswith(
            f" · {person.name} · Handed over, and nobody has tried: handed over 4 h ago"
        )
        links = [line.strip() for line in lines[1::2]]
        addresses = {f"{settings.ACCORD_URL}/leads/{lead}/" for lead in own}
        assert set(links[: len(own)]) == addresses
        assert len(links) == 5
    (heads,) = digests(user_id=office.head.id)
    assert "5 slip" in heads.subject
    assert "Leads that slip through: 5" in heads.text
    (marketings,) = digests(user_id=office.max.id)
    assert "slip" not in marketings.subject


def test_does_not_say_that_nothing_slips_where_nobody_can_tell():
    office = open_office()
    hand_raise("dana", at=AT)
    send_digests(at=AT + MINUTE)
    (marketings,) = digests(user_id=office.max.id)
    assert "Zero leaks" not in marketings.text
    assert "of some nobody can tell yet" in marketings.text


def test_marketing_reads_what_came_back():
    office = open_office()
    handoff = hand_raise("dana", at=AT - timedelta(days=3))
    pass_back.pass_back(
        handoffs=[handoff.id], said=Said(reason="no_need"), by=handoff.owner_id, at=EIGHT
    )
    send_digests(at=EIGHT)
    (mine,) = digests(user_id=office.max.id)
    assert "1 came back" in mine.subject
    assert "Dana Ruiz" in mine.text


def test_marketing_reads_what_content_sales_waits_for():
    office = open_office()
    need = "A case study of a water utility,\nfor their board"
    wanted = [Wanted(piece="case_study", need=need), Wanted(piece="other", need="A price list")]
    first, second = ask_for_content(wanted=wanted, by=office.mira.id, at=EIGHT - HOUR)
    late = EIGHT - timedelta(days=3)
    ContentRequest.objects.filter(id=second.id).update(due_at=late, warns_at=None)
    send_digests(at=EIGHT)
    (mine,) = digests(user_id=office.max.id)
    assert "2 pieces of content" in mine.subject
    assert "Content that sales asks for (1 past due): 2" in mine.text
    lines = mine.text.splitlines()
    said = next(n for n, line in enumerate(lines) if "A price list, due Fri 30 Oct" in line)
    assert f"/content/requests/?request={second.id}" in lines[said + 1]
    assert "Case study: A case study of a water utility, for their board" in lines[said + 2]
    (reps,) = digests(user_id=office.mira.id)
    assert "content" not in reps.text
    answer_requests(
        requests=[first.id, second.id],
        answer=RequestState.TURNED_DOWN,
        words="We have none.",
        link="",
        by=office.max.id,
        at=EIGHT,
    )
    send_digests(at=TOMORROW)
    assert "Sales waits for no content." in digests(user_id=office.max.id)[1].text


def test_what_was_kept_for_it_stands_in_it_and_goes_out_with_it():
    office = open_office()
    small = [
        telling(office.mira, kind="handoff.withdrawn", subject=f"Small {n}") for n in range(10)
    ]
    tell(tellings=small, at=EIGHT - HOUR)
    send_digests(at=EIGHT)
    (mine,) = digests(user_id=office.mira.id)
    assert "Small 0" in mine.text
    assert "and 2 more" in mine.text
    assert not Notification.objects.filter(state="kept").exists()


def test_more_people_take_no_more_statements():
    office = open_office()
    hand_raise("dana")
    set_listener(user=office.head.id, listening=Listening(gets_digest=False))
    with CaptureQueriesContext(connection) as few:
        send_digests(at=AT + 2 * HOUR)
    set_listener(user=office.head.id, listening=Listening())
    for n in range(3):
        hand_raise(f"kim{n}", at=TOMORROW)
    with CaptureQueriesContext(connection) as more:
        send_digests(at=TOMORROW + 3 * HOUR)
    assert len(more) <= len(few)


@pytest.mark.django_db(transaction=True)
class TestOnce:
    def test_two_at_once_write_one_each(self):
        open_office()
        begin, counts = threading.Barrier(3), []

        def work():
            begin.wait()
            counts.append(send_digests(at=EIGHT))
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(3)]
        [worker.start() for worker in workers]
        [worker.join() for worker in workers]
        assert (sum(counts), len(digests())) == (4, 4)

    def test_killed_in_between_it_is_written_by_the_next_with_all_that_was_kept(self, monkeypatch):
        office = open_office()
        kept = telling(office.mira, kind="handoff.withdrawn", subject="Kept")
        tell(tellings=[kept], at=EIGHT - HOUR)
        connection.close()
        child = os.fork()
        if child == 0:
            put = digest.put_digests

            def killed(**given: object) -> int:
                from django.db import transaction

                with transaction.atomic():
                    put(**given)
                    os.kill(os.getpid(), signal.SIGKILL)
                return 0

            digest.put_digests = killed
            send_digests(at=EIGHT)
        _pid, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        assert digests() == []
        assert send_digests(at=EIGHT + timedelta(minutes=1)) == 4
        assert "Kept" in digests(user_id=office.mira.id)[0].text
        assert datetime.fromisoformat("2026-11-02T08:01:00+00:00") == digests()[0].created_at
