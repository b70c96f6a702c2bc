"""An import is taken back: what it added goes, what it changed is as before."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.base.errors import Conflict
from accord.base.lifecycle import Cause, Side, Stage
from accord.deals.models import Deal
from accord.flows import close
from accord.flows.import_file import import_file, plan_import
from accord.flows.undo_import import Undone, undo_import
from accord.leads import actions
from accord.leads.models import (
    Activity,
    Import,
    ImportState,
    Lead,
    StageEntry,
    Submission,
)
from tests.handoffs.office import AT as OPENED
from tests.handoffs.office import open_office, send
from tests.imports.files import write
from tests.imports.test_import_leads import everything

pytestmark = pytest.mark.django_db

AT = OPENED + timedelta(days=1)
HEADER = "Email,Name,Company Name,Country,Industry,Lifecycle Stage,Record ID,Message\n"
LATER = AT + timedelta(hours=1)


def bring_in(folder: Path, rows: list[str], *, name: str = "leads.csv") -> Import:
    plan = plan_import(path=write(folder, HEADER + "\n".join(rows) + "\n", name=name), kind="leads")
    import_file(plan=plan, by=None, at=AT)
    return Import.objects.get(id=plan.import_id)


def state() -> dict[str, list[str]]:
    """Everything but the import's own row, and what is judged anew."""
    found = everything()
    judged = {"qualification_verdict", "qualification_score"}
    own = {"leads_import", "procrastinate_jobs"}
    return {table: rows for table, rows in found.items() if table not in judged | own}


def verdicts() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lead_id, definition, outcome FROM qualification_verdict ORDER BY 1, 2"
        )
        outcomes = cursor.fetchall()
        cursor.execute(
            "SELECT lead_id, fit_given, fit_unknown, engagement_given"
            " FROM qualification_score ORDER BY 1"
        )
        return outcomes + cursor.fetchall()


def row(number: int, *, country: str = "", industry: str = "", stage: str = "") -> str:
    return f"p{number}@firm{number}.example,P {number},,{country},{industry},{stage},,"


def test_leaves_nothing_behind(tmp_path: Path) -> None:
    open_office()
    before = state()
    done = bring_in(tmp_path, [row(n, stage="marketingqualifiedlead") for n in range(5)])
    assert Lead.objects.count() == 5

    undone = undo_import(import_id=done.id, at=LATER)

    assert undone == Undone(removed=5)
    assert state() == before
    assert Import.objects.get().state == ImportState.UNDONE


TOLD = st.tuples(
    st.integers(0, 6),
    st.sampled_from(["", "DE"]),
    st.sampled_from(["", "Tools"]),
    st.sampled_from(["", "marketingqualifiedlead", "customer"]),
)


class TestAnyFile(TestCase):
    @given(
        known=st.lists(st.sampled_from(["", "DE", "AT"]), min_size=1, max_size=4),
        told=st.lists(TOLD, min_size=1, max_size=8),
    )
    @settings(max_examples=25, deadline=None)
    def test_gives_back_what_was_known_before(
        self, known: list[str], told: list[tuple[int, str, str, str]]
    ) -> None:
        open_office()
        for number, country in enumerate(known):
            said = {"country": country} if country else {}
            send({"email": f"p{number}@firm{number}.example"} | said)
        before, judged = state(), verdicts()
        rows = [row(n, country=c, industry=i, stage=s) for n, c, i, s in told]
        with TemporaryDirectory() as folder:
            done = bring_in(Path(folder), rows)

        undo_import(import_id=done.id, at=LATER)

        assert state() == before
        assert verdicts() == judged


def test_keeps_whom_somebody_went_on_with(tmp_path: Path) -> None:
    open_office()
    done = bring_in(tmp_path, [row(n) for n in range(3)])
    worked_on, changed, _alone = Lead.objects.order_by("email")
    actions.add_notes(notes={worked_on.id: "called"}, by=None, side=Side.SALES, at=LATER)
    actions.change_facts(
        changes={changed.id: {"country": "DE"}}, by=None, side=Side.SALES, at=LATER
    )

    undone = undo_import(import_id=done.id, at=LATER)

    assert undone == Undone(removed=1, stayed=2)
    assert set(Lead.objects.values_list("id", flat=True)) == {worked_on.id, changed.id}


def test_keeps_whom_another_file_named_too(tmp_path: Path) -> None:
    open_office()
    first = bring_in(tmp_path, [row(1), row(2)])
    bring_in(tmp_path, [row(2)], name="other.csv")

    assert undo_import(import_id=first.id, at=LATER) == Undone(removed=1, stayed=1)


def test_keeps_what_was_said_since_of_a_known_lead(tmp_path: Path) -> None:
    open_office()
    (lead,) = send({"email": "p1@firm1.example"})
    done = bring_in(tmp_path, [row(1, country="DE", industry="Tools")])
    actions.change_facts(changes={lead.id: {"country": "AT"}}, by=None, side=Side.SALES, at=LATER)

    undo_import(import_id=done.id, at=LATER)

    lead.refresh_from_db()
    assert (lead.country, lead.industry) == ("AT", None)


