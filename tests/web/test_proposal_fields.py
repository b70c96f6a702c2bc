"""Changing the agreement in place: fields beside each part, written into its text."""

import html
import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accord.agreement import queries
from accord.agreement.editing import edited
from accord.agreement.models import Version
from accord.agreement.terms import read_terms

SignedIn = Callable[[str], Client]
PROPOSAL = reverse("agreement_proposal")


@pytest.fixture
def mira(signed_in: SignedIn) -> Client:
    return signed_in("marketer")


def send(client: Client, act: str = "look", **fields: str) -> HttpResponse:
    """What a browser sends of the form after a few fields were changed."""
    text = fields.pop("yaml", queries.document_of(1))
    given = {"yaml": text, "shown": queries.document_of(1), "made_from": queries.newest()[1]}
    given |= {name.replace("__", "."): value for name, value in fields.items()}
    return client.post(PROPOSAL, given | {"act": act})


def read(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def test_each_part_has_its_fields(mira: Client) -> None:
    shown = read(mira.get(PROPOSAL))
    assert 'name="marketing.ready_leads.target" value="40"' in shown
    assert 'name="sales.answer.within" value="1"' in shown
    assert '<option value="working_days" selected>' in shown
    assert 'name="scorecards.engagement.rows.1.within_days" value="30"' in shown
    assert 'name="scorecards.engagement.grades.1" value="60"' in shown


def test_a_promise_is_changed_by_its_number_and_proposed(mira: Client) -> None:
    fields = {
        "marketing__ready_leads__target": "55",
        "sales__answer__within__unit": "working_hours",
    }
    fields |= {"sales__answer__within": "6"}
    seen = read(send(mira, **fields))
    assert "<ins>55</ins> leads a month" in seen
    answer = send(mira, "propose", reason="More", **fields)
    assert answer.status_code == 302
    terms = queries.terms_of(2)
    assert terms.marketing.ready_leads.target == 55
    assert (terms.answer.amount, terms.answer.unit) == (6, "working_hours")
    assert queries.document_of(2).count("#") == queries.document_of(1).count("#")


def test_what_is_written_in_the_text_stays_beside_what_is_put_in_fields(mira: Client) -> None:
    text = queries.document_of(1).replace("max_rounds: 3", "max_rounds: 2")
    send(mira, "propose", yaml=text, reason="Both", review__every_months="6")
    terms = queries.terms_of(2)
    assert (terms.max_rounds, terms.review_every_months) == (2, 6)


def test_what_does_not_fit_is_marked_at_its_field(mira: Client) -> None:
    answer = send(mira, "propose", reason="x", marketing__ready_leads__target="many")
    assert answer.status_code == 422
    assert 'aria-describedby="w-marketingready_leadstarget"' in read(answer)
    assert 'href="#f-marketingready_leadstarget"' in read(answer)
    assert Version.objects.count() == 1


def test_a_row_of_points_comes_and_goes(mira: Client) -> None:
    asked = {"new__fit__asks": "Employees", "new__fit__operator": "at_least"}
    asked |= {"new__fit__value": "1000", "new__fit__points": "15"}
    assert "Employees is at least 1000: +15" in read(send(mira, "add-fit", **asked))
    given = {"new__engagement__each": "page_visits", "new__engagement__points": "4"}
    assert "Page visits" in read(send(mira, "add-engagement", **given))
    assert send(mira, "add-engagement", new__engagement__each="page_visits").status_code == 422
    gone = read(send(mira, scorecards__fit__rows__1__out="1"))
    assert "<del>The company is large." in gone


def test_parts_go_on_trial_and_it_begins_on_a_day(mira: Client) -> None:
    answer = send(
        mira,
        "propose",
        reason="Try",
        on_trial__shown="1",
        on_trial="nurture",
        effective_on="2099-01-01",
    )
    assert answer.status_code == 302
    terms = read_terms(queries.document_of(2))
    assert (terms.document.on_trial, str(terms.effective_on)) == (["nurture"], "2099-01-01")


def test_htmx_is_given_what_is_seen_only(mira: Client) -> None:
    given = {"yaml": queries.document_of(1), "shown": queries.document_of(1), "act": "look"}
    given["marketing.ready_leads.target"] = "55"
    answer = mira.post(PROPOSAL, given, headers={"HX-Request": "true"})
    assert "<ins>55</ins>" in read(answer)
    assert "target: 55" in read(answer)  # what a back-test is asked for
    assert "<form" not in read(answer)


def test_what_waits_is_shown_before_one_writes_another(mira: Client) -> None:
    send(mira, "propose", reason="More", marketing__ready_leads__target="55")
    shown = read(mira.get(PROPOSAL))
    assert "Version 2 is proposed and waits" in shown
    assert "<ins>55</ins> leads a month" in shown
    assert 'value="55"' in read(mira.get(PROPOSAL, {"version": "2"}))


def test_when_to_warn_is_changed_in_either_way_and_taken_out(mira: Client) -> None:
    shown = read(mira.get(PROPOSAL))
    assert 'name="escalation.warn.at_share" value="75"' in shown
    assert 'name="escalation.warn.before" value=""' in shown

    assert "once 60 % of the time" in told(send(mira, escalation__warn__at_share="60"))
    other = {"escalation__warn__at_share": "", "escalation__warn__before": "20"}
    assert "warned 20 working minutes before it is due" in told(send(mira, **other))
    out = send(mira, escalation__warn__out="1")
    assert "Whoever promised is warned once" in read(out)
    assert "Whoever promised is warned once" not in told(out)
    assert "cannot run" not in told(out)


def test_to_warn_in_both_ways_is_refused_in_a_sentence(mira: Client) -> None:
    answer = send(mira, escalation__warn__before="20")
    assert answer.status_code == 422
    assert "say when to warn, in one way" in read(answer)


def test_a_warning_is_begun_where_there_was_none(mira: Client) -> None:
    send(mira, "propose", reason="Quiet", escalation__warn__out="1")
    assert queries.terms_of(2).warning is None
    before = edited(
        queries.document_of(2),
        queries.terms_of(2),
        lambda name: {"escalation.warn.at_share": ["50"]}.get(name, []),
    )
    warning = read_terms(before).warning
    assert warning is not None
    assert warning.at_share == 0.5


def told(answer: HttpResponse) -> str:
    """What a proposal says, without what it no longer says."""
    left = re.sub(r"<del>.*?</del>|<span class=.visually-hidden.>.*?</span>", "", read(answer))
    return " ".join(re.sub(r"</?ins>", "", left).split())
