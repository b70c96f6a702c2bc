"""Rows written by COPY come back as they were."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DataError
from django.db.models import F
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.base.ids import new_id
from accord.base.lifecycle import Stage
from accord.base.rows import IsAnyOf, copy_rows
from accord.leads.models import Activity, FactChange

AT = datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NUMBERS = st.decimals(-(10**9), 10**9, places=6) | st.none()


def copied(**values: Any) -> Activity:
    """An activity with these values, written by COPY and read back."""
    row = {"id": new_id(), "lead_id": uuid.uuid4(), "kind": "note.added", "side": "sales"}
    row |= {"happened_at": AT, "known_at": AT, **values}
    copy_rows(Activity, list(row), [list(row.values())])
    return Activity.objects.get(id=row["id"])


class TestRoundTrip(TestCase):
    @given(text=TEXT | st.none(), detail=JSON.filter(lambda value: value is not None))
    def test_texts_and_documents_come_back_as_they_were(self, text: Any, detail: Any) -> None:
        back = copied(text=text, detail=detail)
        assert (back.text, back.detail, back.happened_at) == (text, detail, AT)

    @given(
        number=NUMBERS,
        day=st.dates(date(1000, 1, 1)) | st.none(),
        yes=st.sampled_from([True, False, None]),
    )
    def test_values_of_all_types_come_back_as_they_were(
        self, number: Any, day: Any, yes: Any
    ) -> None:
        id = new_id()
        columns = ("id", "lead_id", "fact", "known_from", "known_until")
        copy_rows(
            FactChange,
            (*columns, "number_value", "date_value", "yes_value"),
            [(id, id, "x", AT, AT, number, day, yes)],
        )
        back = FactChange.objects.get(id=id)
        assert (back.number_value, back.date_value, back.yes_value) == (number, day, yes)


@pytest.mark.django_db
def test_words_of_all_sorts_are_written_as_texts() -> None:
    back = copied(outcome=Stage.MQL, text=mark_safe("<b>"), channel=r"\N")
    assert (back.outcome, back.text, back.channel) == ("mql", "<b>", r"\N")


@pytest.mark.django_db
def test_a_value_that_no_column_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="complex"):
        copied(text=1j)


@pytest.mark.django_db
def test_a_nul_character_is_refused_by_the_database() -> None:
    with pytest.raises(DataError):
        copied(text="a\x00b")


@pytest.mark.django_db
def test_is_any_of_finds_what_in_finds() -> None:
    ids = [copied().id for _ in range(3)]
    found = Activity.objects.filter(IsAnyOf(F("id"), ids[:2]))
    assert set(found) == set(Activity.objects.filter(id__in=ids[:2]))
    assert not Activity.objects.filter(IsAnyOf(F("id"), [])).exists()
