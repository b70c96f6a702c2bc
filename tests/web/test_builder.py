"""The builder: a definition row by row, what it holds for, and into the proposal."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accord.agreement import queries
from accord.leads.models import Lead
from accord.qualification.queries import outcome_counts
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]
BUILDER, COUNT = reverse("agreement_criteria"), reverse("agreement_count")


@pytest.fixture
def mira(signed_in: SignedIn, sends: Sends) -> Client:
    for number in range(4):
        sends(email=f"person{number}@acme.example", phone="")
    sends(email="small@tiny.example", employees="3", need="", asks_for="", message="")
    return signed_in("marketer")


def form_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the builder's form."""
    form = page[page.index('<form id="builder"') :]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S
    ):
        sent[name] = [html.unescape(value).removeprefix("\n")]
    selects = r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>'
    for name, options in re.findall(selects, form, re.S):
        chosen = re.findall(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        sent[name] = [html.unescape(chosen[0][0] or chosen[0][1])] if chosen else [""]
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        sent.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def page_of(client: Client, sent: dict[str, list[str]], **more: str) -> str:
    answer = client.post(BUILDER, {**sent, **{key: [value] for key, value in more.items()}})
    return answer.content.decode()


def place_of_empty(sent: dict[str, list[str]]) -> str:
    return next(
        name.removeprefix("asks-")
        for name in sent
        if name.startswith("asks-") and sent[name] == [""]
    )


def test_shows_the_definition_that_runs_and_changes_nothing(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "mql"}).content.decode())
    assert sent["title"] == ["Marketing-qualified lead (MQL)"]
    assert "Do not contact" in [value for (value,) in sent.values() if value]
    done = page_of(mira, sent, act="done")
    assert "Nothing yet: it says what the agreement says that runs." in html.unescape(done)


def test_a_condition_is_added_answered_and_goes_into_the_proposal(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "mql"}).content.decode())
    sent = form_of(page_of(mira, sent, act="ask-must"))
    place = place_of_empty(sent)
    sent = form_of(page_of(mira, {**sent, f"asks-{place}": ["employees"]}))
    assert sent[f"operator-{place}"] == ["is"]
    answered = {**sent, f"operator-{place}": ["at_least"], f"value-{place}": ["50"]}
    done = html.unescape(page_of(mira, answered, act="done"))
    assert "Employees is at least 50" in done
    assert "Propose it" in done
    assert queries.proposed() is None


def test_a_name_that_is_none_is_said_and_nothing_is_proposed(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "mql"}).content.decode())
    sent = form_of(page_of(mira, sent, act="ask-must"))
    sent[f"asks-{place_of_empty(sent)}"] = ["Shoe size"]
    answer = mira.post(BUILDER, {**sent, "act": "done"})
    assert answer.status_code == 422
    assert "Shoe size" in answer.content.decode()
    assert "choose one from the list" in answer.content.decode()


def test_counts_how_many_leads_it_holds_for_now(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "sales_ready"}).content.decode())
    said = mira.post(COUNT, sent).content.decode()
    numbers = [int(n) for n in re.findall(r'<strong class="num">\s*([\d,]+)</strong>', said)]
    counts = outcome_counts(definition="sales_ready")
    assert numbers == [counts.get(key, 0) for key in ("met", "not_met", "cannot_tell")]
    assert sum(numbers) == Lead.objects.count()
    assert reverse("lead", args=[Lead.objects.earliest("id").id]) in said


def test_a_circle_is_refused_by_its_name(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "ideal_customer"}).content.decode())
    sent = form_of(page_of(mira, sent, act="ask-must"))
    sent[f"asks-{place_of_empty(sent)}"] = ["Meets: Marketing-qualified lead (MQL)"]
    said = html.unescape(page_of(mira, sent, act="look"))
    assert "ideal_customer → mql → ideal_customer" in said or "It asks for itself" in said


def test_a_new_word_is_put_together(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER).content.decode())
    sent = form_of(page_of(mira, sent, act="any-must"))
    sent = form_of(page_of(mira, sent, act="ask-0"))
    place = place_of_empty(sent)
    sent = form_of(page_of(mira, {**sent, f"asks-{place}": ["Page visits (how often)"]}))
    sent |= {f"value-{place}": ["2"], f"days-{place}": ["14"], "key": ["keen_visitor"]}
    sent |= {"title": ["Keen visitor"], "text": ["Comes back."]}
    done = html.unescape(page_of(mira, sent, act="done"))
    assert "keen_visitor:" in done
    assert "within_days: 14" in done
    assert "Page visits: at least 2 in the last 14 days" in done


