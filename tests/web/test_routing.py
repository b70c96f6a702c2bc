"""The settings pages of routing: who may, what they save, and that looking writes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accord.base.ids import new_id
from accord.deals.models import Deal
from accord.flows import close, follow_up
from accord.handoffs.actions.pools import default_pool
from accord.handoffs.models import Handoff, Pool, PoolMember, Route
from accord.leads.models import Lead
from accord.teams.actions import add_absence, add_calendar, set_calendar
from accord.teams.models import SettingChange, Team, User

SignedIn = Callable[[str], Client]
Sends = Callable[..., Lead]


@pytest.fixture
def head(signed_in: SignedIn) -> Client:
    return signed_in("head_of_sales")


def text(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.content
    return str(response.content, "utf-8")


def territory(client: Client, *, act: str = "save", **more: str) -> str:
    """A route for Germany, as the form sends it."""
    form = {
        "act": act,
        "rows": "1",
        "name": "German-speaking",
        "kind": "criteria",
        "leads_to": f"pool:{default_pool().id}",
        "is_active": "on",
        "level-0": "must",
        "depth-0": "0",
        "kind-0": "ask",
        "asks-0": "Country",
        "operator-0": "one_of",
        "value-0": "Germany, Austria",
    }
    response = client.post(reverse("route_new"), form | more)
    return f"{response.status_code} {str(response.content, 'utf-8')}"


class TestARoute:
    def test_is_put_together_row_by_row_and_stands_in_the_list(self, head: Client) -> None:
        assert territory(head).startswith("302")
        route = Route.objects.get()
        assert route.criteria == {
            "must": {"all": [{"fact": "country", "one_of": ["Germany", "Austria"]}]}
        }
        page = text(head, "routing")
        assert "German-speaking" in page
        assert "Country is one of Germany, Austria" in page
        assert "did not exist" in page

    def test_is_for_companies_by_name_or_domain(self, head: Client, sends: Sends) -> None:
        sends()
        person = User.objects.get(name="Sam Okafor")
        more = {"kind": "companies", "leads_to": f"person:{person.id}", "companies": "acme tools"}
        assert territory(head, **more).startswith("302")
        assert "For the account Acme Tools" in text(head, "routing")
        assert Route.objects.get().person_id == person.id

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"name": " "}, "no name"),
            ({"leads_to": ""}, "Choose a pool or a person"),
            ({"asks-0": "Shoe size"}, "nothing called “Shoe size”"),
            ({"rows": "0"}, "requires nothing"),
            ({"kind": "companies", "companies": "Nowhere Ltd"}, "“Nowhere Ltd”"),
        ],
    )
    def test_that_does_not_fit_says_what_to_do_and_keeps_what_was_written(
        self, head: Client, more: dict[str, str], says: str
    ) -> None:
        answer = territory(head, **more)
        assert answer.startswith("422")
        assert says in answer
        assert "Germany, Austria" in answer or more.get("rows") or more.get("asks-0")
        assert not Route.objects.exists()

    def test_gets_a_row_more_without_being_saved(self, head: Client) -> None:
        answer = territory(head, act="ask-must")
        assert 'name="asks-1"' in answer
        assert not Route.objects.exists()

    def test_is_changed_moved_and_taken_out(self, head: Client) -> None:
        territory(head, name="First")
        territory(head, name="Second")
        second = Route.objects.get(name="Second")
        head.post(reverse("route_place", args=[second.id]), {"to": "up"})
        assert [each.name for each in Route.objects.order_by("position")] == ["Second", "First"]
        head.post(reverse("route_removal", args=[second.id]))
        assert [each.name for each in Route.objects.all()] == ["First"]
        assert SettingChange.objects.filter(what="route").count() == 4

    def test_says_how_many_leads_come_under_it(self, head: Client, sends: Sends) -> None:
        territory(head)
        sends(country="Germany")
        sends(email="other@x.example", phone="+4930123457")
        page = head.get(reverse("routing"), headers={"HX-Request": "true"})
        counts = str(page.content, "utf-8").split("in 30 days")
        assert len(counts) == 5
        assert "1" in counts[2].split("num")[-1]


class TestAPool:
    def form(self, **more: str) -> dict[str, str]:
        sam = User.objects.get(name="Sam Okafor")
        return {
            "name": "DACH",
            "when_nobody": "hold",
            f"in-{sam.id}": "on",
            f"share-{sam.id}": "50",
            f"week-{sam.id}": "9",
            "day": "3",
            "only_at_work": "on",
        } | more

    def test_is_saved_with_its_members_and_caps(self, head: Client) -> None:
        assert head.post(reverse("pool_new"), self.form()).status_code == 302
        pool = Pool.objects.get(name="DACH")
        place = PoolMember.objects.get(pool=pool)
        assert (pool.most_a_day, pool.only_at_work, pool.when_nobody) == (3, True, "hold")
        assert (place.weight, place.most_a_week, place.most_a_day) == (50, 9, None)
        assert 'value="50"' in text(head, "pool", pool.id)

    def test_that_does_not_fit_keeps_what_was_written(self, head: Client) -> None:
        for more in ({"name": ""}, {"day": "many"}, {"when_nobody": "escalate"}):
            response = head.post(reverse("pool_new"), self.form(**more))
            assert response.status_code == 422
            assert "50" in str(response.content)

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"day": "many"}, "“many” is not a whole number."),
            ({"day": "99999"}, "“99999” is too much; 30,000 is the most."),
            ({"day": "9" * 5000}, "is too much"),
            ({"next_pool": "zzz"}, "“zzz” is not in the list; choose again."),
            ({"in-zzz": "on"}, "“zzz” is not in the list; choose again."),
            (
                {"when_nobody": "escalate", "minutes": "9", "next_pool": str(UUID(int=7))},
                "The pool that it goes to is not here any more; choose another.",
            ),
        ],
    )
    def test_that_does_not_fit_says_what_to_do(
        self, head: Client, more: dict[str, str], says: str
    ) -> None:
        response = head.post(reverse("pool_new"), self.form(**more))
        assert response.status_code == 422
        assert says in str(response.content, "utf-8")
        assert not Pool.objects.filter(name="DACH").exists()

    def test_takes_nobody_who_could_not_answer(self, head: Client) -> None:
        mira = User.objects.get(name="Mira Lind")
        assert "Mira Lind" not in text(head, "pool", default_pool().id)
        response = head.post(reverse("pool_new"), self.form(**{f"in-{mira.id}": "on"}))
        assert response.status_code == 422
        User.objects.filter(id=mira.id).update(roles=["marketer", "rep"])
        response = head.post(
            reverse("pool_new"), self.form(**{f"in-{mira.id}": "on", f"share-{mira.id}": "100"})
        )
        assert response.status_code == 302


class TestLooking:
    def test_at_a_lead_says_where_it_would_go_and_writes_nothing(
        self, signed_in: SignedIn, sends: Sends
    ) -> None:
        lead = sends()
        client = signed_in("marketer")
        assert "Dana Ruiz" in text(client, "routing_trial", text="dana")
        before = list(PoolMember.objects.values_list("assigned", flat=True))
        page = text(client, "routing_trial", lead=str(lead.id))
        assert "It would go to" in page
        assert "next in turn" in page
        assert list(PoolMember.objects.values_list("assigned", flat=True)) == before

    def test_at_other_shares_replays_and_writes_nothing(self, head: Client, sends: Sends) -> None:
        territory(head)
        for n in range(6):
            sends(email=f"p{n}@x.example", phone=f"+493012345{n}", country="Germany")
        pool, today = default_pool(), datetime.now(UTC).date()
        sofia = User.objects.get(name="Sofia Brandt")
        query = {
            "from": str(today - timedelta(days=2)),
            "until": str(today + timedelta(days=2)),
            f"on-{Route.objects.get().id}": "on",
            f"share-{pool.id}-{sofia.id}": "0",
        }
        with CaptureQueriesContext(connection) as captured:
            page = text(head, "routing_simulation", **query)
        assert "6 handoffs were replayed" in page
        assert "German-speaking" in page
        writes = ("INSERT", "DELETE", "UPDATE ")
        assert not [q for q in captured if q["sql"].startswith(writes) and "handoffs" in q["sql"]]

    def test_at_an_empty_span_says_so(self, head: Client) -> None:
        query = {"from": "2020-01-01", "until": "2020-02-01"}
        assert "Nothing was handed over" in text(head, "routing_simulation", **query)


@pytest.mark.parametrize("role", ["rep", "marketer", "head_of_marketing"])
def test_everybody_reads_and_only_setters_change(signed_in: SignedIn, role: str) -> None:
    client = signed_in(role)
    assert reverse("route_new") not in text(client, "routing")
    for name, args in (("route_new", []), ("pool_new", []), ("pool", [default_pool().id])):
        assert client.post(reverse(name, args=args)).status_code == 403


class TestGivingAway:
    def test_several_at_once_with_a_reason(self, head: Client, sends: Sends) -> None:
        sends()
        sends(email="other@x.example", phone="+4930123457")
        handoffs = list(Handoff.objects.all())
        sam = User.objects.get(name="Sam Okafor")
        form = {"handoff": [str(each.id) for each in handoffs], "to": str(sam.id), "why": "Travel"}
        assert head.post(reverse("handoff_reassignment"), form).status_code == 302
        assert set(Handoff.objects.values_list("owner_id", flat=True)) == {sam.id}

    def test_says_of_each_person_whether_they_are_there(
        self, head: Client, handoff: Handoff
    ) -> None:
        sam, sofia = (User.objects.get(name=n) for n in ("Sam Okafor", "Sofia Brandt"))
        now = datetime.now(UTC)
        for until in (now + timedelta(days=1), datetime(2088, 3, 1, 8, tzinfo=UTC)):
            add_absence(user_id=sofia.id, absent_from=now, absent_until=until)
        never = add_calendar(name="Sam", time_zone="UTC", week={})
        set_calendar(user_id=sam.id, calendar_id=never.id)
        away, free = "Sofia Brandt – away until Mon 1 Mar 2088, 09:00", "Sam Okafor – not at work"
        page = text(head, "handoff_reassignment")
        assert away in page
        assert free in page
        assert away in text(head, "handoff_owner", handoff.id)
        assert away in text(head, "person", sam.id)
        stand_ins = text(head, "person", sofia.id)
        assert free in stand_ins
        assert "Mira Lind" not in stand_ins  # a marketer does not stand in for sales

    @pytest.mark.parametrize("missing", ["handoff", "to", "why"])
    def test_needs_leads_a_person_and_a_reason(
        self, head: Client, handoff: Handoff, missing: str
    ) -> None:
        form = {"handoff": [str(handoff.id)], "to": "routes", "why": "Travel"}
        del form[missing]
        assert head.post(reverse("handoff_reassignment"), form).status_code == 422

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"handoff": "abc"}, 422),
            ({"to": "abc"}, 422),
            ({"to": str(new_id())}, 422),
            ({"handoff": str(new_id())}, 404),
        ],
    )
    def test_to_or_of_what_there_is_not_is_refused_in_words(
        self, head: Client, handoff: Handoff, wrong: dict[str, str], status: int
    ) -> None:
        sofia = str(User.objects.get(name="Sofia Brandt").id)
        form = {"handoff": str(handoff.id), "to": sofia, "why": "Travel"} | wrong
        response = head.post(reverse("handoff_reassignment"), form)
        assert (response.status_code, "refused" in str(response.templates[0].name)) == (
            status,
            True,
        )

    def test_to_a_marketer_is_refused(
        self, head: Client, handoff: Handoff, cast: dict[str, User]
    ) -> None:
        form = {"handoff": str(handoff.id), "to": str(cast["marketer"].id), "why": "x"}
        assert head.post(reverse("handoff_reassignment"), form).status_code == 422
        handoff.refresh_from_db()
        assert handoff.owner_id == cast["rep"].id

    def test_by_the_routes_says_what_stayed_in_the_queue(
        self, head: Client, handoff: Handoff, sends: Sends
    ) -> None:
        other = Handoff.objects.get(lead_id=sends(email="o@x.example", phone="").id)
        Handoff.objects.filter(id=other.id).update(owner=None, assigned_at=None)
        form = {"handoff": [str(other.id)], "to": "routes", "why": "Travel"}
        refused = head.post(reverse("handoff_reassignment"), form)
        assert (refused.status_code, "1 lead stayed" in str(refused.content)) == (409, True)
        both = form | {"handoff": [str(other.id), str(handoff.id)]}
        page = str(head.post(reverse("handoff_reassignment"), both, follow=True).content)
        assert "1 lead changed hands. 1 lead stayed where it was" in page

    def test_shows_why_with_whom_on_the_leads_page(self, head: Client, sends: Sends) -> None:
        page = text(head, "lead", sends().id)
        assert "Why with" in page
        assert "was next in turn" in page


class TestPeople:
    def test_note_their_own_absence_and_nobody_elses(self, signed_in: SignedIn) -> None:
        sam, sofia = (User.objects.get(name=n) for n in ("Sam Okafor", "Sofia Brandt"))
        client = signed_in("rep")
        form = {
            "from": "2026-12-24",
            "until": "2026-12-24",
            "stand_in": str(sofia.id),
            "hands_over": "all",
        }
        assert client.post(reverse("person_absences", args=[sam.id]), form).status_code == 302
        absence = sam.absences.get()
        assert absence.absent_until - absence.absent_from == timedelta(days=1)
        assert "Sofia Brandt stands in" in text(client, "person", sam.id)
        assert client.post(reverse("person_absences", args=[sofia.id]), form).status_code == 403
        client.post(reverse("person_absence_end", args=[sam.id, absence.id]))
        assert not sam.absences.exists()

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"from": "2026-13-01"}, "“2026-13-01” is not a date"),
            ({"from_time": "25:00"}, "“2026-12-01 25:00” is not a moment"),
            ({"until": "2026-11-01"}, "ends before it begins"),
            ({"stand_in": "abc"}, "“abc” is not in the list"),
        ],
    )
    def test_are_told_beside_the_form_what_is_wrong_with_an_absence(
        self, signed_in: SignedIn, wrong: dict[str, str], sentence: str
    ) -> None:
        sam = User.objects.get(name="Sam Okafor")
        form = {"from": "2026-12-01", "until": "2026-12-02", "from_time": "", "reason": "Skiing"}
        form |= {"hands_over": "all", **wrong}
        answer = signed_in("rep").post(reverse("person_absences", args=[sam.id]), form)
        page = str(answer.content, "utf-8")
        assert answer.status_code == 422
        assert sentence in page
        assert 'value="Skiing"' in page
        assert f'name="until" value="{form["until"]}"' in page
        assert 'value="all" checked' in page
        assert not sam.absences.exists()

    def test_work_hours_of_their_own_with_several_ranges(self, signed_in: SignedIn) -> None:
        sam = User.objects.get(name="Sam Okafor")
        client, address = signed_in("rep"), reverse("hours_of", args=["person", sam.id])
        form = {"mon": "08:00–12:00, 13:00-15:30", "time_zone": "Europe/Berlin", "country": ""}
        assert client.post(address, form).status_code == 302
        sam.refresh_from_db()
        assert sam.calendar is not None
        assert sam.calendar.week == {"mon": [["08:00", "12:00"], ["13:00", "15:30"]]}
        with connection.cursor() as cursor:
            cursor.execute("SELECT task_name FROM procrastinate_jobs")
            assert ("reschedule",) in cursor.fetchall()
        bad = client.post(address, form | {"mon": "9 to 5"})
        assert bad.status_code == 422
        assert "9 to 5" in str(bad.content)
        day = reverse("hours_day", args=["person", sam.id])
        client.post(day, {"on": "2026-12-31", "ranges": "08:00-12:00", "reason": "Half day"})
        assert "31 Dec 2026: 08:00–12:00" in text(client, "hours_of", "person", sam.id)
        closed = reverse("hours_day_of_company"), {"on": "2026-12-24", "reason": "Christmas"}
        signed_in("head_of_sales").post(*closed)
        assert "24 Dec 2026: free, as the company is closed" in text(
            client, "hours_of", "person", sam.id
        )
        client.post(day, {"on": "2026-12-24", "ranges": "08:00-10:00"})
        assert "as the company is closed" not in text(client, "hours_of", "person", sam.id)
        client.post(address, {"act": "drop"})
        sam.refresh_from_db()
        assert sam.calendar is None

    def test_may_not_set_the_hours_of_others(self, signed_in: SignedIn) -> None:
        client = signed_in("rep")
        form = {"mon": "08:00-12:00", "time_zone": "Europe/Berlin"}
        assert client.post(reverse("hours_of_company"), form).status_code == 403
        assert client.post(reverse("hours"), {"name": "Night"}).status_code == 403

    def test_who_leave_lose_their_work_to_others(self, head: Client, handoff: Handoff) -> None:
        sam = User.objects.get(name="Sam Okafor")
        assert head.post(reverse("person_leaving", args=[sam.id])).status_code == 302
        handoff.refresh_from_db()
        assert handoff.owner_id != sam.id
        assert "No longer here" in text(head, "people")

    def test_are_what_an_admin_says(self, signed_in: SignedIn, head: Client) -> None:
        sam = User.objects.get(name="Sam Okafor")
        address = reverse("person_roles", args=[sam.id])
        assert head.post(address, {"roles": ["rep", "admin"]}).status_code == 403
        assert address not in text(head, "person", sam.id)
        admin = signed_in("admin")
        assert address in text(admin, "person", sam.id)
        assert admin.post(address, {"roles": ["rep", "marketer"]}).status_code == 302
        sam.refresh_from_db()
        assert sam.roles == ["rep", "marketer"]
        assert admin.post(address, {}).status_code == 422

    def test_who_are_gone_have_what_they_left_behind_passed_on(
        self, head: Client, handoff: Handoff
    ) -> None:
        sam = User.objects.get(name="Sam Okafor")
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=handoff.offered_at)
        opening = close.Opening(handoff.lead_id, "Forty seats", None)
        close.open_deals(openings=[opening], by=handoff.owner_id, at=handoff.offered_at)
        head.post(reverse("person_leaving", args=[sam.id]))
        assert "1 open deal" in text(head, "person", sam.id)
        rep = User.objects.filter(is_active=True).exclude(id=sam.id).order_by("name")[0]
        User.objects.filter(id=rep.id).update(roles=[*rep.roles, "rep"])
        nobody = head.post(reverse("person_passing_on", args=[sam.id]), {"to": ""})
        assert nobody.status_code == 422
        head.post(reverse("person_passing_on", args=[sam.id]), {"to": str(rep.id)})
        assert Deal.objects.get().owner_id == rep.id
        assert "What they left behind" not in text(head, "person", sam.id)

    def test_are_in_a_team_with_hours(self, head: Client) -> None:
        head.post(reverse("hours"), {"name": "Lisbon"})
        sam = User.objects.get(name="Sam Okafor")
        team = Team.objects.get()
        form = {"team": str(team.id), "time_zone": "Europe/Lisbon", "languages": ["pt", "en"]}
        head.post(reverse("person", args=[sam.id]), form)
        head.post(
            reverse("hours_of", args=["team", team.id]),
            {"tue": "10:00-18:00", "time_zone": "Europe/Lisbon", "country": "PT"},
        )
        sam.refresh_from_db()
        assert (sam.team, sam.languages) == (team, ["en", "pt"])
        assert "Tue 10:00–18:00" in text(head, "hours")
