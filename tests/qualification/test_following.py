"""Definitions that ask for a lead's stage or deals: judged again when these move, no circles."""

from datetime import timedelta

import pytest
import yaml

from accord.agreement.faults import BadDocument
from accord.agreement.queries import running
from accord.agreement.terms import read_terms
from accord.flows import close, follow_up
from accord.flows.recheck import re_evaluate, recheck
from accord.leads.models import Lead
from accord.qualification.asking import ever_met
from accord.qualification.models import Verdict
from tests.agreement.papers import paper
from tests.handoffs.office import AT, change_agreement, hand_raise, open_office

MINUTE = timedelta(minutes=1)
OWN = "  disqualified:\n    title: Disqualified\n"
WITH_SALES = """  with_sales:
    title: With sales
    text: Sales works on it.
    must:
      - {fact: stage, one_of: [sal, sql, opportunity]}
  in_talks:
    title: In talks
    text: There is a deal that is not closed.
    must:
      - {fact: open_deals, at_least: 1}
  customer_again:
    title: Bought before
    text: We have won a deal with them.
    must:
      - {fact: won_deals, at_least: 1}
"""


def outcomes(lead_id) -> dict[str, str]:
    keys = ("with_sales", "in_talks", "customer_again")
    found = Verdict.objects.filter(lead_id=lead_id, definition__in=keys)
    return dict(found.values_list("definition", "outcome"))


@pytest.mark.django_db
class TestJudgedAgain:
    @pytest.fixture
    def handoff(self):
        office = open_office()
        change_agreement(office, (OWN, WITH_SALES + OWN))
        re_evaluate(at=AT)
        return hand_raise()

    def test_when_the_stage_or_a_deal_moves(self, handoff):
        lead, rep = handoff.lead_id, handoff.owner_id
        no = dict.fromkeys(("with_sales", "in_talks", "customer_again"), "not_met")
        assert outcomes(lead) == no

        follow_up.accept(handoffs=[handoff.id], by=rep, at=AT + MINUTE)
        assert recheck(at=AT + 2 * MINUTE) == 1
        assert outcomes(lead) == no | {"with_sales": "met"}

        deal = close.open_deal(lead=lead, title="Pumps", amount="900", by=rep, at=AT + 3 * MINUTE)
        recheck(at=AT + 4 * MINUTE)
        assert outcomes(lead) == no | {"with_sales": "met", "in_talks": "met"}

        close.win_deals(amounts={deal: None}, by=rep, at=AT + 5 * MINUTE)
        recheck(at=AT + 6 * MINUTE)
        assert outcomes(lead) == no | {"customer_again": "met"}
        assert recheck(at=AT + 7 * MINUTE) == 0

    def test_and_the_past_says_the_same(self, handoff):
        lead, rep = handoff.lead_id, handoff.owner_id
        follow_up.accept(handoffs=[handoff.id], by=rep, at=AT + 10 * MINUTE)
        deal = close.open_deal(lead=lead, title="Pumps", amount="900", by=rep, at=AT + 20 * MINUTE)
        close.win_deals(amounts={deal: None}, by=rep, at=AT + 30 * MINUTE)

        def met(key, begin, end):
            (found,) = ever_met(
                [running()], key, leads=[lead], begins=AT + begin * MINUTE, ends=AT + end * MINUTE
            )
            return found == {lead}

        assert [met("with_sales", *span) for span in ((1, 9), (11, 19), (31, 40))] == [
            *(False, True, False)
        ]
        assert [met("in_talks", *span) for span in ((11, 19), (21, 29), (31, 40))] == [
            *(False, True, False)
        ]
        assert [met("customer_again", *span) for span in ((21, 29), (31, 40))] == [False, True]

    def test_nothing_is_judged_again_where_nobody_asks(self):
        open_office()
        assert running().following == frozenset()
        handoff = hand_raise()
        before = set(Verdict.objects.values_list("id", "recheck_at"))
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=AT + MINUTE)
        assert set(Verdict.objects.values_list("id", "recheck_at")) >= before
        assert Lead.objects.get(id=handoff.lead_id).stage == "sal"


