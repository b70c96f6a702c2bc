"""Companies: the list, the page of one, what is known of it and who follows from that."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accord.flows.close import open_deal
from accord.flows.learn import learn_of_company
from accord.handoffs.models import Handoff
from accord.leads import actions, queries
from accord.leads.models import Company, CompanyFactChange, Lead
from accord.qualification.models import Verdict
from accord.teams.models import User
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


@pytest.fixture
def dana(sends: Sends) -> Lead:
    return sends()


@pytest.fixture
def mira(signed_in: SignedIn) -> Client:
    return signed_in("marketer")


def acme(dana: Lead) -> Company:
    assert dana.company
    return dana.company


def page(client: Client, address: str) -> str:
    return str(client.get(address).content, "utf-8")


def fit(lead: Lead) -> str:
    return str(Verdict.objects.get(lead_id=lead.id, definition="ideal_customer").outcome)


class TestTheList:
    def test_is_empty_with_a_sentence(self, mira: Client) -> None:
        assert "Companies come with their people" in page(mira, reverse("companies"))

    def test_counts_people_and_says_who_fits(self, mira: Client, dana: Lead, sends: Sends) -> None:
        sends(email="tom@acme-tools.example", phone="")
        rows = mira.get(reverse("companies")).context["rows"]
        assert [(row.company.name, row.leads, fits) for row, fits in rows] == [
            ("Acme Tools", 2, "met")
        ]

    def test_is_narrowed_by_beginnings_and_targets(self, mira: Client, dana: Lead) -> None:
        def found(query: str) -> list[str]:
            rows = mira.get(f"{reverse('companies')}?{query}").context["rows"]
            return [row.company.name for row, _fit in rows]

        assert found("text=ACME-t") == found("text=acme t") == ["Acme Tools"]
        assert found("text=tools") == found("target=yes") == []
        mira.post(reverse("company_target", args=[acme(dana).id]), {"target": "yes"})
        assert found("target=yes") == ["Acme Tools"]

    def test_goes_on_where_the_page_ended(self, mira: Client, dana: Lead) -> None:
        Company.objects.bulk_create(
            Company(name=f"Firm {n:03}", known_at=dana.known_at) for n in range(120)
        )
        names, cursor = [], ""
        while cursor is not None:
            shown = mira.get(f"{reverse('companies')}?cursor={cursor}").context["page"]
            names += [row.company.name for row in shown.rows]
            cursor = shown.next_cursor
        assert names == ["Acme Tools", *(f"Firm {n:03}" for n in range(120))]

    def test_asks_as_often_for_many_as_for_few(
        self, mira: Client, dana: Lead, django_assert_max_num_queries: Callable[[int], object]
    ) -> None:
        Company.objects.bulk_create(
            Company(name=f"Firm {n:03}", known_at=dana.known_at) for n in range(45)
        )
        with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
            mira.get(reverse("companies"))


class TestThePage:
    def test_shows_people_deals_campaigns_and_the_story(self, mira: Client, sends: Sends) -> None:
        dana = sends(campaign="Spring fair")
        sends(email="tom@acme-tools.example", name="Tom Baum", phone="")
        rep = Handoff.objects.get(lead_id=dana.id).owner_id
        assert rep
        open_deal(lead=dana.id, title="Forty seats", amount="9000", by=rep, at=datetime.now(UTC))
        text = page(mira, reverse("company", args=[acme(dana).id]))
        for words in ("Dana Ruiz", "Tom Baum", "Forty seats", "Spring fair", "What happened"):
            assert words in text
        weeks = mira.get(reverse("company", args=[acme(dana).id])).context["weeks"]
        assert (len(weeks), weeks[-1][1]) == (12, 2)

    def test_tells_the_story_of_all_its_people_page_by_page(self, dana: Lead, sends: Sends) -> None:
        tom = sends(email="tom@acme-tools.example", phone="")
        for n in range(40):
            at = dana.known_at + timedelta(minutes=n)
            who = (dana, tom)[n % 2]
            actions.add_notes(notes={who.id: f"note {n}"}, by=None, side="sales", at=at)
        seen, cursor = [], ""
        while cursor is not None:
            shown = queries.company_timeline(acme(dana).id, cursor=cursor)
            seen += shown.activities
            cursor = shown.next_cursor
        moments = [(each.happened_at, each.id) for each in seen]
        assert moments == sorted(moments, reverse=True)
        assert {each.text for each in seen} >= {f"note {n}" for n in range(40)}

    def test_of_nobody_is_not_found(self, mira: Client, dana: Lead) -> None:
        assert mira.get(reverse("company", args=[dana.id])).status_code == 404


class TestFacts:
    def test_changed_judge_the_people_anew_and_leave_the_old_behind(
        self, mira: Client, dana: Lead
    ) -> None:
        company = acme(dana)
        assert fit(dana) == "met"
        answer = mira.post(
            reverse("company_facts", args=[company.id]),
            {"name": "Acme Tools", "employees": "5", "industry": "", "domain": company.domain},
        )
        assert answer.status_code == 302
        assert fit(dana) == "not_met"
        (kept,) = CompanyFactChange.objects.filter(company_id=company.id)
        assert (kept.fact, kept.number_value, kept.known_from) == (
            *("employees", 120, company.known_at),
        )
        was = queries.as_it_was(leads=[dana.id], moment=company.known_at)[dana.id]
        assert was.company
        assert was.company["employees"] == 120

    def test_of_another_company_are_refused_with_a_sentence(
        self, mira: Client, dana: Lead, sends: Sends
    ) -> None:
        sends(email="eve@other.example", company="Other", phone="")
        answer = mira.post(
            reverse("company_facts", args=[acme(dana).id]),
            {"name": "Acme", "domain": "other.example"},
        )
        assert answer.status_code == 422
        assert "Another company has this domain" in str(answer.content, "utf-8")
        assert Company.objects.get(id=acme(dana).id).name == "Acme Tools"

    def test_a_company_never_belongs_to_one_that_belongs_to_it(
        self, mira: Client, dana: Lead, sends: Sends
    ) -> None:
        child = acme(sends(email="eve@child.example", company="Child", phone=""))

        def belongs(company: Company, parent: str) -> int:
            address = reverse("company_facts", args=[company.id])
            return mira.post(address, {"name": company.name, "parent": parent}).status_code

        assert belongs(child, "acme-tools.example") == 302
        assert belongs(acme(dana), "Child") == 422
        assert belongs(acme(dana), "Acme Tools") == 422
        assert belongs(acme(dana), "Nobody at all") == 422
        assert "Child" in page(mira, reverse("company", args=[acme(dana).id]))

    def test_gaps_are_filled_by_whoever_says_more(self, sends: Sends) -> None:
        dana = sends(employees="")
        assert fit(dana) == "cannot_tell"
        sends(email="tom@acme-tools.example", phone="", employees="300")
        assert Company.objects.get(id=acme(dana).id).employees == 300
        assert fit(dana) == "met"
        sends(email="kim@acme-tools.example", phone="", employees="7")
        assert Company.objects.get(id=acme(dana).id).employees == 300

    def test_a_target_account_can_be_asked_for_in_criteria(
        self, dana: Lead, cast: dict[str, User]
    ) -> None:
        from accord.criteria.compiler import compile
        from accord.criteria.language import read_definition
        from accord.criteria.registry import registry

        asked = read_definition(
            "wanted",
            {
                "title": "Wanted",
                "text": "One of our targets.",
                "must": {
                    "all": [{"key": "t", "text": "A target.", "fact": "target_account", "is": True}]
                },
            },
        )
        compiled = compile({"wanted": asked}, registry=registry)

        def verdict(**options: datetime) -> bool:
            from django.db import connection

            at = datetime.now(UTC)
            sql, params = compiled.select(at=at, leads=[dana.id], **options)
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                return bool(cursor.fetchone()[2])

        assert verdict() is False
        before = datetime.now(UTC)
        learn_of_company(
            company=acme(dana).id,
            facts={"is_target": True},
            by=cast["rep"].id,
            at=before + timedelta(seconds=1),
        )
        assert verdict() is True
        assert verdict(known_at=before) is False
