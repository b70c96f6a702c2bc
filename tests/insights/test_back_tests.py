"""The figures of a back-test against pandas, on the sample company."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas
import pytest
from click.testing import CliRunner
from django.db import connection

from accord.agreement.queries import document_of, running
from accord.cli.agreement import agreement
from accord.deals.models import Deal
from accord.flows.back_test import run_back_test
from accord.insights.back_tests import figures
from accord.leads.queries.sampling import TENTH, sample_of
from accord.qualification.actions import Tried, ask_back_test
from accord.qualification.models import BackTest
from accord.sample import actions as sample

AT = datetime(2026, 11, 19, 14, 30, tzinfo=UTC)
BEGINS, ENDS = AT - timedelta(days=300), AT - timedelta(days=2)
CHANGES = (("at_least: 20", "at_least: 400"), ("at_least: 20", "at_least: 5"))


@pytest.fixture(scope="module")
def tried(django_db_setup: object, django_db_blocker: object) -> Iterator[BackTest]:
    """The agreement of the sample company beside a stricter one and a looser one."""
    with django_db_blocker.unblock():
        sample.fill(at=AT, size=300)
        won = Deal.objects.filter(state="won").order_by("id")
        won.filter(id=won.first().id).update(currency="USD")
        document = document_of(running().number)
        texts = [document, *(document.replace(*change) for change in CHANGES)]
        test = ask_back_test(
            variants=[Tried(f"Variant {n}", text) for n, text in enumerate(texts)],
            definition="mql",
            begins_at=BEGINS,
            ends_at=ENDS,
            by=None,
            at=AT,
        )
        yield run_back_test(back_test_id=test.id, hands=1)
        sample.remove()


def table(sql: str, *params: object) -> pandas.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return pandas.DataFrame(cursor.fetchall(), columns=[c.name for c in cursor.description])


def met(test: BackTest) -> pandas.DataFrame:
    """When each lead first met each variant, a column a variant, NaT for never."""
    rows = table(
        "SELECT lead_id, met_at FROM qualification_pastverdict WHERE back_test_id = %s", test.id
    )
    moments = pandas.DataFrame(rows.met_at.tolist(), index=rows.lead_id)
    return moments.apply(pandas.to_datetime, utc=True)


@pytest.mark.django_db
class TestFigures:
    def test_who_qualified_and_when(self, tried: BackTest) -> None:
        moments = met(tried)
        for number, variant in enumerate(tried.figures["variants"]):
            here, today = moments[number].dropna(), moments[0].dropna()
            assert variant["qualified"] == len(here)
            assert variant["standing"] == (here == BEGINS).sum()
            assert variant["only_here"] == len(here.index.difference(today.index))
            assert variant["only_there"] == len(today.index.difference(here.index))
            months = here.dt.tz_convert("Europe/Berlin").dt.strftime("%Y-%m").value_counts()
            assert variant["months"] == months.to_dict()
        numbers = [each["qualified"] for each in tried.figures["variants"]]
        assert numbers[1] < numbers[0] < numbers[2]

    def test_won_deals_kept_lost_and_gained(self, tried: BackTest) -> None:
        deals = table(
            "SELECT lead_id, amount::float, currency, closed_at FROM deals_deal "
            "WHERE state = 'won' AND closed_at >= %s AND closed_at < %s",
            *(BEGINS, ENDS),
        )
        deals["amount"] = deals.amount.where(deals.currency == "EUR", 0).fillna(0)
        assert (deals.currency != "EUR").sum() == 1
        assert tried.figures["won"] == {"number": len(deals), "value": deals.amount.sum()}
        moments = met(tried).reindex(deals.lead_id).reset_index(drop=True)
        leads = tried.figures["leads"]
        for number, variant in enumerate(tried.figures["variants"]):
            now, was = (moments[each] <= deals.closed_at for each in (number, 0))
            parts = {"kept": now & was, "lost": was & ~now, "gained": now & ~was}
            for part, rows in parts.items():
                found = {"number": rows.sum(), "value": deals.amount[rows].sum()}
                assert variant[part] == found, part
            inside = deals.lead_id[now].nunique()
            outside = deals.lead_id.nunique() - inside
            assert tuple(variant["won_in"]) == (inside, variant["qualified"])
            assert tuple(variant["won_out"]) == (outside, leads - variant["qualified"])
        assert tried.figures["variants"][1]["kept"]["number"] < len(deals)

    def test_acceptance_of_those_in_and_those_out(self, tried: BackTest) -> None:
        handoffs = table(
            "SELECT lead_id, accepted_at IS NOT NULL AS accepted FROM handoffs_handoff "
            "WHERE offered_at >= %s AND offered_at < %s "
            "AND coalesce(accepted_at, passed_back_at) IS NOT NULL",
            *(BEGINS, ENDS),
        )
        moments = met(tried).reindex(handoffs.lead_id).reset_index(drop=True)
        assert len(handoffs) > 20
        for number, variant in enumerate(tried.figures["variants"]):
            inside = moments[number].notna()
            for part, rows in {"accepted_in": inside, "accepted_out": ~inside}.items():
                assert tuple(variant[part]) == (handoffs.accepted[rows].sum(), rows.sum())

    def test_by_segment(self, tried: BackTest) -> None:
        leads = table("SELECT id, source FROM leads_lead").set_index("id").source
        for number, variant in enumerate(tried.figures["variants"]):
            counted = leads.reindex(met(tried)[number].dropna().index).value_counts(dropna=False)
            assert dict(variant["segments"]["source"]) == counted.to_dict()

    def test_a_sample_counts_its_own_leads_alone(self, tried: BackTest) -> None:
        sampled = sample_of(TENTH)
        found = figures(tried, is_sample=True, zone="Europe/Berlin", currency="EUR")
        moments = met(tried)
        moments = moments[moments.index.isin(sampled)]
        assert found["is_sample"]
        assert 0 < found["leads"] <= len(sampled)
        assert [each["qualified"] for each in found["variants"]] == [
            moments[number].notna().sum() for number in range(len(found["variants"]))
        ]


def test_the_command_line_says_the_same(
    tried: BackTest, tmp_path: Path, django_db_blocker: object
) -> None:
    with django_db_blocker.unblock():
        file = tmp_path / "stricter.yaml"
        file.write_text(document_of(running().number).replace(*CHANGES[0]), encoding="utf-8")
        arguments = ["backtest", str(file), "--definition", "mql", "--json"]
        days = ["--from", f"{BEGINS:%Y-%m-%d}", "--to", f"{ENDS:%Y-%m-%d}"]
        done = CliRunner().invoke(agreement, [*arguments, *days], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        said = json.loads(done.stdout)
        today, stricter = said["variants"]
        assert not said["is_sample"]
        assert today["qualified"] > stricter["qualified"] > 0
        assert stricter["only_there"] == today["qualified"] - stricter["qualified"]
