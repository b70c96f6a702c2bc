"""How often something may be tried."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accord.teams.actions import count_try, forget_old_tries, forget_tries
from accord.teams.models import Try

SPAN = timedelta(minutes=10)
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def tries(number: int, at: datetime = AT) -> list[int]:
    return [count_try(what="sign_in", who="sam", within=SPAN, at=at) for _ in range(number)]


@pytest.mark.django_db
def test_the_span_ends_when_it_ends_however_slowly_one_tries() -> None:
    assert tries(3) == [1, 2, 3]
    assert tries(1, AT + timedelta(minutes=6)) == [4]
    assert tries(2, AT + timedelta(minutes=11)) == [1, 2]


@pytest.mark.django_db
def test_who_got_in_begins_anew_and_others_do_not() -> None:
    tries(3)
    count_try(what="sign_in", who="eva", within=SPAN, at=AT)
    forget_tries(what="sign_in", who="sam")
    assert tries(1) == [1]
    assert count_try(what="sign_in", who="eva", within=SPAN, at=AT) == 2


@pytest.mark.django_db
def test_of_whoever_tried_nothing_can_be_read_and_after_a_day_nothing_is_kept() -> None:
    count_try(what="sign_in", who="192.0.2.1:sam@example.com", within=SPAN, at=AT)
    (row,) = Try.objects.values_list("digest", flat=True)
    assert len(row) == 64
    assert "sam" not in row
    forget_old_tries(at=AT + timedelta(hours=23))
    assert Try.objects.exists()
    forget_old_tries(at=AT + timedelta(hours=25))
    assert not Try.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_none_is_missed() -> None:
    def one() -> None:
        try:
            tries(5)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tries(1) == [21]
