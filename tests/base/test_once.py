"""Settings are asked once, until a row of their tables is another, whoever changed it."""

import threading

import pytest
from django.db import connection, transaction

from accord.base.once import asked_until_changed, asking_once, each_asked_until_changed
from accord.teams.models import Team, Token


class Asked(list):
    """Questions about teams that note that they were asked."""

    def __init__(self) -> None:
        @asked_until_changed("teams_team")
        def names(what: str) -> list[str]:
            self.append(what)
            return [what, *Team.objects.order_by("name").values_list("name", flat=True)]

        @each_asked_until_changed("teams_team")
        def known(many):
            self.append(sorted(many))
            found = Team.objects.filter(name__in=many)
            return {team.name: team.name.upper() for team in found}

        self.names, self.known = names, known


@pytest.fixture
def asked(db) -> Asked:
    Team.objects.create(name="a")
    return Asked()


def test_what_stays_the_same_is_asked_once_and_only_inside(asked):
    for _ in range(2):
        with asking_once():
            assert asked.names("x") == ["x", "a"] == asked.names("x")
            assert asked.names("y") == ["y", "a"]
    assert asked == ["x", "y"]
    asked.names("x")
    assert asked == ["x", "y", "x"]


def test_of_many_each_is_asked_once(asked):
    Team.objects.create(name="b")
    with asking_once():
        assert asked.known({"a", "?"}) == {"a": "A"}
        assert asked.known({"a", "b", "?"}) == {"a": "A", "b": "B"}
    with asking_once():
        assert asked.known({"b"}) == {"b": "B"}
    assert asked == [["?", "a"], ["b"]]
    assert asked.known({"a"}) == {"a": "A"}
    assert asked[-1] == ["a"]


@pytest.mark.parametrize(
    "change",
    [
        lambda: Team.objects.create(name="b"),
        lambda: Team.objects.filter(name="a").update(name="b"),
        lambda: Team.objects.filter(name="a").delete(),
        lambda: Team.objects.filter(name="a").update(name="a"),
    ],
    ids=["added", "changed", "gone", "written again"],
)
def test_after_a_change_it_is_asked_anew(asked, change):
    with asking_once():
        asked.names("x"), asked.known({"a"})
    change()
    with asking_once():
        assert asked.names("x")[1:] == [team.name for team in Team.objects.order_by("name")]
        asked.known({"a"})
    assert asked == ["x", ["a"], "x", ["a"]]


def test_what_was_undone_is_not_remembered(asked):
    try:
        with transaction.atomic():
            Team.objects.create(name="b")
            with asking_once():
                assert asked.names("x") == ["x", "a", "b"]
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    with asking_once():
        assert asked.names("x") == ["x", "a"]


@pytest.mark.django_db(transaction=True)
def test_what_somebody_else_changes_is_seen_by_the_next_step():
    asked = Asked()
    with asking_once():
        assert asked.names("x") == ["x"]

    def add() -> None:
        Team.objects.create(name="theirs")
        connection.close()

    with transaction.atomic(), asking_once():
        assert asked.names("x") == ["x"]
        thread = threading.Thread(target=add)
        thread.start()
        thread.join()
        assert asked.names("x") == ["x"]  # this step goes on as it began
    with asking_once():
        assert asked.names("x") == ["x", "theirs"]


def test_a_question_that_came_only_inside_is_asked_too(asked):
    with asking_once():
        asked.names("x")

        @asked_until_changed("teams_token")
        def keys() -> int:
            return Token.objects.count()

        assert keys() == 0


def test_one_statement_says_how_all_tables_stand(asked, django_assert_num_queries):
    with asking_once():
        asked.names("x")
    with django_assert_num_queries(1), asking_once():
        asked.names("x"), asked.names("x"), asked.known([])
