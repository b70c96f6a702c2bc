"""The company is set up once; people join, hold seats, are there or away, and have keys."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accord.base.errors import Conflict, Invalid, Missing, Refusal
from accord.teams import actions, queries
from accord.teams.actions import Newcomer
from accord.teams.models import Invitation, Team, Token, User
from accord.teams.rules import elapsed

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SOFIA = Newcomer("Sofia@Halden.example", "Sofia Brandt", ["head_of_sales"], "a long way home")
pytestmark = pytest.mark.django_db


def set_up(**changes) -> User:
    given = {"name": "Halden", "currency": "EUR", "time_zone": "Europe/Berlin", "week": WEEK}
    return actions.set_up(**{**given, "first": SOFIA, "at": AT, **changes})


def add(name: str, *roles: str, time_zone: str = "") -> User:
    newcomer = Newcomer(f"{name}@halden.example", name.title(), roles or ["rep"], None, time_zone)
    return actions.add_user(newcomer=newcomer, at=AT)


class TestSetUp:
    def test_makes_the_company_and_its_first_person(self):
        sofia = set_up()
        here = queries.workspace()
        assert (here.name, here.currency, here.is_sample) == ("Halden", "EUR", False)
        assert (sofia.email, sofia.time_zone) == ("sofia@halden.example", "Europe/Berlin")
        assert sofia.check_password("a long way home")

    def test_happens_once(self):
        set_up()
        with pytest.raises(Conflict):
            set_up()

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": " "}, "name"),
            ({"currency": "euro"}, "currency"),
            ({"time_zone": "Mars"}, "time_zone"),
            ({"week": {"mon": [["17:00", "09:00"]]}}, "week"),
            ({"country": "QQ"}, "country"),
            ({"first": Newcomer("nobody", "Sofia", ["rep"])}, "email"),
            ({"first": Newcomer("a@halden.example", " ", ["rep"])}, "person"),
            ({"first": Newcomer("a@halden.example", "A", ["boss"])}, "roles"),
            ({"first": Newcomer("a@halden.example", "A", [])}, "roles"),
            ({"first": Newcomer("a@halden.example", "A", ["rep"], "1234")}, "password"),
        ],
    )
    def test_names_the_field_that_does_not_fit_and_keeps_nothing(self, change, field):
        with pytest.raises(Invalid) as refused:
            set_up(**change)
        assert refused.value.field == field
        assert queries.workspace() is None
        assert not User.objects.exists()


class TestPeople:
    def test_an_address_is_taken_once_in_any_case(self):
        add("sam")
        with pytest.raises(Conflict, match=r"sam@halden\.example"):
            actions.add_user(newcomer=Newcomer("SAM@halden.example", "Sam", ["rep"]), at=AT)

    def test_are_found_by_their_address(self):
        assert queries.person("SAM@halden.example " if add("sam") else "").name == "Sam"
        with pytest.raises(Missing):
            queries.person("nobody@halden.example")

    def test_a_head_holds_the_seat(self):
        sofia, _ = add("sofia", "head_of_sales", "rep"), add("sam")
        assert queries.heads("sales") == [sofia]
        assert queries.heads("marketing") == []

    def test_somebody_absent_is_not_present(self):
        sam, lena = add("sam"), add("lena")
        actions.add_absence(user_id=sam.id, absent_from=AT, absent_until=AT + timedelta(days=1))
        assert queries.present({sam.id, lena.id}, AT) == {lena.id}
        assert queries.present({sam.id, lena.id}, AT + timedelta(days=1)) == {sam.id, lena.id}

    def test_one_absence_may_follow_on_another(self):
        sam, lena, day = add("sam"), add("lena"), timedelta(days=1)
        for begin, end in ((0, 2), (1, 3), (3, 5), (6, 9)):
            actions.add_absence(
                user_id=sam.id, absent_from=AT + begin * day, absent_until=AT + end * day
            )
        actions.add_absence(user_id=lena.id, absent_from=AT + day, absent_until=AT + 2 * day)
        assert queries.away_until(AT) == {sam.id: AT + 5 * day}
        assert queries.away_until(AT + 5 * day) == {}

    def test_an_absence_has_length(self):
        with pytest.raises(Invalid):
            actions.add_absence(user_id=add("sam").id, absent_from=AT, absent_until=AT)

    def test_their_names_are_one_query(self, django_assert_num_queries):
        sam, lena = add("sam"), add("lena")
        with django_assert_num_queries(1):
            assert queries.names({sam.id, lena.id, None}) == {sam.id: "Sam", lena.id: "Lena"}


class TestCalendars:
    def test_without_their_own_people_work_the_companys_hours(self):
        sofia = set_up()
        assert queries.calendars_of({sofia.id})[sofia.id] == queries.company_calendar()

    def test_the_companys_hours_are_worked_on_ones_own_clock(self):
        set_up()
        grace = add("grace", time_zone="America/New_York")
        calendar = queries.calendars_of({grace.id})[grace.id]
        assert calendar.time_zone == "America/New_York"
        assert calendar.week == queries.company_calendar().week

    def test_ones_own_hours_come_before_the_companys(self):
        set_up()
        sam = add("sam")
        own = actions.add_calendar(
            name="Sam", time_zone="Europe/Lisbon", week={"sat": [["10:00", "12:00"]]}
        )
        actions.set_calendar(user_id=sam.id, calendar_id=own.id)
        calendar = queries.calendars_of({sam.id})[sam.id]
        assert (calendar.time_zone, list(calendar.week)) == ("Europe/Lisbon", [5])

    def test_holidays_and_exceptions_are_free(self):
        set_up(country="DE")
        actions.add_exception(calendar_id=queries.workspace().calendar_id, on=date(2026, 11, 3))
        calendar = queries.company_calendar()
        assert calendar.ranges_on(date(2026, 12, 25)) == ()
        assert calendar.ranges_on(date(2026, 11, 3)) == ()
        assert calendar.ranges_on(date(2026, 11, 4)) != ()

    def test_a_teams_hours_come_before_the_companys_and_after_ones_own(self):
        set_up()
        sam, lena = add("sam"), add("lena")
        late, early = (
            actions.add_calendar(
                name=day, time_zone="Europe/Lisbon", week={day: [["10:00", "12:00"]]}
            )
            for day in ("sat", "sun")
        )
        team = Team.objects.create(name="Lisbon", calendar=late)
        User.objects.update(team=team)
        actions.set_calendar(user_id=lena.id, calendar_id=early.id)
        found = queries.calendars_of({sam.id, lena.id, None})
        assert (list(found[sam.id].week), list(found[lena.id].week)) == ([5], [6])
        assert found[sam.id].time_zone == "Europe/Lisbon"
        assert list(found[None].week) == [0, 1, 2, 3, 4]

    def test_a_team_without_hours_works_the_companys(self):
        set_up()
        sam = add("sam")
        User.objects.update(team=Team.objects.create(name="Lisbon"))
        assert queries.calendars_of({sam.id})[sam.id] == queries.company_calendar()

    @staticmethod
    def with_own_hours(country: str = "") -> User:
        """Sam works on Thursday and Friday mornings."""
        sam, mornings = add("sam"), [["09:00", "13:00"]]
        own = actions.add_calendar(
            name="Sam", time_zone="Europe/Berlin", week={"thu": mornings, "fri": mornings},
            country=country,
        )  # fmt: skip
        actions.set_calendar(user_id=sam.id, calendar_id=own.id)
        return User.objects.get(id=sam.id)

    def test_when_the_company_is_closed_nobody_works_who_says_nothing_of_the_day(self):
        set_up(country="DE")
        eve, christmas, half = date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 31)
        companys = queries.workspace().calendar_id
        actions.add_exception(calendar_id=companys, on=eve)
        actions.add_exception(calendar_id=companys, on=half, ranges=[["09:00", "11:00"]])
        sam = self.with_own_hours()
        calendar = queries.calendars_of({sam.id})[sam.id]
        assert [calendar.ranges_on(day) for day in (eve, christmas)] == [(), ()]
        assert calendar.ranges_on(half) == calendar.ranges_on(date(2026, 12, 17)) != ()
        for day in (eve, christmas):
            actions.add_exception(calendar_id=sam.calendar_id, on=day, ranges=[["10:00", "11:00"]])
        calendar = queries.calendars_of({sam.id})[sam.id]
        assert [calendar.ranges_on(day) for day in (eve, christmas)] == [((600, 660),)] * 2

    def test_the_holidays_of_a_country_come_before_the_companys(self):
        set_up(country="DE")
        sam = self.with_own_hours("FR")
        calendar = queries.calendars_of({sam.id})[sam.id]
        assert calendar.ranges_on(date(2026, 4, 3)) != ()  # Good Friday is none in France
        assert calendar.ranges_on(date(2026, 5, 8)) == ()

    def test_nobody_works_while_absent(self):
        set_up()
        sam, lena = add("sam"), add("lena")
        away = AT + timedelta(days=1), AT + timedelta(days=2)
        actions.add_absence(user_id=sam.id, absent_from=away[0], absent_until=away[1])
        found = queries.calendars_of({sam.id, lena.id})
        assert found[sam.id].absences == (away,)
        assert found[sam.id].hours == found[lena.id]
        assert elapsed(found[lena.id], AT, AT + timedelta(days=3)) == timedelta(hours=24)
        assert elapsed(found[sam.id], AT, AT + timedelta(days=3)) == timedelta(hours=16)

    def test_many_people_take_four_queries(self, django_assert_num_queries):
        set_up()
        ids = {add(name).id for name in ("a", "b", "c", "d")}
        with django_assert_num_queries(4):
            assert len(queries.calendars_of(ids)) == 4

    def test_before_set_up_there_are_none(self):
        with pytest.raises(Refusal, match="set it up"):
            queries.calendars_of({add("sam").id})


class TestInvitations:
    def test_give_the_roles_they_name(self):
        secret = actions.invite(roles=["head_of_marketing"], by=set_up().id, at=AT)
        marek = actions.accept_invitation(
            secret=secret,
            email="marek@halden.example",
            name="Marek",
            password="far and wide away",
            at=AT,
        )
        assert marek.roles == ["head_of_marketing"]

    def test_only_a_digest_is_kept(self):
        secret = actions.invite(roles=["rep"], by=set_up().id, at=AT)
        assert secret not in str(Invitation.objects.values())
        assert queries.open_invitation(secret, at=AT).roles == ["rep"]

    @pytest.mark.parametrize("days", [0, 15])
    def test_are_good_once_and_for_two_weeks(self, days):
        secret = actions.invite(roles=["rep"], by=set_up().id, at=AT)
        if not days:
            self.accept(secret, "sam", AT)
        with pytest.raises(Missing, match="used or has expired"):
            self.accept(secret, "lena", AT + timedelta(days=days))
        assert queries.open_invitation(secret, at=AT + timedelta(days=days)) is None

    def test_a_refused_password_leaves_the_invitation_good(self):
        secret = actions.invite(roles=["rep"], by=set_up().id, at=AT)
        with pytest.raises(Invalid):
            actions.accept_invitation(
                secret=secret, email="s@halden.example", name="S", password="1", at=AT
            )
        assert queries.open_invitation(secret, at=AT)

    def accept(self, secret: str, name: str, at: datetime) -> User:
        return actions.accept_invitation(
            secret=secret,
            email=f"{name}@halden.example",
            name=name,
            password="far and wide away",
            at=at,
        )


class TestTokens:
    def test_the_secret_leads_to_the_person_and_is_not_kept(self):
        sam = add("sam")
        secret = actions.add_token(user_id=sam.id, name="import", at=AT)
        assert queries.user_of_token(secret) == sam
        assert secret not in str(Token.objects.values())

    def test_revoked_they_are_worth_nothing(self):
        secret = actions.add_token(user_id=add("sam").id, name="import", at=AT)
        actions.revoke_token(token_id=Token.objects.get().id, at=AT)
        assert queries.user_of_token(secret) is None

    def test_they_end_with_the_person(self):
        secret = actions.add_token(user_id=add("sam").id, name="import", at=AT)
        User.objects.update(is_active=False)
        assert queries.user_of_token(secret) is None
