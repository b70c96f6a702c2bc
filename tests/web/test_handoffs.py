"""The inbox: accept, log, qualify, pass back and undo, with htmx and without."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from accord.handoffs.models import Assignment, Clock, Handoff, NextStep, PassBack
from accord.leads.models import Activity, Lead
from accord.teams.models import User
from accord.web.times import left
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/handoffs/"}


@pytest.fixture
def sam(signed_in: SignedIn) -> Client:
    return signed_in("rep")


def act(client: Client, name: str, handoff: Handoff, *, htmx: bool = True, **given: Any) -> Any:
    headers = HTMX if htmx else {}
    return client.post(reverse(name, args=[handoff.id]), given, headers=headers)


def to_queue(handoff: Handoff) -> None:
    Handoff.objects.filter(id=handoff.id).update(owner=None, assigned_at=None)
    Clock.objects.filter(handoff_id=handoff.id).delete()
    Assignment.objects.filter(handoff_id=handoff.id).delete()


class TestInbox:
    def test_says_whom_to_call_why_and_how_much_time_is_left(
        self, sam: Client, handoff: Handoff
    ) -> None:
        page = str(sam.get(reverse("handoffs")).content, "utf-8")

        assert "Dana Ruiz" in page
        assert page.count("We need to replace our spreadsheets before June") == 1
        assert "Ready because" in page
        assert 'class="clock' in page

    def test_is_empty_with_a_sentence(self, sam: Client) -> None:
        assert "Nobody waits for you" in str(sam.get(reverse("handoffs")).content)

    def test_says_how_many_promises_were_kept_today(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_acceptance", handoff)
        assert "Kept today 1 of 1" in str(sam.get(reverse("handoffs")).content, "utf-8")

    def test_comes_by_ten_and_says_how_many_are_left(
        self, sam: Client, sends: Sends, cast: dict[str, User]
    ) -> None:
        for number in range(12):
            sends(email=f"person{number}@acme.example", phone="")
        Handoff.objects.update(owner=cast["rep"])

        first = str(sam.get(reverse("handoffs")).content, "utf-8")
        assert (first.count("<article"), "Show more (2 left)" in first) == (10, True)
        address = reverse("handoffs") + "?show=mine&begin=10"
        rest = str(sam.get(address, headers={"HX-Request": "true"}).content, "utf-8")
        assert (rest.count("<article"), "Show more" in rest) == (2, False)
        seen = re.findall(r'id="handoff-([\w-]+)"', first + rest)
        assert len(set(seen)) == 12


def give(handoff: Handoff, to: User) -> None:
    Handoff.objects.filter(id=handoff.id).update(owner=to)


def stands_out(client: Client, handoff: Handoff) -> list[str]:
    """The buttons of a handoff on its lead's page that are the primary ones."""
    page = str(client.get(reverse("lead", args=[handoff.lead_id])).content, "utf-8")
    acts = page[page.index(f'id="handoff-{handoff.id}"') : page.index(f'id="act-{handoff.id}"')]
    found = re.findall(r'class="btn btn-primary"[^>]*>\s*<svg.*?</svg>([^<]*)<', acts, re.S)
    return [each.strip() for each in found]


