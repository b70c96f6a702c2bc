"""Points learnt from outcomes, and what each clause lets in and shuts out."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from accord.agreement.queries import running
from accord.agreement.rewriting import with_entry
from accord.agreement.terms import read_terms
from accord.base.errors import Missing
from accord.base.ids import new_id
from accord.criteria.registry import registry
from accord.flows.pass_back import Said, pass_back
from accord.insights.candidates import candidates, holds
from accord.insights.clauses import decided_page, effects
from accord.insights.fitting import DOUBLES, MOST_ROWS, STEP, area, fit
from accord.insights.learning import FEWEST_OUTCOMES, TooFew, learn_fit
from accord.leads.models import FactChange, Lead, StageEntry
from accord.teams.models import User
from tests.agreement.papers import paper
from tests.handoffs.office import AT, hand_raise, open_office, send

LONG_AGO = AT - timedelta(days=400)


class TestFitting:
    def test_finds_what_tells_winners_apart_and_leaves_the_rest(self):
        dice = random.Random(3)
        answers = [[dice.random() < 0.5 for _ in range(20)] for _ in range(1_500)]
        won = [dice.random() < (0.5 if each[4] else 0.05) for each in answers]
        fitted = fit(answers, won)
        assert max(fitted.points, key=fitted.points.get) == 4
        # 0.5 against 0.05: odds of 1 against 1 / 19, which is 4.2 doublings.
        assert fitted.points[4] == pytest.approx(4.2 * DOUBLES, abs=15)
        assert all(points % STEP == 0 for points in fitted.points.values())
        assert len(fitted.points) <= MOST_ROWS

    def test_of_one_kind_alone_nothing_is_learnt(self):
        assert fit([[True], [False]], [True, True]).points == {}

    @given(st.lists(st.tuples(st.integers(-50, 50), st.booleans()), min_size=2, max_size=60))
    def test_the_area_is_the_share_of_pairs_that_are_in_order(self, rows):
        points, won = [row[0] for row in rows], [row[1] for row in rows]
        found = area(points, won)
        if len(set(won)) < 2:
            assert found is None
            return
        high = [number for number, each in rows if each]
        low = [number for number, each in rows if not each]
        judge = mannwhitneyu(high, low, method="asymptotic").statistic / (len(high) * len(low))
        assert found == pytest.approx(judge)


class TestCandidates:
    @given(st.lists(st.sampled_from([None, "Retail", "retail ", "Food", ""]), max_size=200))
    def test_enough_leads_say_so_and_enough_do_not(self, values):
        for each in candidates(registry.fact("source"), values):
            number = sum(holds(each.test, value) for value in values)
            assert 30 <= number <= len(values) - 30 or each.test.operator == "known"

    @given(st.lists(st.one_of(st.none(), st.integers(0, 500)), max_size=300))
    def test_bounds_part_the_numbers(self, values):
        for each in candidates(registry.fact("employees"), values):
            if each.test.operator == "at_least":
                assert any(holds(each.test, value) for value in values)


def came(number: int, *, won: int, source: str, need: str | None = None) -> list[Lead]:
    """So many leads long ago from a source, of whom the first ones became customers."""
    moments = [LONG_AGO + timedelta(hours=each) for each in range(number)]
    leads = Lead.objects.bulk_create(
        Lead(
            id=new_id(),
            name=f"{source} {each}",
            source=source,
            need=need,
            stage="inquiry",
            stage_entered_at=moment,
            status="new",
            holder="marketing",
            first_contact_at=moment,
            known_at=moment,
        )
        for each, moment in enumerate(moments)
    )
    random.Random(1).shuffle(leads)
    StageEntry.objects.bulk_create(
        StageEntry(
            id=new_id(),
            lead_id=lead.id,
            stage="customer",
            entered_at=lead.first_contact_at + timedelta(days=3),
            known_at=lead.first_contact_at,
            cause="import",
        )
        for lead in leads[:won]
    )
    return leads


@pytest.mark.django_db
class TestLearning:
    def test_too_few_outcomes_are_refused_with_their_number(self):
        open_office()
        came(FEWEST_OUTCOMES - 1, won=50, source="fair")
        with pytest.raises(TooFew, match="199 leads have a known outcome"):
            learn_fit(running(), at=AT)

    def test_too_few_wins_are_refused(self):
        open_office()
        came(300, won=5, source="fair")
        with pytest.raises(TooFew, match="5 of 300 leads won"):
            learn_fit(running(), at=AT)

    def test_gives_points_for_what_winners_have_and_checks_them_on_newer_leads(self):
        open_office()
        came(200, won=90, source="referral")
        came(200, won=8, source="fair")
        learnt = learn_fit(running(), at=AT)
        assert (learnt.outcomes, learnt.wins) == (400, 98)
        assert learnt.taught + learnt.checked == 400
        points = {row.raw.get("is"): row.points for row in learnt.rows}
        assert points.get("referral", 0) - points.get("fair", 0) > 3 * STEP
        assert learnt.suggested.auc > 0.7
        assert learnt.today.auc == pytest.approx(0.5)
        assert sum(band.won.whole for band in learnt.suggested.bands) == learnt.checked
        assert sum(grade.won.whole for grade in learnt.suggested.grades) == learnt.checked

    def test_the_card_it_suggests_can_be_agreed(self):
        open_office()
        came(200, won=90, source="referral")
        came(200, won=8, source="fair")
        card = learn_fit(running(), at=AT).scorecard("Fit", "Learnt")
        terms = read_terms(with_entry(paper(), "scorecards", "fit", card))
        assert [row.points for row in terms.scorecards["fit"].rows] == [
            row["points"] for row in card["rows"]
        ]

    def test_what_was_learnt_after_the_lead_came_teaches_nothing(self):
        open_office()
        winners = came(300, won=100, source="fair")[:100]
        Lead.objects.filter(id__in=[lead.id for lead in winners]).update(need="They bought.")
        FactChange.objects.bulk_create(
            FactChange(
                id=new_id(),
                lead_id=lead.id,
                fact="need",
                known_from=lead.known_at,
                known_until=lead.known_at + timedelta(days=2),
            )
            for lead in winners
        )
        with pytest.raises(TooFew, match="Nothing that was known"):
            learn_fit(running(), at=AT)

    def test_what_only_winners_have_is_left_out_and_named(self):
        open_office()
        came(150, won=60, source="referral")
        came(150, won=2, source="fair")
        came(40, won=40, source="fair", need="They bought.")
        assert learn_fit(running(), at=AT).left_out == ["Need"]


@pytest.mark.django_db
class TestClauses:
    def test_says_what_each_lets_in_and_what_came_back(self):
        open_office()
        raised = [hand_raise(name) for name in ("dana", "eva", "ida")]
        send({"email": "no@acme.example"})
        later = AT + timedelta(hours=1)
        for handoff in raised[:2]:
            said = Said(reason="no_need", note="Nothing.")
            pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=later)
        found = effects(running(), "mql", at=AT + timedelta(days=1))
        assert (found.leads, found.won, found.passed_back) == (2, 0, 2)
        asked = next(each for each in found.clauses if each.key == "asked-for-us")
        assert (asked.lets_in.leads, asked.lets_in.passed_back.part) == (2, 2)
        assert found.worst_in == asked
        assert found.worst_out is None
        assert all(each.shuts_out.leads == 0 for each in found.clauses)
        for of, part, names in (
            ("lets_in", "who_came_back", {"dana", "eva"}),
            ("lets_in", "who_won", set()),
            ("shuts_out", "who", set()),
        ):
            page = decided_page(
                running(),
                definition="mql",
                clause="asked-for-us",
                of=of,
                part=part,
                user=User.objects.earliest("email"),
                at=AT + timedelta(days=1),
            )
            assert page.rows.total == len(names)
            emails = {row.lead.email for row in page.rows.rows if row.lead}
            assert emails == {f"{name}@acme.example" for name in names}
        with pytest.raises(Missing):
            decided_page(
                running(),
                definition="mql",
                clause="nothing",
                of="lets_in",
                part="who",
                user=User.objects.earliest("email"),
                at=AT,
            )

    def test_says_which_shut_out_those_that_won(self):
        open_office()
        (lead,) = send(
            {"email": "won@acme.example", "asks_for": "demo", "need": "Machines", "name": "Won"}
        )
        Lead.objects.filter(id=lead.id).update(do_not_contact=True)
        FactChange.objects.create(
            id=new_id(),
            lead_id=lead.id,
            fact="do_not_contact",
            yes_value=True,
            known_from=AT - timedelta(days=1),
            known_until=AT + timedelta(days=300),
        )
        StageEntry.objects.filter(lead_id=lead.id, left_at=None).update(left_at=AT)
        StageEntry.objects.create(
            id=new_id(), lead_id=lead.id, stage="customer", entered_at=AT, known_at=AT, cause="act"
        )
        found = effects(running(), "mql", at=AT + timedelta(days=1))
        assert found.worst_out is not None
        assert found.worst_out.key == "may-be-contacted"
        assert found.worst_out.shuts_out.won == 1
