"""The real funnel of Olist, imported by the example maps, against pandas."""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accord.agreement.actions import default_document
from accord.agreement.terms import read_terms
from accord.flows.import_file import import_file, plan_import
from accord.insights.behind import behind
from accord.insights.learning import Learnt, learn_fit
from accord.insights.metrics import Scope, metric
from accord.insights.rates import closed_quarters, rates
from accord.insights.reports import report
from accord.leads.models import Identity, Lead, Submission
from accord.teams.models import User
from tests.imports.files import real_data
from tests.imports.test_import_leads import everything, figures

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[2] / "examples" / "olist"
FILES = {
    "leads": "olist_marketing_qualified_leads_dataset.csv",
    "deals": "olist_closed_deals_dataset.csv",
}


def bring_in(kind: str) -> tuple[int, int, int, int, int]:
    """Import one of the two files; rows, created, merged, unchanged, refused."""
    plan = plan_import(
        path=real_data() / "olist-funnel" / FILES[kind],
        kind=kind,
        map_path=EXAMPLES / f"{kind}.toml",
    )
    return figures(import_file(plan=plan, by=None, at=AT))


@pytest.fixture(scope="module")
def olist(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> object:
    """Both files, imported once for this module and taken back after it."""
    real_data()
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        assert bring_in("leads") == (8000, 8000, 0, 0, 0)
        assert bring_in("deals") == (842, 842, 0, 0, 0)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def frame() -> pandas.DataFrame:
    """Leads with their deals, as pandas joins them."""
    folder = real_data() / "olist-funnel"
    leads = pandas.read_csv(folder / FILES["leads"], parse_dates=["first_contact_date"])
    deals = pandas.read_csv(folder / FILES["deals"], parse_dates=["won_date"])
    return leads.merge(deals, on="mql_id", how="left")


class TestFunnel:
    def test_totals(self, olist: object) -> None:
        total = report("funnel", at=AT)["total"]
        assert (total["leads"], total["won"], total["lost"]) == (8000, 842, 0)
        assert total["lead_to_customer_rate"] == 0.10525

    def test_days_to_won_over_all_with_the_negative_one_reported(
        self, olist: object, frame: pandas.DataFrame
    ) -> None:
        found = report("funnel", at=AT)
        days = (frame.won_date - frame.first_contact_date).dropna() / pandas.Timedelta(days=1)
        assert len(days) == 842
        said = found["total"]["days_to_won"]
        assert said["median"] == pytest.approx(days.median(), abs=0.005)
        assert said["mean"] == pytest.approx(days.mean(), abs=0.005)
        assert said["p90"] == pytest.approx(days.quantile(0.9), abs=0.005)
        assert said["max"] == pytest.approx(days.max(), abs=0.005)
        assert (days < 0).sum() == found["total"]["won_before_first_contact"] == 1
        assert any("won before its first contact" in note for note in found["notes"])

    def test_cohorts(self, olist: object, frame: pandas.DataFrame) -> None:
        by_month = frame.groupby(frame.first_contact_date.dt.strftime("%Y-%m"))
        judge = {key: (len(rows), int(rows.won_date.notna().sum())) for key, rows in by_month}
        rows = report("funnel", at=AT)["rows"]
        assert {row["cohort"]: (row["leads"], row["won"]) for row in rows} == judge

    def test_takes_a_fixed_number_of_queries(self, olist: object) -> None:
        with CaptureQueriesContext(connection) as queries:
            report("funnel", at=AT)
        assert len(queries) <= 10

    def test_a_period_counts_its_own_cohorts(self, olist: object) -> None:
        found = report("funnel", at=AT, begins_on=date(2018, 1, 1), until=date(2018, 3, 1))
        assert [row["cohort"] for row in found["rows"]] == ["2018-01", "2018-02"]


class TestChannels:
    def test_won_and_leads_by_origin_with_blank_and_unknown_apart(
        self, olist: object, frame: pandas.DataFrame
    ) -> None:
        rows = report("channels", at=AT)["rows"]
        judge = frame.assign(origin=frame.origin.astype(object).where(frame.origin.notna(), None))
        counted = {
            origin if isinstance(origin, str) else None: (
                len(group),
                int(group.won_date.notna().sum()),
            )
            for origin, group in judge.groupby("origin", dropna=False)
        }
        assert {row["origin"]: (row["leads"], row["won"]) for row in rows} == counted
        assert counted[None] == (60, 14)
        assert counted["unknown"] == (1099, 179)

    def test_the_example_of_the_contract(self, olist: object) -> None:
        social = next(row for row in report("channels", at=AT)["rows"] if row["origin"] == "social")
        assert round(social["lead_to_customer_rate"], 4) == 0.0556
        assert social["low"] < 0.0556 < social["high"]

    def test_takes_two_queries_beside_those_for_the_calendar(self, olist: object) -> None:
        with CaptureQueriesContext(connection) as queries:
            report("channels", at=AT)
        assert len(queries) <= 5

    def test_few_cases_are_not_ranked(self, olist: object) -> None:
        rows = report("channels", at=AT, by="source_detail")["rows"]
        assert len(rows) == 495
        assert all((row["rank"] is None) == (row["leads"] < 5) for row in rows)


class TestFigures:
    def test_open_their_rows(self, olist: object) -> None:
        scope, reader = Scope(at=AT), User(is_active=True)
        for key, number in (("leads", 8_000), ("won", 842), ("lost", 0), ("deals_won", 842)):
            page = behind(key, scope, user=reader)
            assert page.total == metric(key).count(scope) == number
            assert len(page.rows) == min(number, 50)

    def test_profiles_with_two_values_stay_as_they_were_sent(self, olist: object) -> None:
        assert Submission.objects.filter(body__lead_behaviour_profile="cat, wolf").exists()


def test_run_twice_changes_nothing(olist: object) -> None:
    before = everything()
    assert bring_in("leads") == (8000, 0, 0, 8000, 0)
    assert bring_in("deals") == (842, 0, 0, 842, 0)
    assert everything() == before
    assert Lead.objects.count() == 8000


@pytest.fixture(scope="module")
def learnt(olist: object, django_db_blocker: pytest.FixtureRequest) -> Learnt:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return learn_fit(read_terms(default_document()), at=AT)


class TestLearning:
    """No agreement runs here, so the scorecard of today is the one that Accord ships."""

    def test_each_row_counts_what_pandas_counts(
        self, learnt: Learnt, frame: pandas.DataFrame
    ) -> None:
        columns = {"source": frame.origin, "source_detail": frame.landing_page_id}
        assert learnt.rows
        for row in learnt.rows:
            said = columns[row.raw["fact"]]
            held = said.notna() if "known" in row.raw else said == row.raw["is"]
            judge = (int(frame.won_date[held].notna().sum()), int(held.sum()))
            assert (row.won.part, row.won.whole) == judge, row.sentence

    def test_what_is_known_of_winners_alone_teaches_nothing(self, learnt: Learnt) -> None:
        """The file of deals says of whom a deal was closed what segment and lead type they are."""
        facts = {row.raw["fact"] for row in learnt.rows}
        assert facts <= {"source", "source_detail"}
        assert set(learnt.left_out) == {"Industry", "Lead type"}

    def test_tells_newer_leads_apart(self, learnt: Learnt) -> None:
        assert (learnt.outcomes, learnt.wins) == (8000, 842)
        assert (learnt.taught, learnt.checked) == (5600, 2400)
        assert learnt.suggested.auc is not None
        # Of today's card the rows stay out that ask for what is known of winners alone.
        assert learnt.today is not None
        assert len(learnt.not_asked) == 3
        assert learnt.today.auc == pytest.approx(0.5)
        assert learnt.suggested.auc > 0.65
        best, *_between, last = learnt.suggested.grades
        assert best.won.low > last.won.high

    def test_says_what_it_makes_of_todays_grades(
        self, learnt: Learnt, frame: pandas.DataFrame
    ) -> None:
        """Of the newer leads, by pandas: points of the suggested rows, added up and graded."""
        columns = {"source": frame.origin, "source_detail": frame.landing_page_id}
        points = pandas.Series(0, index=frame.index)
        for row in learnt.rows:
            said = columns[row.raw["fact"]]
            held = said.notna() if "known" in row.raw else said == row.raw["is"]
            points += held * row.points
        best, good = learnt.grades.values()
        grade = pandas.Series("C", index=frame.index).mask(points >= good, "B")
        grade = grade.mask(points >= best, "A")
        known = Identity.objects.filter(kind="external").values_list("value", "lead_id")
        ids = {value.rpartition(":")[2]: lead_id for value, lead_id in known}
        newest = Lead.objects.order_by("first_contact_at", "id").values_list("id", flat=True)
        checking = set(list(newest)[learnt.taught :])
        newer = frame.mql_id.map(ids).isin(checking)
        assert newer.sum() == learnt.checked
        found = {move.suggested: move.won for move in learnt.moves if move.won.whole}
        assert {move.today for move in learnt.moves if move.won.whole} == {"C"}
        for name, rows in frame[newer].groupby(grade[newer]):
            assert found[name].whole == len(rows)
            assert found[name].part == rows.won_date.notna().sum()

    def test_chances_come_true(self, learnt: Learnt) -> None:
        """In most fifths the chance foretold lies within the interval of what came true."""
        kept = [band.won.low <= band.foretold <= band.won.high for band in learnt.suggested.bands]
        assert sum(kept) >= 3


class TestRates:
    def test_the_last_four_closed_quarters_are_those_of_pandas(
        self, olist: object, frame: pandas.DataFrame
    ) -> None:
        over = closed_quarters(datetime(2018, 5, 31, 12, tzinfo=UTC), "UTC")
        found = rates(over, zone="UTC", currency="EUR")
        came = frame.first_contact_date
        rows = frame[(came >= "2017-04-01") & (came < "2018-04-01")]
        assert found.counts["leads"] == len(rows)
        assert found.counts["won"] == rows.won_date.notna().sum()
        assert found.amount is None
