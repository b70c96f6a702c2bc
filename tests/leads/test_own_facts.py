"""Facts that the company defined: told, changed, judged by, taken back."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.base.errors import Conflict, Invalid, Missing
from accord.base.lifecycle import Side
from accord.criteria.compiler import compile
from accord.criteria.language import read_definition
from accord.criteria.registry import registry
from accord.deals.models import Deal, DealValue
from accord.flows.import_file import import_file, plan_import
from accord.flows.learn import learn, learn_of_company
from accord.flows.merge import merge, preview, undo_merge
from accord.flows.receive import check_body
from accord.flows.undo_import import undo_import
from accord.leads import actions, kinds, queries
from accord.leads.actions import Wanted, change_fact, define_fact, retire_fact
from accord.leads.models import Activity, CompanyValue, CustomFact, Lead, LeadValue
from accord.leads.rules import FactRule, read_custom
from tests.handoffs.office import AT, HOUR, open_office, send
from tests.imports.files import write

DAY = timedelta(days=1)
MACHINES = Wanted("Machines", kind="number")
REGION = Wanted("Region", about="company", kind="choice", choices=["North", "South"])
UNTIL = Wanted("Contract until", kind="date")
MARGIN = Wanted("Margin", about="deal", kind="money")


@pytest.fixture
def _own(db: None) -> None:
    open_office()
    for wanted in (MACHINES, REGION, UNTIL, MARGIN):
        define_fact(wanted=wanted, at=AT - DAY)


def known(lead: Lead) -> dict[str, object]:
    own = queries.values_of_leads([lead.id]).get(lead.id, {})
    of_company = queries.values_of_companies([lead.company_id]) if lead.company_id else {}
    return {**own, **of_company.get(lead.company_id, {})}


def verdict(lead: Lead, clause: dict[str, object], *, known_at: datetime | None = None) -> object:
    definition = read_definition("asked", {"title": "Asked", "text": "Asked", "must": [clause]})
    compiled = compile({"asked": definition}, registry=registry)
    sql, params = compiled.select(at=AT + 9 * DAY, leads=[lead.id], known_at=known_at)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        ((_lead, _key, outcome, *_rest),) = cursor.fetchall()
    return outcome


class TestReading:
    def fact(self, kind: str, *choices: str) -> dict[str, FactRule]:
        return {"custom_x": FactRule("custom_x", "X", "lead", kind, choices)}

    @pytest.mark.parametrize(
        ("kind", "given", "meant"),
        [
            ("text", " a pump ", "a pump"),
            ("number", "-2.5", Decimal("-2.5")),
            ("money", "1200", Decimal(1200)),
            ("date", "2026-05-31", date(2026, 5, 31)),
            ("choice", "NORTH", "North"),
            ("yes_no", "yes", True),
            ("text", "  ", None),
        ],
    )
    def test_a_value_in_its_kind(self, kind: str, given: str, meant: object) -> None:
        custom = self.fact(kind, "North")
        assert read_custom({"custom_x": given}, custom, "lead") == {"custom_x": meant}

    @pytest.mark.parametrize(
        ("kind", "given"),
        [
            ("number", "many"),
            ("number", "1e999"),
            ("money", "-1"),
            ("date", "31.5."),
            ("choice", "West"),
            ("yes_no", "perhaps"),
            ("text", "x" * 501),
            ("text", "a\0b"),
        ],
    )
    def test_what_does_not_fit_is_refused_with_its_key(self, kind: str, given: str) -> None:
        with pytest.raises(Invalid) as refusal:
            read_custom({"custom_x": given}, self.fact(kind, "North"), "lead")
        assert refusal.value.field == "custom_x"


@pytest.mark.django_db
class TestDefining:
    def test_a_key_is_made_of_the_label_and_never_given_twice(self) -> None:
        keys = [
            define_fact(wanted=Wanted(label), at=AT).key
            for label in ("Größe der Halle", "Region!", "区域", "region?", "Region!!")
        ]
        assert keys == [
            "custom_groe_der_halle",
            "custom_region",
            "custom_fact",
            "custom_region_2",
            "custom_region_3",
        ]

    @pytest.mark.parametrize(
        ("wanted", "field"),
        [
            (Wanted(" "), "label"),
            (Wanted("x" * 101), "label"),
            (Wanted("Region", kind="choice"), "choices"),
            (Wanted("Region", kind="colour"), "kind"),
            (Wanted("Region", about="user"), "kind"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, wanted: Wanted, field: str) -> None:
        with pytest.raises(Invalid) as refusal:
            define_fact(wanted=wanted, at=AT)
        assert refusal.value.field == field
        assert not CustomFact.objects.exists()

    def test_of_a_deal_neither_list_nor_form_speaks(self) -> None:
        wanted = Wanted("Margin", about="deal", kind="money", in_list=True, on_form=True)
        fact = define_fact(wanted=wanted, at=AT)
        assert (fact.in_list, fact.on_form) == (False, False)
        changed = change_fact(key=fact.key, wanted=wanted)
        assert (changed.in_list, changed.on_form) == (False, False)

    def test_two_of_one_name_would_be_confused(self) -> None:
        define_fact(wanted=Wanted("Region"), at=AT)
        with pytest.raises(Conflict):
            define_fact(wanted=Wanted("region "), at=AT)

    def test_choices_can_be_added_and_none_taken_away(self) -> None:
        fact = define_fact(wanted=REGION, at=AT)
        more = Wanted("District", choices=["North", "South", "West"])
        assert change_fact(key=fact.key, wanted=more).choices == ["North", "South", "West"]
        with pytest.raises(Conflict, match="South"):
            change_fact(key=fact.key, wanted=Wanted("District", choices=["North"]))
        assert CustomFact.objects.get().label == "District"

    @pytest.mark.usefixtures("_own")
    def test_a_retired_one_is_not_asked_for_and_its_values_stay(self) -> None:
        (lead,) = send({"email": "a@acme.example", "custom_machines": "3"})
        retire_fact(key="custom_machines", at=AT)
        assert "custom_machines" not in queries.fact_rules()
        assert known(lead) == {"custom_machines": Decimal(3)}
        assert verdict(lead, {"fact": "custom_machines", "is": 3}) is True

    def test_one_that_is_not_there_is_missing(self) -> None:
        with pytest.raises(Missing):
            retire_fact(key="custom_x", at=AT)


@pytest.mark.django_db
@pytest.mark.usefixtures("_own")
class TestTelling:
    def test_a_form_tells_of_a_lead_and_of_its_company(self) -> None:
        (lead,) = send(
            {"email": "dana@acme.example", "custom_machines": "12", "custom_region": "north"}
        )
        assert known(lead) == {"custom_machines": Decimal(12), "custom_region": "North"}

    def test_what_does_not_fit_is_refused_at_the_door(self) -> None:
        with pytest.raises(Invalid) as refusal:
            check_body(body={"email": "a@b.example", "custom_machines": "many"}, at=AT)
        assert refusal.value.field == "custom_machines"

    def test_a_person_states_anew_and_the_old_value_stays_behind(self) -> None:
        (lead,) = send({"email": "dana@acme.example", "custom_machines": "12"})
        send({"email": "dana@acme.example", "custom_machines": "14"}, at=AT + HOUR)
        assert known(lead) == {"custom_machines": Decimal(14)}
        was = queries.as_it_was(leads=[lead.id], moment=AT)[lead.id]
        assert (was.facts or {})["custom_machines"] == Decimal(12)

    def test_learning_leaves_state_fact_and_activity_or_nothing(self) -> None:
        (lead,) = send({"email": "dana@acme.example"})
        by = open_person()
        facts = {"custom_machines": Decimal(2), "need": "a pump"}
        for _again in range(2):
            learn(lead=lead.id, facts=facts, by=by, side=Side.SALES, at=AT + HOUR)
        (told,) = Activity.objects.filter(lead_id=lead.id, kind="fact.changed")
        assert kinds.of(told.kind).sentence(told) == "Changed: Machines, Need"
        assert LeadValue.objects.get().by_id == by
        learn(
            lead=lead.id, facts={"custom_machines": None}, by=by, side=Side.SALES, at=AT + 2 * HOUR
        )
        assert known(lead) == {}
        assert LeadValue.objects.get().known_until == AT + 2 * HOUR

    def test_a_company_is_told_by_hand(self) -> None:
        (lead,) = send({"email": "dana@acme.example", "custom_region": "North"})
        assert lead.company_id
        for value in ("South", "South", "North"):
            learn_of_company(
                company=lead.company_id,
                facts={"custom_region": value},
                by=open_person(),
                at=AT + HOUR,
            )
        assert known(lead) == {"custom_region": "North"}
        assert CompanyValue.objects.count() == 3


def open_person() -> uuid.UUID:
    from accord.teams.models import User

    return User.objects.get(email="mira@halden.example").id


@pytest.mark.django_db
@pytest.mark.usefixtures("_own")
class TestCriteria:
    def test_ask_typed_values(self) -> None:
        (lead,) = send(
            {
                "email": "dana@acme.example",
                "custom_machines": "12",
                "custom_region": "North",
                "custom_contract_until": "2026-11-20",
            }
        )
        assert verdict(lead, {"fact": "custom_machines", "at_least": 12}) is True
        assert verdict(lead, {"fact": "custom_machines", "less_than": 12}) is False
        assert verdict(lead, {"fact": "custom_region", "is": "North"}) is True
        assert verdict(lead, {"fact": "custom_contract_until", "in_next_days": 30}) is True

    def test_cannot_tell_what_nobody_said(self) -> None:
        (lead,) = send({"email": "dana@acme.example"})
        assert verdict(lead, {"fact": "custom_machines", "at_least": 1}) is None
        assert verdict(lead, {"fact": "custom_margin", "at_least": 1}) is None

    def test_ask_things_as_they_were_known(self) -> None:
        (lead,) = send({"email": "dana@acme.example", "custom_machines": "2"})
        send({"email": "dana@acme.example", "custom_machines": "20"}, at=AT + DAY)
        clause = {"fact": "custom_machines", "at_least": 10}
        assert verdict(lead, clause, known_at=AT) is False
        assert verdict(lead, clause, known_at=AT + DAY) is True

    def test_a_choice_that_is_none_and_a_fact_that_is_none_are_refused(self) -> None:
        (lead,) = send({"email": "dana@acme.example"})
        with pytest.raises(Invalid, match="North, South"):
            verdict(lead, {"fact": "custom_region", "is": "West"})
        with pytest.raises(Invalid, match="custom_machines"):
            verdict(lead, {"fact": "custom_machine", "is": 1})

    def test_a_choice_that_was_added_elsewhere_can_be_asked(self) -> None:
        (lead,) = send({"email": "dana@acme.example"})
        verdict(lead, {"fact": "custom_region", "is": "North"})
        CustomFact.objects.filter(key="custom_region").update(choices=["North", "South", "West"])
        assert verdict(lead, {"fact": "custom_region", "is": "West"}) is None


@pytest.mark.django_db
@pytest.mark.usefixtures("_own")
class TestFiles:
    TEXT = "Email,Machines,Contract until,region\na@acme.example,12,03/04/2026,North\n"

    def bring_in(self, folder: Path, text: str, kind: str = "leads") -> uuid.UUID:
        plan = plan_import(path=write(folder, text), kind=kind)
        import_file(plan=plan, by=None, at=AT)
        return plan.import_id

    def test_columns_are_recognised_by_name_and_read_in_their_kind(self, tmp_path: Path) -> None:
        self.bring_in(tmp_path, f"{self.TEXT}b@acme.example,1.5,25/12/2026,\n")
        assert known(Lead.objects.get(email="a@acme.example")) == {
            "custom_machines": Decimal(12),
            "custom_contract_until": date(2026, 4, 3),
            "custom_region": "North",
        }

    def test_a_row_that_does_not_fit_is_refused_by_its_column(self, tmp_path: Path) -> None:
        id = self.bring_in(tmp_path, "Email,Machines\na@acme.example,many\nb@acme.example,2\n")
        (refused,) = queries.ledger(id, fate="refused")
        assert (refused.field, refused.line) == ("Machines", 2)

    def test_only_gaps_are_filled_and_undoing_takes_that_back(self, tmp_path: Path) -> None:
        (lead,) = send({"email": "a@acme.example", "custom_machines": "7"}, at=AT - HOUR)
        before = known(lead)
        id = self.bring_in(
            tmp_path,
            "Email,Machines,Contract until,region\na@acme.example,12,2026-04-03,North\n"
            "new@acme.example,1,,\n",
        )
        assert known(lead) == {
            "custom_machines": Decimal(7),
            "custom_contract_until": date(2026, 4, 3),
            "custom_region": "North",
        }
        undo_import(import_id=id, at=AT + HOUR)
        assert known(lead) == before
        assert LeadValue.objects.count() == 1
        assert not CompanyValue.objects.exists()

    def test_a_file_of_deals_tells_of_the_deal(self, tmp_path: Path) -> None:
        (lead,) = send({"email": "a@acme.example"}, at=AT - HOUR)
        rows = "Email,Deal ID,State,Create date,Margin\na@acme.example,9,open,2026-10-01,{}\n"
        self.bring_in(tmp_path, rows.format(""), kind="deals")
        self.bring_in(tmp_path, rows.format("350.50"), kind="deals")
        deal = Deal.objects.get()
        told = DealValue.objects.get()
        assert (told.lead_id, told.deal_id, told.number_value) == (
            lead.id,
            deal.id,
            Decimal("350.5"),
        )
        assert verdict(lead, {"fact": "custom_margin", "at_least": 350}) is True
        assert verdict(lead, {"fact": "custom_margin", "at_least": 350}, known_at=AT - HOUR) is None

    def test_what_an_earlier_row_says_of_a_deal_is_not_lost(self, tmp_path: Path) -> None:
        send({"email": "a@acme.example"}, at=AT - HOUR)
        self.bring_in(
            tmp_path,
            "Email,Deal ID,State,Create date,Close date,Margin\n"
            "a@acme.example,9,open,2026-10-01,,350\n"
            "a@acme.example,9,won,2026-10-01,2026-10-20,\n",
            kind="deals",
        )
        assert DealValue.objects.get().number_value == 350
        assert Deal.objects.get().state == "won"


@pytest.mark.django_db
@pytest.mark.usefixtures("_own")
class TestMerging:
    def test_the_winner_s_values_stay_and_gaps_are_filled_until_it_is_undone(self) -> None:
        (one,) = send({"email": "dana@acme.example", "custom_machines": "2"})
        (other,) = send(
            {"phone": "+4930123456", "custom_machines": "3", "custom_contract_until": "2027-01-01"},
            at=AT + HOUR,
        )
        would = preview(winner=one.id, loser=other.id)
        assert would.fills["custom_contract_until"] == date(2027, 1, 1)
        assert would.differ["custom_machines"] == (Decimal(2), Decimal(3))
        done = merge(winner=one.id, loser=other.id, by=None, at=AT + DAY)
        assert known(one) == {
            "custom_machines": Decimal(2),
            "custom_contract_until": date(2027, 1, 1),
        }
        undo_merge(merge=done.id, by=None, at=AT + 2 * DAY)
        assert known(one) == {"custom_machines": Decimal(2)}
        assert known(other)["custom_machines"] == Decimal(3)


class TestAnyHistory(TestCase):
    @given(
        changes=st.lists(
            st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(0, 3).map(Decimal))),
            max_size=8,
        )
    )
    @settings(max_examples=40, deadline=None)
    def test_is_given_back_at_every_moment(self, changes: list[tuple[int, Decimal | None]]) -> None:
        open_office()
        fact = define_fact(wanted=MACHINES, at=AT)
        (lead,) = send({"email": "dana@acme.example"})
        expected, history, now = None, [(AT, None)], AT
        for minutes, value in changes:
            now += timedelta(minutes=minutes)
            actions.change_facts(
                changes={lead.id: {fact.key: value}}, by=None, side=Side.ACCORD, at=now
            )
            expected = value
            history.append((now, expected))
        for moment, _value in history:
            at_once = [value for at, value in history if at <= moment][-1]
            was = queries.as_it_was(leads=[lead.id], moment=moment)[lead.id]
            assert (was.facts or {}).get(fact.key) == at_once
        assert LeadValue.objects.filter(known_until__isnull=True).count() == (expected is not None)