class TestWhatStandsOut:
    def test_is_to_call_until_somebody_talked_with_them(
        self, sam: Client, handoff: Handoff
    ) -> None:
        assert stands_out(sam, handoff) == ["Call"]
        act(sam, "handoff_acceptance", handoff)
        assert stands_out(sam, handoff) == ["Call"]
        act(sam, "handoff_attempts", handoff, channel="call", outcome="no_answer")
        assert stands_out(sam, handoff) == ["Call"]
        act(sam, "handoff_attempts", handoff, channel="call", outcome="connected")
        assert stands_out(sam, handoff) == ["Qualify"]

    def test_is_to_write_to_who_has_no_number(self, sam: Client, handoff: Handoff) -> None:
        Lead.objects.filter(id=handoff.lead_id).update(phone=None)
        assert stands_out(sam, handoff) == ["Write"]
        page = str(sam.get(reverse("handoffs")).content, "utf-8")
        sheet = reverse("handoff_attempts", args=[handoff.id])
        assert f'href="mailto:dana@acme-tools.example" data-beside="{sheet}"' in page
        act(sam, "handoff_acceptance", handoff)
        assert stands_out(sam, handoff) == ["Write"]
        act(sam, "handoff_attempts", handoff, channel="email", outcome="connected")
        assert stands_out(sam, handoff) == ["Qualify"]

    def test_is_not_to_qualify_whom_nobody_has_reached_for(
        self, sam: Client, handoff: Handoff
    ) -> None:
        Lead.objects.filter(id=handoff.lead_id).update(phone=None, email=None)
        assert stands_out(sam, handoff) == ["Accept"]
        act(sam, "handoff_acceptance", handoff)
        assert stands_out(sam, handoff) == ["Log"]

    def test_is_what_was_planned(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_attempts", handoff, channel="call", outcome="connected")
        due_at = datetime.now(UTC) + timedelta(days=1)
        plan = {"channel": "email", "due_at": due_at.isoformat()}
        act(sam, "handoff_next_step", handoff, **plan)
        assert stands_out(sam, handoff) == ["Write"]


class TestAnActAsAPageOfItsOwn:
    def test_stands_below_its_handoff_and_leads_back(
        self, signed_in: SignedIn, handoff: Handoff
    ) -> None:
        for name in ("handoff_attempts", "handoff_pass_back", "handoff_owner"):
            response = signed_in("head_of_sales").get(reverse(name, args=[handoff.id]))
            page = str(response.content, "utf-8")
            lead = reverse("lead", args=[handoff.lead_id])
            assert f'href="{lead}">Dana Ruiz</a>' in page
            assert f'data-back="{lead}"' in page
            assert "With Sam" in page
            assert 'class="clock' in page
            assert page.index("Ready because") < page.index('class="in-place')

    def test_goes_back_to_the_lead(self, sam: Client, handoff: Handoff) -> None:
        here = "http://testserver" + reverse("handoff_attempts", args=[handoff.id])
        headers = {"HX-Request": "true", "HX-Current-URL": here}
        lead = reverse("lead", args=[handoff.lead_id])
        given = {"channel": "call", "outcome": "no_answer", "next": lead}
        response = sam.post(reverse("handoff_attempts", args=[handoff.id]), given, headers=headers)
        assert response["HX-Redirect"] == f"{lead}?tried=1"


class TestClocks:
    @pytest.mark.parametrize(
        ("hours", "says"),
        [(1.5, "1:30:00 left"), (3, "due 11:28"), (16, "due tomorrow 00:28"), (-1, "1:00:00 over")],
    )
    def test_count_down_within_two_hours_and_say_when_before(self, hours: float, says: str) -> None:
        at = datetime(2026, 11, 30, 8, 28, tzinfo=UTC)
        with timezone.override(UTC):
            assert f">{says}<" in left({"at": at}, at + timedelta(hours=hours))


class TestAccepting:
    def test_shows_the_handoff_as_it_is_now_in_its_place(
        self, sam: Client, handoff: Handoff
    ) -> None:
        response = act(sam, "handoff_acceptance", handoff)

        page = str(response.content, "utf-8")
        handoff.refresh_from_db()
        assert handoff.state == "accepted"
        assert page.startswith("\n\n<article") or "<article" in page
        assert 'hx-swap-oob="beforeend:#notices"' in page
        assert "Qualify" in page

    def test_works_as_a_plain_form(self, sam: Client, handoff: Handoff) -> None:
        response = act(sam, "handoff_acceptance", handoff, htmx=False, next="/handoffs/")

        handoff.refresh_from_db()
        assert (response.status_code, response["Location"]) == (302, "/handoffs/")
        assert handoff.state == "accepted"

    def test_a_second_tap_says_what_became_of_it(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_acceptance", handoff)

        response = act(sam, "handoff_acceptance", handoff)

        assert response.status_code == 409
        assert 'role="alert"' in str(response.content)

    def test_never_leads_elsewhere_afterwards(self, sam: Client, handoff: Handoff) -> None:
        response = act(sam, "handoff_acceptance", handoff, htmx=False, next="//elsewhere.example/")

        assert "elsewhere" not in response["Location"]


class TestAttempts:
    def test_open_in_place_with_the_number_to_call(self, sam: Client, handoff: Handoff) -> None:
        address = reverse("handoff_attempts", args=[handoff.id])
        page = str(sam.get(address, headers=HTMX).content, "utf-8")

        assert 'href="tel:+4930123456"' in page
        assert "<html" not in page

    def test_that_did_not_connect_stop_the_first_clock_only(
        self, sam: Client, handoff: Handoff
    ) -> None:
        act(
            sam, "handoff_attempts", handoff, channel="call", outcome="no_answer", note="Voice mail"
        )

        clocks = dict(Clock.objects.filter(handoff_id=handoff.id).values_list("kind", "state"))
        assert clocks == {"first_attempt": "stopped", "answer": "running", "attempts": "running"}
        assert Activity.objects.get(kind="attempt.logged").text == "Voice mail"

    def test_a_conversation_accepts(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_attempts", handoff, channel="call", outcome="connected")

        handoff.refresh_from_db()
        assert handoff.state == "accepted"

    def test_after_a_conversation_says_what_is_next_and_asks_what_was_heard(
        self, sam: Client, handoff: Handoff
    ) -> None:
        said = {"channel": "call", "outcome": "connected"}
        page = str(act(sam, "handoff_attempts", handoff, **said).content, "utf-8")

        next_to_it = page[page.index("no further attempt is promised") :]
        for name in ("handoff_qualification", "handoff_next_step", "handoff_pass_back"):
            assert reverse(name, args=[handoff.id]) in next_to_it
        heard = reverse("lead_learnings", args=[handoff.lead_id])
        assert f'open hx-get="{heard}?talked=1" hx-trigger="load"' in next_to_it
        assert "Logged: Dana Ruiz." in page

    def test_that_cannot_be_are_refused_at_their_field(self, sam: Client, handoff: Handoff) -> None:
        response = act(sam, "handoff_attempts", handoff, outcome="no_answer", channel="pigeon")
        assert response.status_code == 422
        assert 'data-refused="channel"' in str(response.content)


class TestPassingBack:
    def test_opens_in_place_and_says_what_each_reason_does(
        self, sam: Client, handoff: Handoff
    ) -> None:
        address = reverse("handoff_pass_back", args=[handoff.id])
        page = str(sam.get(address, headers=HTMX).content, "utf-8")

        assert "No budget" in page
        assert "When is the next budget decided?" in page
        assert "It may return after" in page
        assert re.search(r'type="date" min="\d{4}-\d\d-\d\d"', page)

    def test_takes_the_row_away_and_offers_to_undo(self, sam: Client, handoff: Handoff) -> None:
        response = act(
            sam, "handoff_pass_back", handoff, reason="no_need", note="Not before spring"
        )

        page = str(response.content, "utf-8")
        assert PassBack.objects.get().note == "Not before spring"
        assert "<article" not in page
        assert reverse("handoff_pass_back_undoing", args=[handoff.id]) in page

    def test_can_be_taken_back(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_pass_back", handoff, reason="no_need")

        act(sam, "handoff_pass_back_undoing", handoff, htmx=False)

        handoff.refresh_from_db()
        assert handoff.disposed_at is None
        assert PassBack.objects.get().undone_at is not None

    def test_without_what_the_reason_asks_for_is_refused_in_words(
        self, sam: Client, handoff: Handoff
    ) -> None:
        response = act(sam, "handoff_pass_back", handoff, reason="competitor")

        assert response.status_code == 422
        assert "Which one?" in str(response.content)

    def test_is_read_by_marketing_in_the_rep_s_words(
        self, sam: Client, handoff: Handoff, signed_in: SignedIn
    ) -> None:
        act(sam, "handoff_pass_back", handoff, reason="no_need", note="Not before spring")

        for place in ("came_back", "today"):
            page = str(signed_in("marketer").get(reverse(place)).content, "utf-8")
            assert "Not before spring" in page


class TestQualifying:
    def test_without_the_whole_checklist_asks_why(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_acceptance", handoff)

        response = act(sam, "handoff_qualification", handoff)

        assert response.status_code == 422

    def test_goes_on_to_the_lead_where_a_deal_can_be_opened(
        self, sam: Client, handoff: Handoff
    ) -> None:
        act(sam, "handoff_attempts", handoff, channel="call", outcome="connected")
        response = act(sam, "handoff_qualification", handoff, note="A date and a budget line")

        handoff.refresh_from_db()
        assert handoff.qualified_at is not None
        assert response["HX-Redirect"] == reverse("lead", args=[handoff.lead_id])


class TestCalls:
    def begin(self, client: Client, handoff: Handoff) -> str:
        response = client.post(reverse("lead_calls", args=[handoff.lead_id]), headers=HTMX)
        assert "What came of it?" in str(response.content)
        return reverse("call_outcome", args=[Activity.objects.get(kind="call.begun").id])

    def test_are_logged_by_a_tap_on_the_number_and_one_on_the_outcome(
        self, sam: Client, handoff: Handoff
    ) -> None:
        inbox = str(sam.get(reverse("handoffs")).content, "utf-8")
        assert 'href="tel:+4930123456"' in inbox
        assert f'data-call="{reverse("lead_calls", args=[handoff.lead_id])}"' in inbox

        page = str(
            sam.post(self.begin(sam, handoff), {"outcome": "no_answer"}, headers=HTMX).content
        )

        assert Activity.objects.get(kind="attempt.logged").outcome == "no_answer"
        assert "1 of 6 promised attempts are made." in page
        assert "Take it as the next step" in page

    def test_wait_on_today_until_somebody_says_what_came_of_them(
        self, sam: Client, handoff: Handoff
    ) -> None:
        outcome = self.begin(sam, handoff)
        assert outcome in str(sam.get(reverse("today")).content)

        response = sam.post(outcome, {"outcome": "connected", "next": "/"})

        assert (response.status_code, response["Location"]) == (302, "/")
        assert outcome not in str(sam.get(reverse("today")).content)

    def test_on_a_lead_s_page_lead_back_to_it_with_what_is_next(
        self, sam: Client, handoff: Handoff
    ) -> None:
        lead = reverse("lead", args=[handoff.lead_id])
        response = sam.post(self.begin(sam, handoff), {"outcome": "no_answer", "next": lead})
        assert response["Location"] == f"{lead}?tried=1"
        assert "promised attempts are made" in str(sam.get(response["Location"]).content)

    def test_of_a_lead_that_one_may_not_see_are_not_begun(
        self, signed_in: SignedIn, handoff: Handoff
    ) -> None:
        address = reverse("lead_calls", args=[handoff.lead_id])
        assert signed_in("marketer").post(address).status_code == 403

    def test_that_were_none_are_taken_back(self, sam: Client, handoff: Handoff) -> None:
        self.begin(sam, handoff)
        call = Activity.objects.get(kind="call.begun")
        sam.post(reverse("call_withdrawal", args=[call.id]), headers=HTMX)
        handoff.refresh_from_db()
        assert handoff.first_attempt_at is None


class TestWhatWasHeard:
    def test_is_kept_typed_and_judged(self, sam: Client, handoff: Handoff) -> None:
        given = {
            "question": "Does it read Modbus?",
            "words": "we lose a batch a month",
            "objection": "timing",
            "objection_words": "after the audit",
            "competitor": "Endor",
            "authority": "decides",
            "budget": "40.000 EUR",
        }
        sam.post(reverse("lead_learnings", args=[handoff.lead_id]), given, headers=HTMX)

        heard = Activity.objects.filter(lead_id=handoff.lead_id, known_at__gt=handoff.offered_at)
        kept = {a.kind: (a.outcome, a.text) for a in heard}
        assert kept["question.asked"] == (None, "Does it read Modbus?")
        assert kept["words.heard"] == (None, "we lose a batch a month")
        assert kept["objection.heard"] == ("timing", "after the audit")
        assert kept["competitor.heard"] == (None, "Endor")
        lead = Lead.objects.get(id=handoff.lead_id)
        assert (lead.authority, lead.budget) == ("decides", 40000)
        story = str(sam.get(reverse("lead", args=[lead.id])).content, "utf-8")
        assert "Also looks at Endor" in story
        assert "what speaks against it: Not now" in story

    def test_may_be_nothing(self, sam: Client, handoff: Handoff) -> None:
        before = Activity.objects.count()
        sam.post(reverse("lead_learnings", args=[handoff.lead_id]), {}, headers=HTMX)
        assert Activity.objects.count() == before

    def test_of_a_kind_there_is_not_is_refused(self, sam: Client, handoff: Handoff) -> None:
        address = reverse("lead_learnings", args=[handoff.lead_id])
        assert sam.post(address, {"objection": "weather"}, headers=HTMX).status_code == 422


class TestWhatIsNext:
    def test_is_taken_in_one_tap_and_stands_on_the_card(
        self, sam: Client, handoff: Handoff
    ) -> None:
        form = str(
            act(sam, "handoff_attempts", handoff, channel="call", outcome="no_answer").content
        )
        due_at = re.search(r'name="due_at" value="([^"]+)"', form)
        assert due_at
        page = act(sam, "handoff_next_step", handoff, channel="call", due_at=due_at[1]).content
        assert NextStep.objects.get().channel == "call"
        assert "Call:" in str(page)

    def test_keeps_what_they_were_promised_unless_the_rep_says_so(
        self, sam: Client, handoff: Handoff
    ) -> None:
        day, until = localdate() + timedelta(days=20), localdate() + timedelta(days=21)
        said = {"channel": "call", "outcome": "left_message"}
        page = act(sam, "handoff_attempts", handoff, **said, until=until.isoformat()).content
        assert "that stays the next step" in str(page)
        assert "Take it as the next step" not in str(page)
        other = {"channel": "email", "due_at": f"{day}T10:00"}
        assert act(sam, "handoff_next_step", handoff, **other).status_code == 409
        form = str(sam.get(reverse("handoff_next_step", args=[handoff.id]), headers=HTMX).content)
        named = re.search(r'name="in_place_of" value="([^"]+)"', form)
        assert named
        act(sam, "handoff_next_step", handoff, **other, in_place_of=named[1])
        assert NextStep.objects.get().channel == "email"

    def test_can_be_put_aside_and_taken_up(self, sam: Client, handoff: Handoff) -> None:
        form = str(sam.get(reverse("handoff_aside", args=[handoff.id]), headers=HTMX).content)
        until = re.findall(r'name="until" value="([^"]+)"', form)
        assert until
        page = str(act(sam, "handoff_aside", handoff, until=until[0]).content)
        assert "put aside until then" in page
        act(sam, "handoff_aside_end", handoff)
        handoff.refresh_from_db()
        assert handoff.put_aside_until_at is None

    def test_a_moment_that_is_none_is_refused_in_words(self, sam: Client, handoff: Handoff) -> None:
        assert act(sam, "handoff_aside", handoff, until="soon").status_code == 422


class TestTakingOneOutOfTheQueue:
    def test_says_who_was_faster_to_whoever_was_too_slow(
        self, sam: Client, signed_in: SignedIn, handoff: Handoff
    ) -> None:
        to_queue(handoff)
        first = act(signed_in("head_of_sales"), "handoff_claim", handoff)
        assert "is yours now." in str(first.content)
        second = act(sam, "handoff_claim", handoff)
        assert (second.status_code, "with Sofia Brandt" in str(second.content)) == (409, True)
        assert "yours now" not in str(second.content)


class TestTheHeadOfSales:
    def test_gives_a_handoff_to_somebody_else_with_a_reason(
        self, signed_in: SignedIn, handoff: Handoff, cast: dict[str, User]
    ) -> None:
        sofia, to = signed_in("head_of_sales"), cast["head_of_sales"]
        assert act(sofia, "handoff_owner", handoff, owner=to.id).status_code == 422
        act(sofia, "handoff_owner", handoff, owner=to.id, why="Sam is ill")
        handoff.refresh_from_db()
        assert handoff.owner_id == to.id
        assert Activity.objects.get(kind="handoff.reassigned").text == "Sam is ill"

    def test_is_told_what_really_happened(
        self, signed_in: SignedIn, handoff: Handoff, cast: dict[str, User]
    ) -> None:
        sofia, sam = signed_in("head_of_sales"), cast["rep"]
        to_queue(handoff)
        given = act(sofia, "handoff_owner", handoff, owner=sam.id, why="Nearest")
        assert f"is with {sam.name} now, out of the queue." in str(given.content)
        again = act(sofia, "handoff_owner", handoff, owner=sam.id, why="Nearest")
        assert (again.status_code, f"with {sam.name} already" in str(again.content)) == (409, True)

    def test_sees_all_that_is_open_first_unless_some_of_it_is_theirs(
        self, signed_in: SignedIn, handoff: Handoff, cast: dict[str, User]
    ) -> None:
        sofia = signed_in("head_of_sales")
        assert "Dana Ruiz" in str(sofia.get(reverse("handoffs")).content)
        assert "Dana Ruiz" not in str(sofia.get(reverse("handoffs"), {"show": "mine"}).content)
        give(handoff, cast["head_of_sales"])
        assert 'href="?show=mine" aria-current' in str(sofia.get(reverse("handoffs")).content)

    def test_narrows_them_to_one_person_and_reads_whose_they_are(
        self, signed_in: SignedIn, handoff: Handoff, cast: dict[str, User]
    ) -> None:
        sofia = signed_in("head_of_sales")
        of_sam, of_sofia = (
            str(sofia.get(reverse("handoffs"), {"show": "all", "owner": cast[role].id}).content)
            for role in ("rep", "head_of_sales")
        )
        assert "Dana Ruiz" in of_sam
        assert f"With {cast['rep'].name}" in of_sam
        assert f'<option value="{cast["rep"].id}" selected>' in of_sam
        assert "Dana Ruiz" not in of_sofia

    def test_has_reassigning_first_on_what_others_have(
        self, signed_in: SignedIn, handoff: Handoff, cast: dict[str, User]
    ) -> None:
        def acts() -> list[str]:
            page = signed_in("head_of_sales").get(reverse("handoffs"), {"show": "all"})
            return re.findall(r'data-key="(\w)"', str(page.content).split("main-act")[1])

        assert acts()[0] == "o"
        give(handoff, cast["head_of_sales"])
        assert acts()[0] == "c"
        assert acts().count("o") == 1

    def test_is_the_only_one_who_does(self, sam: Client, handoff: Handoff) -> None:
        assert act(sam, "handoff_owner", handoff, why="x").status_code == 403


def test_the_line_blamed_most_is_ticked_and_what_is_missing_is_said(
    sam: Client, handoff: Handoff
) -> None:
    address = reverse("handoff_pass_back", args=[handoff.id])
    page = str(sam.get(address, headers=HTMX).content, "utf-8")
    assert page.count(" checked>") == 1
    assert "0 of 6 promised attempts are made." in page
