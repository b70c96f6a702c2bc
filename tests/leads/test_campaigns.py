"""The campaigns a lead took part in: every one, since when, and as it was known."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from accord.criteria.compiler import compile
from accord.criteria.explain import sentence
from accord.criteria.language import Definition, read_definition
from accord.criteria.registry import registry
from accord.criteria.timeline import timeline
from accord.flows.import_file import import_file, plan_import
from accord.leads.models import Activity, Import
from tests.handoffs.office import AT as OPENED
from tests.handoffs.office import open_office, send
from tests.imports.files import write
from tests.leads.people import add_lead, add_leads

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def asking(**test: object) -> Definition:
    must = [{"fact": "campaigns", **test}]
    return read_definition("asked", {"title": "Asked", "text": "Asked", "must": must})


def past(lead: object, **test: object) -> list[tuple[datetime, bool | None]]:
    """The verdicts of a lead, from each moment at which they changed."""
    compiled = compile({"asked": asking(**test)}, registry=registry)
    sql, params = timeline(compiled, begins=BEGIN - 99 * DAY, ends=BEGIN + 99 * DAY)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = sorted((at, verdict) for id, at, _key, verdict in cursor.fetchall() if id == lead)
    return [
        row
        for row, before in zip(rows, [None, *rows], strict=False)
        if row[1:] != (before or ())[1:]
    ]


def now(lead: object, **test: object) -> bool | None:
    sql, params = compile({"asked": asking(**test)}, registry=registry).select(at=BEGIN + 99 * DAY)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0]: row[2] for row in cursor.fetchall()}[lead]


@pytest.mark.django_db
def test_a_lead_takes_part_in_several_and_stays_in() -> None:
    lead = add_lead(at=BEGIN, email="dana@acme.example", campaign="Fair")
    other = add_lead(at=BEGIN, email="eva@acme.example")
    add_leads({"email": "dana@acme.example", "campaign": "Spring"}, at=BEGIN + 9 * DAY)

    assert past(lead, **{"is": "fair"}) == [(BEGIN, True)]
    assert past(lead, one_of=["Spring", "Autumn"]) == [(BEGIN, False), (BEGIN + 9 * DAY, True)]
    assert past(lead, is_not="Spring") == [(BEGIN, True), (BEGIN + 9 * DAY, False)]
    assert past(other, none_of=["Fair"]) == [(BEGIN, True)]
    assert [now(each, **{"is": "SPRING"}) for each in (lead, other)] == [True, False]


@pytest.mark.django_db
def test_what_came_along_counts_from_when_it_happened() -> None:
    when = BEGIN - 30 * DAY
    add_leads({"email": "dana@acme.example", "happened_at": when.isoformat()}, at=BEGIN)
    lead = add_lead(
        at=BEGIN,
        email="dana@acme.example",
        campaign="Fair",
        happened_at=(BEGIN - 10 * DAY).isoformat(),
    )

    assert past(lead, **{"is": "Fair"}) == [(when, False), (BEGIN - 10 * DAY, True)]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_only_names_a_campaign_says_something_new_once(tmp_path: Path) -> None:
    open_office()
    send({"email": "dana@acme.example", "campaign": "Fair"})
    figures = []
    for number, campaign in enumerate(("Fair", "Spring", "Spring"), start=1):
        text = f"Email,Campaign,Note{number}\ndana@acme.example,{campaign},\n"
        path = write(tmp_path, text, name=f"{number}.csv")
        plan = plan_import(path=path, kind="leads")
        import_file(plan=plan, by=None, at=OPENED + number * DAY)
        done = Import.objects.get(id=plan.import_id)
        figures.append((done.merged, done.unchanged))
    assert figures == [(0, 1), (1, 0), (0, 1)]
    assert Activity.objects.filter(kind="import.added").count() == 1


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ({"is": "Fair"}, "Campaigns they took part in: Fair"),
        ({"none_of": ["Fair", "Spring"]}, "Campaigns they took part in: none of Fair, Spring"),
    ],
)
def test_it_reads_as_a_sentence(test: dict[str, object], words: str) -> None:
    (clause,) = asking(**test).must.items
    assert sentence(clause, registry=registry, titles={}) == words
