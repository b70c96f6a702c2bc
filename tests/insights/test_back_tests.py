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
from accord.agreement.rewriting import with_entry
from accord.base.errors import Invalid
from accord.base.lifecycle import Side
from accord.cli.agreement import agreement
from accord.cli.compared import write_rows
from accord.criteria.registry import registry
from accord.deals.models import Deal, FormerAmount
from accord.flows.back_test import run_back_test
from accord.handoffs.models import Handoff
from accord.insights.back_test_lists import Only, list_of
from accord.insights.back_tests import figures
from accord.insights.not_known import not_known
from accord.insights.suggestions import Suggestions, suggestions
from accord.leads.actions import change_facts
from accord.leads.models import Lead, Observed
from accord.leads.queries.sampling import TENTH, sample_of
from accord.qualification.actions import Tried, ask_back_test
from accord.qualification.asking import question
from accord.qualification.models import BackTest
from accord.qualification.queries import terms_tried
from accord.sample import actions as sample

AT = datetime(2026, 11, 19, 14, 30, tzinfo=UTC)
CHANGED = 4  # leads whose country became another one after the period
BEGINS, ENDS = AT - timedelta(days=300), AT - timedelta(days=2)
CHANGES = (("at_least: 20", "at_least: 400"), ("at_least: 20", "at_least: 5"))


@pytest.fixture(scope="module")
def tried(django_db_setup: object, django_db_blocker: object) -> Iterator[BackTest]:
    """The agreement of the sample company beside a stricter one and a looser one."""
    with django_db_blocker.unblock():
        sample.fill(at=AT, size=300)
        won = Deal.objects.filter(state="won").order_by("id")
        won.filter(id=won.first().id).update(currency="USD")
        moved = Lead.objects.filter(country="Germany").order_by("id")[:CHANGED]
        change_facts(
            changes={lead.id: {"country": "Atlantis"} for lead in moved},
            by=None,
            side=Side.MARKETING,
            at=AT - timedelta(days=1),
        )
        # One of them was handed over before it met any definition.
        early = Handoff.objects.filter(offered_at__gte=BEGINS + timedelta(days=60)).order_by("id")
        early = early.filter(accepted_at__isnull=False, offered_at__lt=ENDS)
        lead = Lead.objects.get(id=early[0].lead_id)
        early.filter(lead_id=lead.id).update(
            offered_at=max(lead.first_contact_at - timedelta(minutes=1), BEGINS)
        )
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


def closed() -> pandas.DataFrame:
    """The deals won or lost in the time; those in another currency without a value."""
    deals = table(
        "SELECT lead_id, state = 'won' AS won, amount::float, currency, closed_at "
        "FROM deals_deal WHERE state <> 'open' AND closed_at >= %s AND closed_at < %s",
        *(BEGINS, ENDS),
    )
    deals["amount"] = deals.amount.where(deals.currency == "EUR", 0).fillna(0)
    return deals


def answered() -> pandas.DataFrame:
    """The handoffs offered in the time that were accepted or passed back."""
    return table(
        "SELECT lead_id, offered_at, accepted_at IS NOT NULL AS accepted FROM handoffs_handoff "
        "WHERE offered_at >= %s AND offered_at < %s "
        "AND coalesce(accepted_at, passed_back_at) IS NOT NULL",
        *(BEGINS, ENDS),
    )


def within(
    test: BackTest, leads: pandas.Series, moments: pandas.Series, number: int
) -> pandas.Series:
    """Whether each row's lead had met the variant by the row's moment."""
    first = met(test)[number].reindex(leads).set_axis(leads.index)
    return first.notna() & (first <= moments)


def tally(won: pandas.DataFrame) -> dict[str, float]:
    amounts = won.amount
    return {"number": len(won), "value": amounts.sum(), "squares": (amounts**2).sum()}


