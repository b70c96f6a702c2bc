"""Asking a definition before it runs: the same numbers as judging gives, and nothing written."""

import pytest

from accord.agreement.queries import running
from accord.agreement.terms import read_terms
from accord.leads.models import Lead
from accord.leads.queries.sampling import HUNDREDTH, sample_of
from accord.qualification.asking import ask
from accord.qualification.models import Outcome, Verdict
from tests.agreement.papers import paper
from tests.handoffs.office import AT, demo, open_office, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def _leads() -> None:
    open_office()
    send(*(demo(f"one{number}") for number in range(5)))
    send(*({"email": f"no{number}@acme{number}.example"} for number in range(7)), at=AT)


@pytest.mark.usefixtures("_leads")
class TestAll:
    def test_numbers_are_those_of_the_verdicts(self) -> None:
        for key in running().definitions:
            found = ask(running(), key, at=AT, is_sample=False)
            assert found.leads == Lead.objects.count()
            for outcome in Outcome.values:
                ids = Verdict.objects.filter(definition=key, outcome=outcome)
                assert found.numbers[outcome] == ids.count(), (key, outcome)
                known = set(ids.values_list("lead_id", flat=True))
                assert set(found.examples[outcome]) <= known
                assert len(found.examples[outcome]) == min(3, len(known))

    def test_a_definition_that_does_not_run_can_be_asked(self) -> None:
        terms = read_terms(paper(("fact: need\n", "fact: email\n")))
        before = list(Verdict.objects.order_by("id").values())
        found = ask(terms, terms.gate, at=AT, is_sample=False)
        assert found.numbers[Outcome.MET] == Lead.objects.count()
        assert list(Verdict.objects.order_by("id").values()) == before

    def test_a_hundredth_is_always_the_same_leads(self) -> None:
        found = ask(running(), "mql", at=AT, is_sample=True)
        assert found.leads == len(sample_of(HUNDREDTH))
