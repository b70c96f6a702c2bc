"""What was expected of a deal stays behind, and criteria ask it as it was."""

import importlib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from accord.criteria.compiler import compile
from accord.criteria.language import read_definition
from accord.criteria.registry import registry
from accord.deals.models import Deal, FormerAmount
from accord.deals.queries import amounts_lost
from accord.flows import close
from accord.flows.close import Opening
from accord.flows.import_file import import_file, plan_import
from accord.flows.undo_import import undo_import
from accord.leads.models import Activity
from tests.handoffs.office import AT, hand_raise, open_office
from tests.imports.files import write

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FACTS = ("deal_amount", "deal_step", "loss_reason")
ASKED = read_definition(
    "asked",
    {"title": "Asked", "text": "Asked", "must": [{"fact": f, "known": True} for f in FACTS]},
)


def known(deal: Deal, at) -> tuple[object, ...]:
    """Amount, step and reason of the newest deal, as they were known at a moment."""
    compiled = compile({"asked": ASKED}, registry=registry)
    chosen = f"= '{deal.lead_id}'"
    sql, params = compiled.facts(FACTS, at=at, chosen=lambda column: f"{column} {chosen}")
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        ((_lead, *values),) = cursor.fetchall()
    return tuple(values)


@pytest.fixture
def deal() -> Deal:
    open_office()
    handoff = hand_raise()
    opening = Opening(lead_id=handoff.lead_id, title="Pumps", amount=Decimal(900))
    by = handoff.owner_id
    (id,) = close.open_deals(openings=[opening], by=by, at=AT + DAY)
    return Deal.objects.get(id=id)


def win(deal: Deal, amount: int | None, at) -> None:
    amounts = {deal.id: amount and Decimal(amount)}
    close.win_deals(amounts=amounts, by=deal.owner_id, at=at)


class TestWon:
    def test_for_another_amount_the_one_expected_stays_behind(self, deal: Deal) -> None:
        win(deal, 700, AT + 9 * DAY)

        former = FormerAmount.objects.get()
        assert (former.amount, former.is_kept, former.lead_id) == (900, True, deal.lead_id)
        assert (former.known_from, former.known_until) == (AT + DAY, AT + 9 * DAY)
        assert known(deal, AT + 8 * DAY)[0] == 900
        assert known(deal, AT + 9 * DAY)[0] == 700

    @pytest.mark.parametrize("amount", [None, 900])
    def test_for_what_was_expected_nothing_stays_behind(self, deal: Deal, amount) -> None:
        win(deal, amount, AT + 9 * DAY)

        assert not FormerAmount.objects.exists()
        assert known(deal, AT + 8 * DAY)[0] == 900


MAP = """
[columns]
lead = "lead_email"
deal = "external_id"
state = "state"
closed = "closed_at"
opened = "opened_at"
worth = "amount"
why = "loss_reason"
"""
HEADER = "lead,deal,state,opened,closed,worth,why\n"


def bring_in(folder: Path, row: str, at) -> object:
    name = f"{at:%d}.csv"
    path = write(folder, HEADER + row + "\n", name=name)
    plan = plan_import(path=path, kind="deals", map_path=write(folder, MAP, name="map.toml"))
    import_file(plan=plan, by=None, at=at)
    return plan.import_id


@pytest.mark.django_db(transaction=True)
class TestToldByAFile:
    def test_late_it_counts_from_when_it_was_told_and_can_be_taken_back(
        self, tmp_path: Path
    ) -> None:
        open_office()
        bring_in(tmp_path, "dana@acme.example,D1,open,2026-11-01,,900,", AT)
        deal = Deal.objects.get()
        assert known(deal, AT) == (900, "qualification", None)

        later = AT + 20 * DAY
        id = bring_in(tmp_path, "dana@acme.example,D1,lost,2026-11-01,2026-11-05,400,price", later)

        deal.refresh_from_db()
        assert (deal.state, deal.closing_known_at) == ("lost", later)
        assert known(deal, later - DAY) == (900, "qualification", None)
        assert known(deal, later) == (400, None, "price")

        undo_import(import_id=id, at=later + DAY)

        deal.refresh_from_db()
        assert (deal.state, deal.amount, deal.closing_known_at) == ("open", 900, None)
        assert not FormerAmount.objects.exists()


def test_of_deals_won_before_amounts_were_kept_nobody_can_tell(deal: Deal) -> None:
    win(deal, 700, AT + 9 * DAY)
    # As it was before: nothing kept, but for what an import noted on the timeline.
    FormerAmount.objects.all().delete()
    Deal.objects.update(closing_known_at=None)
    before = importlib.import_module("accord.deals.migrations.0003_former_amounts")
    for noted, amount in (({}, None), ({"was_amount": "800.00"}, 800)):
        Activity.objects.filter(kind="deal.won").update(detail={"deal": f"{deal.id}", **noted})
        FormerAmount.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(before.CLOSINGS_KNOWN)
            cursor.execute(before.FORMER_AMOUNTS)

        deal.refresh_from_db()
        assert deal.closing_known_at == AT + 9 * DAY
        assert known(deal, AT + 8 * DAY)[0] == amount
        assert known(deal, AT + 9 * DAY)[0] == 700
        assert amounts_lost(AT, AT + 2 * DAY) == (not noted)
        assert not amounts_lost(AT + 9 * DAY, AT + 10 * DAY)