def check_parts(
    test: BackTest,
    number: int,
    parts: dict[str, dict[str, object]],
    by: str,
    deals: pandas.DataFrame,
    handoffs: pandas.DataFrame,
) -> None:
    """Deals and handoffs of every month, or every value of a field."""
    is_in = within(test, deals.lead_id, deals.closed_at, number)
    was_in = within(test, deals.lead_id, deals.closed_at, 0)
    of_in = within(test, handoffs.lead_id, handoffs.offered_at, number)
    sums = dict.fromkeys(("won_in", "closed_in", "answered_in", "answered_out", "lost"), 0)
    for name, part in parts.items():
        here, there = (
            rows[by].isna() if name is None else rows[by] == name for rows in (deals, handoffs)
        )
        won = deals.won & here
        assert part["kept"] == tally(deals[won & is_in & was_in])
        assert part["lost"] == tally(deals[won & ~is_in & was_in])
        assert part["gained"] == tally(deals[won & is_in & ~was_in])
        assert (part["won_in"], part["closed_in"]) == ((won & is_in).sum(), (here & is_in).sum())
        accepted = (handoffs.accepted & there & of_in).sum()
        assert (part["accepted_in"], part["answered_in"]) == (accepted, (there & of_in).sum())
        for key in sums:
            sums[key] += counted(part, key)
    assert sums["won_in"] == (deals.won & is_in).sum()
    assert sums["answered_in"] == of_in.sum()


# A figure as it is kept, and the list behind it.
FIGURES = {
    "qualified": "in",
    "standing": "standing",
    "only_here": "more",
    "only_there": "less",
    "customers_in": "customers_in",
    "customers_out": "customers_out",
    "kept": "kept",
    "lost": "lost",
    "gained": "gained",
    **{
        f"{name}_{side}": f"{name}_{side}"
        for name in ("won", "closed", "accepted", "answered")
        for side in ("in", "out")
    },
}
PARTED = (
    "qualified",
    "kept",
    "lost",
    "gained",
    "won_in",
    "closed_in",
    "accepted_in",
    "answered_in",
)