def test_a_rep_may_and_an_admin_may_not(signed_in: SignedIn) -> None:
    assert signed_in("rep").get(BUILDER).status_code == 200
    assert signed_in("admin").get(BUILDER).status_code == 403


def test_a_condition_without_an_answer_is_refused_and_marked(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "mql"}).content.decode())
    sent = form_of(page_of(mira, sent, act="ask-must"))
    place = place_of_empty(sent)
    answer = mira.post(BUILDER, {**sent, "act": "done"})
    assert answer.status_code == 422
    assert "Nothing is asked here yet" in answer.content.decode()
    sent = form_of(page_of(mira, {**sent, f"asks-{place}": ["employees"]}))
    answer = mira.post(BUILDER, {**sent, f"operator-{place}": "at_least", "act": "done"})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a href="#row-{place}">The answer is missing' in said
    assert f'aria-describedby="wrong-{place}"' in said
    assert "Nothing yet" not in said
    assert "1 row is not finished" in mira.post(COUNT, sent).content.decode()


def test_an_empty_group_is_refused(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "mql"}).content.decode())
    sent = form_of(page_of(mira, sent, act="any-must"))
    answer = mira.post(BUILDER, {**sent, "act": "done"})
    assert answer.status_code == 422
    assert "Nothing stands in this group" in answer.content.decode()


def test_a_refusal_is_marked_on_its_row(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "ideal_customer"}).content.decode())
    number = next(n for n, value in sent.items() if value == ["Employees"]).removeprefix("asks-")
    said = page_of(mira, {**sent, f"value-{number}": ["many"]}, act="look")
    assert f'id="wrong-{number}"' in said
    assert "definitions.ideal_customer.large-enough" not in said


def test_choices_are_called_by_their_words(mira: Client) -> None:
    shown = mira.get(BUILDER, {"definition": "decision_maker"}).content.decode()
    assert '<span class="form-check-label">Decides</span>' in shown
    assert 'value="decides"' in shown


def test_a_row_moves_into_the_group_beside_it(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "mql"}).content.decode())
    assert (sent["depth-0"], sent["kind-1"]) == (["0"], ["any"])
    moved = form_of(page_of(mira, sent, act="down-0"))
    assert moved["kind-0"] == ["any"]
    assert (moved["depth-1"], moved["key-1"]) == (["1"], sent["key-0"])
    back = form_of(page_of(mira, moved, act="up-1"))
    assert {name: value for name, value in back.items() if value != sent.get(name)} == {}


def test_a_word_without_conditions_is_kept_as_words_and_can_be_removed(mira: Client) -> None:
    sent = form_of(mira.get(BUILDER, {"definition": "subscriber"}).content.decode())
    assert sent["rows"] == ["0"]
    done = html.unescape(page_of(mira, {**sent, "text": ["Reads our letter."]}, act="done"))
    assert "Reads our letter." in done
    assert "It cannot run" not in done
    assert "people read it" in mira.post(COUNT, sent).content.decode()

    sent = form_of(mira.get(BUILDER, {"definition": "decision_maker"}).content.decode())
    removed = html.unescape(page_of(mira, sent, act="drop"))
    assert "<del>Buyer persona: decision-maker</del>" in removed
    assert "Propose it" in removed
    needed = form_of(mira.get(BUILDER, {"definition": "mql"}).content.decode())
    answer = mira.post(BUILDER, {**needed, "act": "drop"})
    assert answer.status_code == 422
    assert "It cannot run like this" in answer.content.decode()


def test_values_that_leads_have_are_offered(mira: Client) -> None:
    Lead.objects.update(country="DE")
    Lead.objects.filter(email__startswith="small").update(country="FR")
    Lead.objects.filter(email__startswith="person3").update(country="FR")
    sent = form_of(mira.get(BUILDER, {"definition": "mql"}).content.decode())
    sent = form_of(page_of(mira, sent, act="ask-must"))
    place = place_of_empty(sent)
    page = page_of(mira, {**sent, f"asks-{place}": ["Country"]})
    assert offered(page, place) == ["DE", "FR"]
    sent = form_of(page) | {f"operator-{place}": ["one_of"], f"value-{place}": ["DE"]}
    assert offered(page_of(mira, sent), place) == ["DE, FR"]
    assert not offered(page_of(mira, {**sent, f"asks-{place}": ["E-mail address"]}), place)


def offered(page: str, place: str) -> list[str]:
    """The values to choose from in a row."""
    found = re.search(rf'<datalist id="values-{place}">(.*?)</datalist>', page, re.S)
    return re.findall(r'value="([^"]*)"', found[1]) if found else []