def faults_of(document: str) -> dict[str, str]:
    with pytest.raises(BadDocument) as refused:
        read_terms(document)
    return {fault.clause: fault.sentence for fault in refused.value.faults}


def asking_stage(part: str) -> str:
    """A row of the fit card, or a clause of the definition that enters a stage, asks for it."""
    document = yaml.safe_load(paper())
    if part == "mql":
        document["definitions"]["mql"]["must"]["all"].append({"fact": "stage", "is": "inquiry"})
    else:
        row = {"points": 5, "fact": "stage", "is": "mql", "key": "is-mql"}
        document["scorecards"]["fit"]["rows"].append(row)
        document["definitions"]["mql"]["must"]["all"].append({"score": "fit", "at_least": 10})
    return yaml.safe_dump(document)


def test_a_definition_that_enters_a_stage_cannot_ask_for_it():
    (sentence,) = faults_of(asking_stage("mql")).values()
    assert "mql → stage → stage" in sentence


def test_a_score_that_uses_a_stage_that_uses_the_score_is_refused():
    (sentence,) = faults_of(asking_stage("score")).values()
    assert "asks for itself" in sentence
    assert "stage" in sentence


def test_who_asks_for_who_asks_is_judged_again_too():
    document = paper((OWN, WITH_SALES + OWN))
    more = yaml.safe_load(document)
    more["definitions"]["hot"] = {
        "title": "Hot",
        "text": "T",
        "must": [{"definition": "in_talks"}],
    }
    terms = read_terms(yaml.safe_dump(more))
    assert terms.following == {"with_sales", "in_talks", "customer_again", "hot"}


@pytest.mark.django_db
def test_the_newest_deal_is_asked_for_and_its_past_is_that_of_its_steps():
    office = open_office()
    own = """  moving:
    title: In a demo
    text: The newest deal is at the demo.
    must:
      - {fact: deal_step, is: demo}
      - {fact: deal_amount, at_least: 500}
  too_dear:
    title: Too dear
    text: The newest deal was lost for its price.
    must:
      - {fact: loss_reason, is: price}
"""
    change_agreement(office, (OWN, own + OWN))
    re_evaluate(at=AT)
    handoff = hand_raise()
    lead, rep = handoff.lead_id, handoff.owner_id

    def now():
        found = Verdict.objects.filter(lead_id=lead, definition__in=("moving", "too_dear"))
        return dict(found.values_list("definition", "outcome"))

    def then(key, begin, end):
        (found,) = ever_met(
            [running()], key, leads=[lead], begins=AT + begin * MINUTE, ends=AT + end * MINUTE
        )
        return found == {lead}

    unknown = {"moving": "cannot_tell", "too_dear": "cannot_tell"}
    assert now() == unknown
    deal = close.open_deal(lead=lead, title="Pumps", amount="900", by=rep, at=AT + 10 * MINUTE)
    recheck(at=AT + 11 * MINUTE)
    assert now() == unknown | {"moving": "not_met"}
    close.move_deals(steps={deal: "demo"}, by=rep, at=AT + 20 * MINUTE)
    recheck(at=AT + 21 * MINUTE)
    assert now() == unknown | {"moving": "met"}
    lost = close.Lost(deal_id=deal, reason="price")
    close.lose_deals(lost=[lost], by=rep, at=AT + 30 * MINUTE)
    recheck(at=AT + 31 * MINUTE)
    assert now()["moving"] == "cannot_tell"
    assert now()["too_dear"] == "met"
    spans = ((1, 9), (11, 19), (21, 29), (31, 40))
    assert [then("moving", *span) for span in spans] == [False, False, True, False]
    assert [then("too_dear", *span) for span in spans] == [False, False, False, True]