def counted(part: dict[str, object], key: str) -> int:
    """A figure as a number."""
    found = part[key]
    return int(found["number"] if isinstance(found, dict) else found)  # type: ignore[call-overload]


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
            found = {name: each["qualified"] for name, each in variant["months"].items()}
            assert {name: count for name, count in found.items() if count} == months.to_dict()
        numbers = [each["qualified"] for each in tried.figures["variants"]]
        assert numbers[1] < numbers[0] < numbers[2]

    def test_won_deals_kept_lost_and_gained(self, tried: BackTest) -> None:
        deals = closed()
        won = deals[deals.won]
        assert (won.currency != "EUR").sum() == 1
        assert tried.figures["won"] == tally(won)
        for number, variant in enumerate(tried.figures["variants"]):
            now, was = (within(tried, won.lead_id, won.closed_at, each) for each in (number, 0))
            parts = {"kept": now & was, "lost": was & ~now, "gained": now & ~was}
            for part, rows in parts.items():
                assert variant[part] == tally(won[rows]), part
        assert tried.figures["variants"][1]["kept"]["number"] < len(won)

    def test_win_rate_of_deals_closed_by_those_in_and_those_out(self, tried: BackTest) -> None:
        deals = closed()
        assert 0 < deals.won.sum() < len(deals), "the year has deals won and lost"
        for number, variant in enumerate(tried.figures["variants"]):
            inside = within(tried, deals.lead_id, deals.closed_at, number)
            for side, rows in {"in": inside, "out": ~inside}.items():
                found = (variant[f"won_{side}"], variant[f"closed_{side}"])
                assert found == (deals.won[rows].sum(), rows.sum()), side

    def test_customers_of_those_in_and_those_out(self, tried: BackTest) -> None:
        won = closed().query("won")
        for number, variant in enumerate(tried.figures["variants"]):
            inside = within(tried, won.lead_id, won.closed_at, number)
            ever = met(tried)[number].dropna().index
            assert variant["customers_in"] == won.lead_id[inside].nunique()
            assert variant["customers_out"] == won.lead_id[~won.lead_id.isin(ever)].nunique()

    def test_acceptance_of_those_in_and_those_out(self, tried: BackTest) -> None:
        handoffs = answered()
        assert len(handoffs) > 20
        differ = 0
        for number, variant in enumerate(tried.figures["variants"]):
            inside = within(tried, handoffs.lead_id, handoffs.offered_at, number)
            for side, rows in {"in": inside, "out": ~inside}.items():
                found = (variant[f"accepted_{side}"], variant[f"answered_{side}"])
                assert found == (handoffs.accepted[rows].sum(), rows.sum())
            ever = met(tried)[number].dropna().index
            differ += (handoffs.lead_id.isin(ever) & ~inside).sum()
        assert differ, "some lead met a definition after it was handed over"

    def test_by_month(self, tried: BackTest) -> None:
        deals, handoffs = closed(), answered()
        for rows, moment in ((deals, "closed_at"), (handoffs, "offered_at")):
            rows["month"] = rows[moment].dt.tz_convert("Europe/Berlin").dt.strftime("%Y-%m")
        for number, variant in enumerate(tried.figures["variants"]):
            check_parts(tried, number, variant["months"], "month", deals, handoffs)
            assert list(variant["months"]) == sorted(variant["months"])

    def test_by_segment_as_it_was_when_the_period_ended(self, tried: BackTest) -> None:
        leads = table("SELECT id, country FROM leads_lead").set_index("id").country
        changed = table(
            "SELECT lead_id, text_value FROM leads_factchange "
            "WHERE fact = 'country' AND known_from <= %s AND known_until > %s",
            *(ENDS, ENDS),
        ).set_index("lead_id")
        assert set(changed.text_value) == {"Germany"}
        assert (leads == "Atlantis").sum() == CHANGED
        assert len(changed) == CHANGED
        leads = leads.mask(leads.index.isin(changed.index), changed.text_value.reindex(leads.index))
        deals, handoffs = closed(), answered()
        for rows in (deals, handoffs):
            rows["country"] = leads.reindex(rows.lead_id).to_numpy()
        for number, variant in enumerate(tried.figures["variants"]):
            parts = dict(map(tuple, variant["segments"]["country"]))
            counted = leads.reindex(met(tried)[number].dropna().index).value_counts(dropna=False)
            found = {name: part["qualified"] for name, part in parts.items() if part["qualified"]}
            assert found == counted.to_dict()
            check_parts(tried, number, parts, "country", deals, handoffs)

    def test_leads_by_who_had_them(self, tried: BackTest) -> None:
        owners = table(
            "SELECT lead.id, coalesce(lead.owner_id, (SELECT owner_id FROM handoffs_handoff AS h "
            "WHERE h.lead_id = lead.id ORDER BY offered_at DESC LIMIT 1))::text AS owner "
            "FROM leads_lead AS lead"
        ).set_index("id")
        for number, variant in enumerate(tried.figures["variants"]):
            moments = met(tried)[number].dropna()
            newly = owners.owner.reindex(moments[moments > BEGINS].index).fillna("")
            assert variant["owners"] == newly.value_counts().to_dict()
            assert sum(variant["owners"].values()) == variant["qualified"] - variant["standing"]

    def test_every_figure_opens_as_many_rows_as_it_says(self, tried: BackTest) -> None:
        for number, variant in enumerate(tried.figures["variants"]):
            for key, of in FIGURES.items():
                assert counted(variant, key) == list_of(tried, of, number, Only()).count(), of
            assert (
                tried.figures["leads"] - variant["qualified"]
                == list_of(tried, "out", number, Only()).count()
            )
            for month, part in variant["months"].items():
                only = Only(month=month, zone="Europe/Berlin")
                for key in PARTED:
                    found = list_of(tried, FIGURES[key], number, only).count()
                    assert counted(part, key) == found, (month, key)
            for field, parts in variant["segments"].items():
                for value, part in parts:
                    only = Only(field=field, value=value)
                    for key in PARTED:
                        found = list_of(tried, FIGURES[key], number, only).count()
                        assert counted(part, key) == found, (field, value, key)

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


