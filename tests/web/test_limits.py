"""How often something may be tried."""

from datetime import timedelta

import pytest

from accord.web.limits import forget, is_too_often

SPAN = timedelta(minutes=10)


def tries(number: int) -> list[bool]:
    return [is_too_often("sign_in", "sam", most=3, within=SPAN) for _ in range(number)]


@pytest.mark.django_db
def test_the_span_ends_when_it_ends_however_slowly_one_tries(monkeypatch):
    now = [1_800_000_000.0]
    monkeypatch.setattr("accord.web.limits.time.time", lambda: now[0])
    assert tries(4) == [False, False, False, True]
    now[0] += 6 * 60
    assert tries(1) == [True]
    now[0] += 5 * 60
    assert tries(3) == [False, False, False]


@pytest.mark.django_db
def test_who_got_in_begins_anew():
    tries(3)
    forget("sign_in", "sam")
    assert tries(1) == [False]
