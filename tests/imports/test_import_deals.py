"""Rows about deals: their lead, their outcome, the stages that they state."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accord.deals.models import Deal
from accord.flows.import_file import Outcome, import_file, plan_import
from accord.insights.metrics import Scope, metric
from accord.leads import queries
from accord.leads.models import Activity, FactChange, Lead, StageEntry
from tests.handoffs.office import open_office
from tests.imports.files import write
from tests.imports.test_import_leads import everything, figures
from tests.leads.people import add_lead

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
MAP = """
[file]
source = "api"
time_zone = "UTC"
[columns]
lead = "lead_external_id"
mail = "lead_email"
deal = "external_id"
state = "state"
opened = "opened_at"
closed = "closed_at"
worth = "amount"
why = "loss_reason"
branch = "industry"
"""
HEADER = "lead,mail,deal,state,opened,closed,worth,why,branch\n"


def bring_in(folder: Path, rows: str, *, name: str = "deals.csv") -> Outcome:
    """Import deals."""
    path, map_path = write(folder, HEADER + rows, name=name), write(folder, MAP, name="map.toml")
    planned = plan_import(path=path, kind="deals", map_path=map_path)
    return import_file(plan=planned, by=None, at=AT)


def stages(lead_id: object) -> list[tuple[str, str, str]]:
    """Stage, day of entering and cause, in order of entering."""
    entries = StageEntry.objects.filter(lead_id=lead_id).order_by(
        "known_at", "entered_at", "-stage"
    )
    return [(entry.stage, f"{entry.entered_at:%m-%d}", entry.cause) for entry in entries]


@pytest.fixture
def ann() -> object:
    """A lead first met on the first of May."""
    return add_lead(at=datetime(2026, 5, 1, tzinfo=UTC), external_id="7", name="Ann")


class TestImportDeals:
    def test_a_won_deal_makes_its_lead_a_customer_at_that_moment(
        self, tmp_path: Path, ann: object
    ) -> None:
        outcome = bring_in(tmp_path, '7,,D1,Won,,2026-05-20,"1.234,50",,retail\n')
        assert figures(outcome) == (1, 1, 0, 0, 0)
        deal = Deal.objects.get()
        assert (deal.lead_id, deal.external_id, deal.state) == (ann, "api:D1", "won")
        assert deal.opened_at == deal.closed_at == datetime(2026, 5, 20, tzinfo=UTC)
        assert str(deal.amount) == "1234.50"
        assert stages(ann)[-2:] == [
            ("opportunity", "05-20", "import"),
            ("customer", "05-20", "import"),
        ]
        assert Lead.objects.get().stage == "customer"

    def test_tells_it_on_the_timeline(self, tmp_path: Path, ann: object) -> None:
        bring_in(tmp_path, "7,,D1,closed won,2026-05-10,2026-05-20,,,\n")
        told = Activity.objects.filter(lead_id=ann, kind__startswith="deal.").order_by(
            "happened_at"
        )
        assert [(each.kind, each.happened_at.day) for each in told] == [
            ("deal.opened", 10),
            ("deal.won", 20),
        ]

    def test_fills_what_was_not_known_of_the_lead_and_leaves_the_old_behind(
        self, tmp_path: Path, ann: object
    ) -> None:
        bring_in(tmp_path, "7,,D1,won,,2026-05-20,,,retail\n")
        assert Lead.objects.get().industry == "retail"
        assert FactChange.objects.get(lead_id=ann).fact == "industry"

    def test_a_win_before_the_first_contact_is_kept_as_stated(
        self, tmp_path: Path, ann: object
    ) -> None:
        bring_in(tmp_path, "7,,D1,won,,2026-04-20,,,\n")
        entry = StageEntry.objects.get(stage="customer")
        assert entry.entered_at == datetime(2026, 4, 20, tzinfo=UTC)
        assert not StageEntry.objects.filter(left_at__lt=datetime(2026, 4, 20, tzinfo=UTC)).exists()

    def test_refuses_a_deal_whose_lead_is_not_known_until_it_is(
        self, tmp_path: Path, ann: object
    ) -> None:
        rows = "7,,D1,won,,2026-05-20,,,\n8,,D2,won,,2026-05-21,,,\n"
        outcome = bring_in(tmp_path, rows)
        assert figures(outcome) == (2, 1, 0, 0, 1)
        refused = queries.ledger(outcome.import_id, fate="refused").get()
        assert (refused.line, refused.field) == (3, "lead")
        assert "No lead is known as “api:8”" in (refused.reason or "")
        add_lead(at=datetime(2026, 5, 2, tzinfo=UTC), external_id="8")
        assert figures(bring_in(tmp_path, rows)) == (2, 1, 0, 1, 0)
        assert Deal.objects.count() == 2

    def test_a_deal_with_an_address_brings_its_lead_along(self, tmp_path: Path) -> None:
        outcome = bring_in(tmp_path, ",new@x.co,D1,won,2026-05-01,2026-05-20,,,\n")
        assert outcome.created == 1
        lead = Lead.objects.get()
        assert (lead.email, lead.stage) == ("new@x.co", "customer")
        assert lead.first_contact_at == datetime(2026, 5, 1, tzinfo=UTC)

    def test_run_again_changes_nothing(self, tmp_path: Path, ann: object) -> None:
        rows = "7,,D1,won,,2026-05-20,,,retail\n9,,D2,won,,2026-05-20,,,\n"
        bring_in(tmp_path, rows)
        before = everything()
        assert figures(bring_in(tmp_path, rows)) == (2, 0, 0, 1, 1)
        assert everything() == before

    def test_the_same_deal_in_another_file_is_the_same_deal(
        self, tmp_path: Path, ann: object
    ) -> None:
        bring_in(tmp_path, "7,,D1,won,,2026-05-20,,,\n7,,,won,,2026-05-25,9,,\n")
        again = bring_in(
            tmp_path, "7,,,won,,2026-05-25,9,,\n7,,D1,won,,2026-05-20,,,\n", name="other.csv"
        )
        assert figures(again) == (2, 0, 0, 2, 0)
        assert Deal.objects.count() == 2

    def test_an_open_deal_is_closed_by_a_later_file(self, tmp_path: Path, ann: object) -> None:
        bring_in(tmp_path, "7,,D1,open,2026-05-10,,,,\n")
        assert Lead.objects.get().stage == "opportunity"
        later = bring_in(tmp_path, "7,,D1,won,2026-05-10,2026-05-20,,,\n", name="later.csv")
        assert figures(later) == (1, 0, 1, 0, 0)
        assert Deal.objects.get().state == "won"
        assert Lead.objects.get().stage == "customer"

    @pytest.mark.parametrize(
        ("row", "field", "said"),
        [
            ("7,,D1,maybe,,2026-05-20,,,", "state", "“maybe” is none of won, lost, open"),
            ("7,,D1,won,,,,,", "closed", "is won and has no date of closing"),
            ("7,,D1,won,2026-05-21,2026-05-20,,,", "closed", "closed before it was opened"),
            ("7,,D1,open,,,,,", "opened", "neither a date of opening"),
            ("7,,D1,won,,2026-05-20,-5,,", "worth", "is not between 0 and"),
            (",,D1,won,,2026-05-20,,,", "lead", "Nothing says whose deal this is"),
            (",nobody,D1,won,,2026-05-20,,,", "mail", "is not an e-mail address"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, tmp_path: Path, ann: object, row: str, field: str, said: str
    ) -> None:
        outcome = bring_in(tmp_path, row + "\n")
        assert outcome.refused == 1
        refused = queries.ledger(outcome.import_id, fate="refused").get()
        assert refused.field == field
        assert said in (refused.reason or "")
        assert not Deal.objects.exists()


class TestLostDeals:
    @pytest.mark.parametrize("said", ["no_budget", "No budget"])
    def test_go_where_the_agreement_sends_them(
        self, tmp_path: Path, ann: object, said: str
    ) -> None:
        open_office()
        bring_in(tmp_path, f"7,,D1,lost,2026-05-10,2026-05-20,,{said},\n")
        deal = Deal.objects.get()
        assert (deal.state, deal.loss_reason) == ("lost", "no_budget")
        assert deal.re_enter_on == date(2026, 8, 18)
        assert stages(ann)[-1] == ("recycled", "05-20", "import")
        assert metric("lost").count(Scope(at=AT)) == 1

    def test_without_a_known_reason_stay_opportunities(self, tmp_path: Path, ann: object) -> None:
        bring_in(tmp_path, "7,,D1,lost,2026-05-10,2026-05-20,,whatever,\n")
        assert Deal.objects.get().loss_reason == "whatever"
        assert Lead.objects.get().stage == "opportunity"