@pytest.mark.django_db
def test_the_rows_behind_the_figures_as_a_file(tried: BackTest, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    write_rows(tried, file)
    rows = pandas.read_csv(file)
    sizes = rows.groupby(["variant", "figure"]).size()
    for variant in tried.figures["variants"]:
        for key, of in FIGURES.items():
            assert counted(variant, key) == sizes.get((variant["name"], of), 0), of


@pytest.mark.django_db
def test_what_cannot_be_known_is_looked_for_within_scorecards_too(tried: BackTest) -> None:
    document = document_of(running().number)
    asked = "count: hand_raises\n              within_days: 90\n              at_least: 1"
    of_score = document.replace(asked, "score: engagement\n              at_least: 20", 1)
    assert of_score != document
    test = BackTest(
        variants=[{"name": "Score", "document": of_score}],
        definition="mql",
        begins_at=BEGINS,
        ends_at=ENDS,
    )
    Observed.objects.filter(kind="page.visited").delete()
    assert "page_visits" in not_known(test)["unwatched"]


@pytest.mark.django_db
def test_amounts_that_were_not_kept_are_told(tried: BackTest) -> None:
    document = document_of(running().number)
    asked = "count: hand_raises\n              within_days: 90\n              at_least: 1"
    of_deals = document.replace(asked, "fact: deal_amount\n              at_least: 20", 1)
    test = BackTest(
        variants=[{"name": "Deals", "document": of_deals}],
        definition="mql",
        begins_at=BEGINS,
        ends_at=ENDS,
    )
    assert not_known(test)["without_past"] == []
    deal = Deal.objects.filter(state="won").order_by("id")[0]
    of = {"lead_id": deal.lead_id, "deal_id": deal.id, "is_kept": False}
    FormerAmount.objects.create(known_from=BEGINS, known_until=BEGINS + timedelta(days=1), **of)
    assert not_known(test)["without_past"] == ["deal_amount"]


@pytest.mark.django_db
def test_the_campaign_a_lead_belonged_to_is_known_of_the_past() -> None:
    assert registry.relations["campaign"].changes


@pytest.mark.django_db
def test_a_new_word_is_tried_beside_an_agreement_that_does_not_have_it(tried: BackTest) -> None:
    document = document_of(running().number)
    word = {
        "title": "In Austria",
        "text": "They buy there.",
        "must": [{"fact": "country", "is": "Austria", "key": "austria"}],
    }
    with_word = with_entry(document, "definitions", "austrian", word)
    test = ask_back_test(
        variants=[Tried("Today", document), Tried("With the word", with_word)],
        definition="austrian",
        begins_at=BEGINS,
        ends_at=ENDS,
        by=None,
        at=AT,
    )
    today, new = (run_back_test(back_test_id=test.id, hands=1).figures or {})["variants"]
    assert today["qualified"] == 0
    leads = Lead.objects.filter(country="Austria", first_contact_at__lt=ENDS).count()
    assert new["qualified"] == new["only_here"] == leads > 0
    with pytest.raises(Invalid, match="None of them has a definition"):
        question(terms_tried(tried), "austrian")


@pytest.mark.django_db
def test_the_command_line_says_what_the_data_suggests(tried: BackTest) -> None:
    done = CliRunner().invoke(agreement, ["suggest", "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert {each["definition"] for each in said["effects"]} == {"mql", "sales_ready"}
    for each in said["effects"]:
        assert each["leads"] > 50
        assert any(clause["lets_in"]["who"] for clause in each["clauses"])
    assert said["learnt"] or "are needed" in said["too_few"]
    plain = CliRunner().invoke(agreement, ["suggest"], catch_exceptions=False)
    assert "Missing most often" in plain.output


class TestWhatTheDataSuggests:
    """On the sample company, with the agreement that its people signed."""

    @pytest.fixture
    def found(self, tried: BackTest) -> Suggestions:
        return suggestions(running(), at=AT)

    def test_names_the_clause_that_lets_in_most_of_what_comes_back(self, found):
        assert [each.definition for each in found.effects] == ["mql", "sales_ready"]
        for each in found.effects:
            came_back = {effect.key: effect.lets_in.passed_back.part for effect in each.clauses}
            assert each.worst_in
            assert came_back[each.worst_in.key] == max(came_back.values()) > 0

    def test_says_that_so_few_leads_teach_nothing(self, found):
        assert found.learnt is None
        won = Deal.objects.filter(state="won").values("lead_id").distinct().count()
        assert won < 20
        assert "20 wins are needed" in found.too_few