def test_keeps_the_stages_of_a_known_lead_that_came_further_since(tmp_path: Path) -> None:
    open_office()
    (lead,) = send({"email": "p1@firm1.example", "asks_for": "newsletter"})
    columns = '[columns]\nEmail = "email"\nIndustry = "industry"\nAsks = "asks_for"\n'
    plan = plan_import(
        path=write(tmp_path, "Email,Industry,Asks\np1@firm1.example,Tools,demo\n"),
        kind="leads",
        map_path=write(tmp_path, columns, name="map.toml"),
    )
    import_file(plan=plan, by=None, at=AT)
    actions.enter_stages(
        entries=[actions.Entering(lead.id, Stage.OPPORTUNITY, Cause.CORRECTION)], by=None, at=LATER
    )

    undo_import(import_id=plan.import_id, at=LATER)

    lead.refresh_from_db()
    assert (lead.industry, lead.stage) == (None, Stage.OPPORTUNITY)
    entered = StageEntry.objects.filter(lead_id=lead.id).order_by("entered_at", "known_at")
    assert list(entered.values_list("stage", flat=True)) == [
        *(Stage.SUBSCRIBER, Stage.INQUIRY, Stage.MQL, Stage.OPPORTUNITY)
    ]
    activities = Activity.objects.filter(lead_id=lead.id, kind="stage.entered").count()
    assert activities == entered.count() - 1  # the first is that of the lead itself


def test_can_be_brought_in_again(tmp_path: Path) -> None:
    open_office()
    rows = [row(n) for n in range(3)]
    done = bring_in(tmp_path, rows)
    undo_import(import_id=done.id, at=LATER)
    again = bring_in(tmp_path, rows)
    assert (again.id, again.created, Lead.objects.count()) == (done.id, 3, 3)
    assert Submission.objects.count() == 3


def test_is_done_once_and_not_while_it_runs(tmp_path: Path) -> None:
    open_office()
    done = bring_in(tmp_path, [row(1)])
    Import.objects.update(state=ImportState.RUNNING)
    with pytest.raises(Conflict):
        undo_import(import_id=done.id, at=LATER)
    Import.objects.update(state=ImportState.DONE)
    undo_import(import_id=done.id, at=LATER)
    with pytest.raises(Conflict):
        undo_import(import_id=done.id, at=LATER)


class TestDeals:
    HEADER = "Email,Deal ID,Deal name,State,Create date,Close date,Amount,Loss reason\n"

    def bring_in(self, folder: Path, *rows: str, at: datetime = AT) -> Import:
        path = write(folder, self.HEADER + "\n".join(rows) + "\n", name=f"deals-{len(rows)}.csv")
        plan = plan_import(path=path, kind="deals")
        import_file(plan=plan, by=None, at=at)
        return Import.objects.get(id=plan.import_id)

    def test_are_gone_with_the_leads_they_brought_and_the_stages_they_stated(
        self, tmp_path: Path
    ) -> None:
        open_office()
        send({"email": "dana@acme.example", "name": "Dana"}, at=OPENED)
        before, judged = state(), verdicts()
        done = self.bring_in(
            tmp_path,
            "dana@acme.example,1,Pumps,won,2026-10-01,2026-10-20,900,",
            "dana@acme.example,2,Valves,open,2026-10-02,,,",
            "new@bright.example,3,Seals,lost,2026-10-03,2026-10-09,50,",
        )
        assert Deal.objects.count() == 3
        assert Lead.objects.get(email="dana@acme.example").stage == Stage.CUSTOMER
        assert undo_import(import_id=done.id, at=LATER) == Undone(removed=3)
        assert state() == before
        assert verdicts() == judged

    def test_that_a_file_closed_are_open_again_with_their_amount(self, tmp_path: Path) -> None:
        open_office()
        send({"email": "dana@acme.example", "name": "Dana"}, at=OPENED)
        self.bring_in(tmp_path, "dana@acme.example,1,Pumps,open,2026-10-01,,900,")
        before = state()
        done = self.bring_in(
            tmp_path,
            "dana@acme.example,1,Pumps,won,2026-10-01,2026-10-20,1200,",
            "dana@acme.example,2,Valves,open,2026-10-02,,,",
            at=AT + timedelta(hours=1),
        )
        won = Deal.objects.get(title="Pumps")
        assert (won.state, won.amount) == ("won", 1200)
        undone = undo_import(import_id=done.id, at=AT + timedelta(hours=2))
        assert undone == Undone(removed=1, restored=1)
        assert state() == before

    def test_that_somebody_went_on_with_stay_and_so_do_their_leads(self, tmp_path: Path) -> None:
        office = open_office()
        send({"email": "dana@acme.example", "name": "Dana"}, at=OPENED)
        done = self.bring_in(
            tmp_path,
            "dana@acme.example,1,Pumps,open,2026-10-01,,900,",
            "new@bright.example,2,Seals,open,2026-10-03,,50,",
        )
        deal = Deal.objects.get(title="Pumps")
        close.win_deals(amounts={deal.id: None}, by=office.head.id, at=LATER)
        undone = undo_import(import_id=done.id, at=LATER + timedelta(hours=1))
        assert undone == Undone(removed=1, stayed=1)
        assert list(Deal.objects.values_list("title", flat=True)) == ["Pumps"]
        assert Lead.objects.get().stage == Stage.CUSTOMER
