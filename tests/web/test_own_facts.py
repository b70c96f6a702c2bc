"""Facts of one's own on pages, at the API and in files."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accord.deals.models import Deal
from accord.flows.close import open_deal
from accord.flows.import_file import import_file, plan_import
from accord.handoffs.models import Handoff
from accord.leads import queries
from accord.leads.actions import Wanted, define_fact
from accord.leads.models import Activity, CustomFact, Identity, Lead, LeadValue
from accord.teams.models import User
from tests.imports.files import write
from tests.web.conftest import READY, Sends

SignedIn = Callable[[str], Client]
REGION = {"label": "Region", "about": "company", "kind": "choice", "choices": "North\nSouth\n"}


@pytest.fixture
def ada(signed_in: SignedIn) -> Client:
    return signed_in("admin")


@pytest.fixture
def mira(signed_in: SignedIn) -> Client:
    return signed_in("marketer")


@pytest.fixture
def _own(cast: dict[str, User]) -> None:
    at = datetime.now(UTC) - timedelta(days=1)
    shown = {"in_list": True, "on_form": True}
    region = ["North", "South"]
    for wanted in (
        Wanted("Machines", kind="number", **shown),
        Wanted("Region", about="company", kind="choice", choices=region, **shown),
        Wanted("Margin", about="deal", kind="money"),
        Wanted("Rival", about="deal"),
    ):
        define_fact(wanted=wanted, at=at)


def page(client: Client, address: str) -> str:
    return str(client.get(address).content, "utf-8")


def rows(answer: HttpResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    sent: Iterable[bytes] = answer.streaming_content  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(b"".join(sent).decode())))


def sell(lead: Lead) -> None:
    """Whoever has the lead opens a deal with it."""
    owner = Handoff.objects.get(lead_id=lead.id).owner_id
    assert owner
    open_deal(lead=lead.id, title="Pumps", amount="9", by=owner, at=datetime.now(UTC))


class TestDefining:
    def test_an_empty_page_says_what_they_are_for(self, ada: Client) -> None:
        assert "No facts of your own yet." in page(ada, reverse("own_facts"))

    def test_one_is_defined_changed_retired_and_asked_for_again(self, ada: Client) -> None:
        ada.post(reverse("own_facts"), REGION | {"in_list": "yes"})
        fact = CustomFact.objects.get()
        assert (fact.key, fact.in_list, fact.on_form) == ("custom_region", True, False)
        address = reverse("own_fact", args=[fact.key])
        ada.post(address, {"label": "District", "choices": "North\nSouth\nWest", "on_form": "yes"})
        fact.refresh_from_db()
        assert (fact.label, fact.choices, fact.in_list) == (
            "District",
            ["North", "South", "West"],
            False,
        )
        ada.post(reverse("own_fact_retirement", args=[fact.key]))
        assert "No longer asked for" in page(ada, reverse("own_facts"))
        ada.post(reverse("own_fact_retirement", args=[fact.key]), {"retired": "no"})
        assert list(queries.fact_rules()) == ["custom_region"]

    def test_what_makes_no_sense_comes_back_with_a_sentence(self, ada: Client) -> None:
        answer = ada.post(reverse("own_facts"), REGION | {"choices": " "})
        assert answer.status_code == 422
        assert "Write what can be chosen" in answer.content.decode()
        assert 'value="Region"' in answer.content.decode()
        address = reverse("own_fact", args=["custom_nothing"])
        assert ada.get(address).status_code == 404

    def test_a_rep_defines_none(self, signed_in: SignedIn) -> None:
        assert signed_in("rep").get(reverse("own_facts")).status_code == 403


@pytest.mark.usefixtures("_own")
class TestFilling:
    def test_a_lead_s_is_changed_by_hand_and_shown(self, mira: Client, sends: Sends) -> None:
        lead = sends()
        address = reverse("lead_facts", args=[lead.id])
        assert "Machines" in page(mira, address)
        given = {"name": "Dana Ruiz", "email": lead.email, "custom_machines": "1200.5"}
        assert mira.post(address, given).status_code == 302
        assert "1,200.5" in page(mira, reverse("lead", args=[lead.id]))
        assert "Changed: " in page(mira, reverse("lead", args=[lead.id]))
        assert 'value="1200.5"' in page(mira, address)

    def test_what_does_not_fit_is_said_beside_the_field(self, mira: Client, sends: Sends) -> None:
        answer = mira.post(
            reverse("lead_facts", args=[sends().id]), {"name": "Dana", "custom_machines": "many"}
        )
        assert answer.status_code == 422
        assert "is not a number" in answer.content.decode()

    def test_a_company_s_is_changed_by_hand_and_shown(self, mira: Client, sends: Sends) -> None:
        company = sends().company
        assert company
        address = reverse("company_facts", args=[company.id])
        mira.post(address, {"name": company.name, "custom_region": "South"})
        assert "<dt>Region</dt><dd>South</dd>" in page(mira, reverse("company", args=[company.id]))

    def test_a_deal_s_is_changed_by_hand_and_told(
        self, signed_in: SignedIn, cast: dict[str, User], sends: Sends
    ) -> None:
        lead = sends()
        sell(lead)
        deal, rep = Deal.objects.get(), signed_in("rep")
        address = reverse("deal_facts", args=[deal.id])
        assert address in page(rep, reverse("deals"))
        assert rep.post(address, {"custom_margin": "-3"}).status_code == 422
        assert rep.post(address, {"custom_margin": "350.50", "custom_rival": ""}).status_code == 302
        assert 'value="350.5"' in page(rep, address)
        told = Activity.objects.get(lead_id=lead.id, kind="fact.changed", detail__deal=f"{deal.id}")
        assert told.detail["facts"] == ["custom_margin"]

    def test_the_hosted_form_asks_and_keeps(self, client: Client, cast: dict[str, User]) -> None:
        shown = page(client, "/f/contact/")
        assert "Machines" in shown
        assert "Margin" not in shown


@pytest.mark.usefixtures("_own")
class TestTheList:
    def test_shows_them_and_is_narrowed_by_them(self, mira: Client, sends: Sends) -> None:
        dana = sends(custom_machines="3", custom_region="North")
        tom = sends(email="tom@other.example", phone="", company="Other", custom_machines="4")

        def found(query: str) -> list[object]:
            return [row[0].id for row in mira.get(f"{reverse('leads')}?{query}").context["rows"]]

        values = {row[0].id: row[1] for row in mira.get(reverse("leads")).context["rows"]}
        assert values == {
            dana.id: [("Region", "North"), ("Machines", "3")],
            tom.id: [("Region", ""), ("Machines", "4")],
        }
        assert found("custom_machines=3") == found("custom_region=north") == [dana.id]
        assert found("custom_machines=4") == [tom.id]
        assert found("custom_machines=5") == []
        assert "custom_machines=3" in page(mira, f"{reverse('leads')}?custom_machines=3")

    @pytest.mark.parametrize("query", ["custom_machines=many", "custom_nothing=1"])
    def test_says_what_cannot_be_asked(self, mira: Client, query: str) -> None:
        assert mira.get(f"{reverse('leads')}?{query}").status_code in (400, 422)

    def test_asks_as_often_for_many_as_for_few(
        self, mira: Client, sends: Sends, django_assert_max_num_queries: Callable[[int], object]
    ) -> None:
        for number in range(12):
            sends(email=f"p{number}@firm{number}.example", phone="", custom_machines=f"{number}")
        with django_assert_max_num_queries(15):
            mira.get(reverse("leads"))


@pytest.mark.usefixtures("_own")
class TestExport:
    def test_gives_what_the_list_is_narrowed_to(self, mira: Client, sends: Sends) -> None:
        sends(custom_machines="3", custom_region="North", name="=cmd()")
        sends(email="tom@other.example", phone="", company="Other", source="fair")
        (dana,) = rows(mira.get(reverse("lead_export") + "?custom_machines=3"))
        assert dana["name"] == "'=cmd()"
        assert (dana["company_domain"], dana["custom_machines"], dana["custom_region"]) == (
            "acme-tools.example",
            "3",
            "North",
        )
        assert len(rows(mira.get(reverse("lead_export")))) == 2

    def test_companies_and_deals_come_with_theirs(
        self, signed_in: SignedIn, cast: dict[str, User], sends: Sends
    ) -> None:
        lead = sends(custom_region="North")
        sell(lead)
        head = signed_in("head_of_sales")
        head_rows = rows(head.get(reverse("company_export")))
        assert [(row["company"], row["leads"], row["custom_region"]) for row in head_rows] == [
            ("Acme Tools", "1", "North")
        ]
        (deal,) = rows(head.get(reverse("deal_export")))
        assert (deal["title"], deal["lead_email"], deal["custom_margin"]) == (
            "Pumps",
            lead.email,
            "",
        )

    def test_what_went_out_comes_in_again_the_same(
        self, mira: Client, sends: Sends, tmp_path: Path
    ) -> None:
        lead = sends(custom_machines="3.5", custom_region="North", needed_by_on="2027-02-01")
        names = ("name", "email", "phone", "job_title", "need", "needed_by_on", "source")
        before = [getattr(lead, name) for name in names]
        sent = b"".join(mira.get(reverse("lead_export")).streaming_content).decode()
        Lead.objects.filter(id=lead.id).delete()
        Identity.objects.all().delete()
        LeadValue.objects.all().delete()
        plan = plan_import(path=write(tmp_path, sent), kind="leads")
        done = import_file(plan=plan, by=None, at=datetime.now(UTC))
        assert (done.created, done.refused) == (1, 0)
        again = Lead.objects.get()
        assert [getattr(again, name) for name in names] == before
        assert again.company_id == lead.company_id
        assert queries.values_of_leads([again.id])[again.id]["custom_machines"] == 3.5

    def test_a_rep_takes_no_file_away(self, signed_in: SignedIn) -> None:
        for name in ("lead_export", "company_export", "deal_export"):
            assert signed_in("rep").get(reverse(name)).status_code == 403


@pytest.mark.usefixtures("_own")
class TestImportPage:
    def test_columns_can_be_said_to_be_them(self, mira: Client, tmp_path: Path) -> None:
        file = io.BytesIO(f"Email,Machinery\n{READY['email']},3\n".encode())
        file.name = "leads.csv"
        plan = mira.post(reverse("imports"), {"file": file, "kind": "leads"}).headers["Location"]
        shown = page(mira, plan)
        assert '<option value="custom_machines">Machines</option>' in shown
        assert "custom_margin" not in shown
        given = {"column-0": "Email", "target-0": "email"}
        mira.post(plan, given | {"column-1": "Machinery", "target-1": "custom_machines"})
        assert '<option value="custom_machines" selected>' in page(mira, plan)
