"""Few leads are judged by a statement that the database plans once a connection."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.agreement.queries import running
from accord.flows.evaluate import evaluate
from accord.leads.models import Lead
from accord.qualification.actions import judging
from accord.qualification.models import Score, Verdict
from tests.handoffs.office import AT, change_agreement, open_office, send

pytestmark = pytest.mark.django_db
SAID = ("lead_id", "definition", "outcome", "met", "unmet", "missing", "recheck_at")


def said() -> list[tuple[object, ...]]:
    return list(Verdict.objects.order_by("lead_id", "definition").values_list(*SAID))


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'judge_%'")
        return [name for (name,) in cursor.fetchall()]


def test_it_says_what_judging_many_says(monkeypatch: pytest.MonkeyPatch) -> None:
    open_office()
    send(*({"email": f"p{n}@acme{n}.example", "employees": 30 * n} for n in range(4)))
    leads = list(Lead.objects.values_list("id", flat=True))
    by_few, points = said(), list(Score.objects.order_by("lead_id").values_list("fit_given"))
    assert by_few
    Verdict.objects.all().delete()
    Score.objects.all().delete()
    monkeypatch.setattr(judging, "FEW", 0)
    evaluate(leads=leads, at=AT)
    assert said() == by_few
    assert list(Score.objects.order_by("lead_id").values_list("fit_given")) == points


def test_it_is_planned_once_and_a_new_version_has_a_plan_of_its_own() -> None:
    office = open_office()
    send({"email": "ada@acme.example"})
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    leads = list(Lead.objects.values_list("id", flat=True))
    evaluate(leads=leads, at=AT)
    (name,) = prepared()
    with CaptureQueriesContext(connection) as queries:
        evaluate(leads=leads, at=AT)
    assert not [each for each in queries.captured_queries if "PREPARE" in each["sql"]]
    before = running()
    change_agreement(office, ("at_least: 20", "at_least: 50"))
    assert running() != before
    evaluate(leads=leads, at=AT)
    assert len(prepared()) == 2
    assert name in prepared()
