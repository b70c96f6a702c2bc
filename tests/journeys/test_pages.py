"""Every page of a company at work: for everybody, on every screen, in both themes."""

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from accord.agreement import queries as agreement
from accord.base.lifecycle import Side
from accord.deals.models import Deal
from accord.flows import back_test as flow
from accord.flows.receive import Door, Incoming, receive
from accord.handoffs.actions import Routing, add_route
from accord.handoffs.actions.pools import default_pool
from accord.handoffs.models import Handoff
from accord.leads.actions import Wanted, change_facts, define_fact
from accord.leads.models import Lead
from accord.qualification.actions import Tried
from accord.sample import cast
from accord.sample.actions import fill
from accord.teams.actions import add_team
from accord.teams.models import User
from accord.web import permissions
from accord.web.context import PLACES
from accord.web.urls import urlpatterns
from tests.journeys.conftest import Opens, pages_of
from tests.journeys.place import Place, a_place
from tests.journeys.test_own_file import FILE

pytestmark = pytest.mark.browser
LEADS = 160
OWN = (
    Wanted("Region", kind="choice", choices=["North", "South"], in_list=True, on_form=True),
    Wanted("Contract until", about="company", kind="date", in_list=True),
    Wanted("Margin", about="deal", kind="money"),
)
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
SAM = cast.SWITCH[0].email
PEOPLE = {person.roles[0]: person.email for person in cast.SWITCH}
HERE = re.compile(r"\bis-here\b")  # of a row: the one where one is
SERIOUS = {"serious", "critical"}
# The same around every page: looked at on the first one.
FRAME = ["aside.places", "header.topbar", "nav.bottom-bar"]
WITHOUT_CONTRAST = {"rules": {"color-contrast": {"enabled": False}}}
MANY_COLOURS = 50  # so many ways to show text there are at least, in each theme
# Leaves two of the rows that are built alike (tags, classes, attributes, where there is text);
# the others are hidden, because what changes by itself still asks for them. The bars that stay in
# view do not, so that what happens to lie beneath them is not called too small.
THIN_OUT = """() => {
  for (const bar of document.querySelectorAll("header.topbar, nav.bottom-bar")) {
    bar.style.position = "static";
  }
  const part = (each) => [each.tagName, each.getAttribute("class"), ...each.getAttributeNames(),
    each.textContent.trim() !== ""];
  const seen = {};
  for (const row of document.querySelectorAll("main :is(tr, li, [data-row])")) {
    const built = [row, ...row.querySelectorAll("*")].map(part).join();
    seen[built] = (seen[built] ?? 0) + 1;
    if (seen[built] > 2) row.style.setProperty("display", "none", "important");
  }
}"""
# Text whose colours, size and what lies behind it were not seen yet: looked at once is enough.
CONTRAST = """async (seen) => {
  const known = new Set(seen), fresh = [], behind = new Map([[null, ""]]);
  const lies = (each) => {
    if (behind.has(each)) return behind.get(each);
    const {backgroundColor, backgroundImage, opacity} = getComputedStyle(each);
    const own = [backgroundColor, backgroundImage, opacity].join(), rest = lies(each.parentElement);
    behind.set(each, rest.split(";").includes(own) ? rest : `${own};${rest}`);
    return behind.get(each);
  };
  for (const each of document.querySelectorAll("body *")) {
    const isText = each.placeholder || [...each.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!isText || !each.checkVisibility()) continue;
    const {color, fontSize, fontWeight} = getComputedStyle(each);
    const combination = [color, fontSize, fontWeight, lies(each)].join();
    if (!known.has(combination)) fresh.push(each);
    known.add(combination);
  }
  const options = {runOnly: ["color-contrast"], resultTypes: ["violations"], preload: false};
  const found = fresh.length ? await axe.run({include: fresh}, options) : {violations: []};
  return [found.violations, [...known]];
}"""
# What is not opened as a page of its own: acts, parts of pages, files.
NO_PAGES = {
    *("sign_out", "theme", "sample_company_role", "sample_company_removal", "agreement_signatures"),
    *("lead_timeline", "lead_activities", "lead_offer", "lead_deals"),
    *("handoff_acceptance", "handoff_claim", "handoff_pass_back_undoing", "came_back_answers"),
    *("deal_step", "deal_win", "deal_loss", "notification"),
    *("content_request_taking", "content_request_answer", "content_request_withdrawal"),
    *("import_trial", "import_start", "import_refused", "import_handoffs"),
    *("duplicate_answer", "merge_undoing", "mail_lead"),
    *("company_timeline", "company_target", "own_fact_retirement"),
    *("attachment", "agreement_withdrawal", "agreement_refusal"),
    *("agreement_comments", "agreement_count", "agreement_delegations", "agreement_schema"),
    *("lead_export", "company_export", "deal_export", "promises_pdf", "promises_here"),
    *("import_ledger", "import_cancellation", "import_undoing"),
    *("sign_in", "set_up", "sample_company"),  # lead on from here; the other journeys see them
    "invitation",
    *("lead_calls", "call_outcome", "call_withdrawal", "handoff_aside_end", "came_back_nurture"),
    *("route_place", "route_removal", "pool_removal", "sla_export", "live"),
    *("person_absences", "person_absence_end", "person_leaving", "person_passing_on"),
    "person_roles",
    *("hours_day", "hours_day_of_company"),
    *("notification_browsers", "notification_browser_removal"),
    *("notification_chats", "notification_chat_removal"),
}


@dataclass(frozen=True)
class Routed:
    """A route and the pool it leads to; a person and a team with hours."""

    route: uuid.UUID
    pool: uuid.UUID
    person: uuid.UUID
    team: uuid.UUID


@dataclass
class Company:
    """The sample company, and what of it stands in addresses."""

    place: Place
    handoff: uuid.UUID
    leads: list[uuid.UUID]
    buyer: uuid.UUID
    deal: uuid.UUID
    tried: uuid.UUID
    routed: "Routed"
    plan: str = ""
    imported: str = ""
    clause_rows: str = ""

    def addresses(self, name: str) -> list[str]:
        """The addresses under which the page of a name is looked at."""
        if name in ("lead", "lead_facts", "lead_consents", "lead_learnings", "lead_merging"):
            return [reverse(name, args=[lead]) for lead in self.leads]
        if name in ("company", "company_facts"):
            return [reverse(name, args=[self.buyer])]
        if name == "own_fact":
            return [reverse(name, args=["custom_region"])]
        if name == "deal_facts":
            return [reverse(name, args=[self.deal])]
        if name.startswith("handoff_") and name != "handoff_reassignment":
            return [reverse(name, args=[self.handoff])]
        if name == "handoffs":
            return [f"{reverse(name)}?show={show}" for show in ("all", "back", "mine", "late")]
        if name == "figure":
            return [reverse(name, args=[key]) for key in ("ready_leads", "passed_back", "met")]
        return {
            "agreement_version": [reverse(name, args=[1])] if name == "agreement_version" else [],
            "form": ["/f/contact/"],
            "deliverability": [reverse(name, args=[1])] if name == "deliverability" else [],
            "suggestion_rows": [self.clause_rows],
            "import_plan": [self.plan],
            "import": [self.imported],
            "deals": ["/deals/", "/deals/?show=table"],
            "content_requests": ["/content/requests/", "/content/requests/?show=all"],
            "content_request_new": [
                "/content/requests/new/",
                f"/content/requests/new/?deal={self.deal}",
            ],
            "route": [f"/routing/routes/{self.routed.route}/"],
            "pool": [f"/routing/pools/{self.routed.pool}/"],
            "routing_trial": ["/routing/trial/", f"/routing/trial/?lead={self.leads[0]}"],
            "person": [f"/people/{self.routed.person}/"],
            "hours_of": [
                f"/hours/team/{self.routed.team}/",
                f"/hours/person/{self.routed.person}/",
            ],
            "suggestions": ["/agreement/suggestions/", "/agreement/suggestions/?now=1"],
            "back_test": [f"/agreement/back-tests/{self.tried}/"],
            "back_test_rows": [f"/agreement/back-tests/{self.tried}/rows/?of=in&variant=1"],
        }.get(name) or [reverse(name)]


def an_open_handoff_and_leads() -> tuple[uuid.UUID, list[uuid.UUID], uuid.UUID, uuid.UUID]:
    """One of Sam's open handoffs, its lead and one of each kind of stage, a buyer and its deal."""
    handoff = Handoff.objects.filter(owner__email=SAM, disposed_at__isnull=True).earliest("id")
    stages = ("customer", "recycled", "inquiry")
    found = [Lead.objects.filter(stage=stage).earliest("id").id for stage in stages]
    buyer = Deal.objects.filter(company_id__isnull=False).earliest("id")
    return handoff.id, [handoff.lead_id, *found], buyer.company_id, buyer.id


def phones_of_those_at_work() -> None:
    """Whom Sam works on can be called, whatever this year's prospects left with us."""
    open_ones = Handoff.objects.filter(owner__email=SAM, disposed_at__isnull=True)
    leads = enumerate(sorted(open_ones.values_list("lead_id", flat=True)))
    phones = {lead: {"phone": f"+49 30 1234{number:04}"} for number, lead in leads}
    change_facts(changes=phones, by=None, side=Side.SALES, at=datetime.now(UTC))


def something_refused(at: datetime) -> None:
    """A form that no lead can be made of; the worker finds out."""
    receive(submissions=[Incoming({"email": "dana"})], door=Door.FORM, by=None, at=at)


def a_back_test(at: datetime) -> uuid.UUID:
    """The running version beside one that asks for more, on the last half year."""
    running = agreement.document_of(agreement.running().number)
    stricter = running.replace("at_least: 20", "at_least: 200")
    asked = flow.ask(
        variants=[Tried("Running", running), Tried("Stricter", stricter)],
        definition="mql",
        begins_at=at - timedelta(days=180),
        ends_at=at,
        by=User.objects.get(email=SAM).id,
        at=at,
    )
    return asked.id


def routes_and_teams(at: datetime) -> Routed:
    """A team, and a territory that leads to the pool; the person is Sam."""
    sam = User.objects.get(email=SAM)
    boss = User.objects.get(email=PEOPLE["head_of_sales"]).id
    team = add_team(name="Inside sales", by=boss, at=at)
    pool = default_pool()
    assert pool is not None
    criteria = {"must": {"all": [{"fact": "country", "one_of": ["Germany", "Austria"]}]}}
    germany = Routing("Germany", kind="criteria", criteria=criteria, pool_id=pool.id)
    return Routed(add_route(routing=germany, by=boss, at=at).id, pool.id, sam.id, team.id)


@pytest.fixture(scope="module")
def company(
    browser: Browser, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Company]:
    with a_place(django_db_blocker) as place:
        place.do(fill, at=datetime.now(UTC), size=LEADS)
        for wanted in OWN:
            place.do(define_fact, wanted=wanted, at=datetime.now(UTC))
        place.do(phones_of_those_at_work)
        place.do(something_refused, at=datetime.now(UTC))
        tried = place.do(a_back_test, at=datetime.now(UTC))
        routed = place.do(routes_and_teams, at=datetime.now(UTC))
        company = Company(place, *place.do(an_open_handoff_and_leads), tried, routed)
        path = tmp_path_factory.mktemp("files") / "leads.csv"
        path.write_text(FILE)
        with pages_of(browser, place) as opens:
            bring_in(opens(PEOPLE["marketer"]), path, company)
            page = opens(PEOPLE["marketer"])
            page.goto(f"/agreement/back-tests/{tried}/")
            expect(page.get_by_text("Side by side")).to_be_visible(timeout=30_000)
            page.goto("/agreement/suggestions/?now=1")
            figure = page.locator("a.figure[href*='suggestions/rows/']").first
            company.clause_rows = str(figure.get_attribute("href"))
        yield company


def bring_in(page: Page, path: Path, company: Company) -> None:
    page.goto("/imports/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("dl.facts")).to_be_visible()
    company.plan = page.url.removeprefix(company.place.address)
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("would be ready for sales")).to_be_visible()
    company.imported = page.url.removeprefix(company.place.address)


@pytest.fixture
def opens(browser: Browser, company: Company) -> Iterator[Opens]:
    with pages_of(browser, company.place) as opens:
        yield opens


def pages_for(role: str, company: Company, *, most: int = 9) -> list[str]:
    """What somebody may open, at most so many addresses of a page."""
    names = [str(each.name) for each in urlpatterns if each.name not in NO_PAGES]
    return [
        address
        for name in names
        if permissions.may({role}, name)
        for address in company.addresses(name)[:most]
    ]


@pytest.mark.parametrize("role", sorted(PEOPLE.keys() - {"head_of_sales"}))
def test_pages_fit_a_phone_and_complain_of_nothing(
    role: str, company: Company, opens: Opens
) -> None:
    page = opens(PEOPLE[role])
    page.set_viewport_size(PHONE)
    # A rep and the head of sales, below, see nearly every address between them; of the others'
    # pages those are looked at that neither has, and the places, which are theirs.
    addresses = pages_for(role, company, most=9 if role == "rep" else 1)
    if role != "rep":
        seen = {*pages_for("rep", company), *pages_for("head_of_sales", company)}
        own = {reverse(place.view) for place in PLACES}
        addresses = [each for each in addresses if each not in seen or each in own]
    assert addresses
    assert [address for address in addresses if not fits(page, address)] == []


def test_pages_can_be_used_by_people_who_see_otherwise(company: Company, opens: Opens) -> None:
    """And the head of sales' pages fit a phone."""
    page, faults = opens(PEOPLE["head_of_sales"]), []
    script, frame, looked_at = Axe().axe_script, [], set()
    colours: dict[str, list[str]] = {"light": [], "dark": []}
    closely = set(pages_for("head_of_sales", company, most=2))
    for address in pages_for("head_of_sales", company):
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light")
        if not fits(page, address):
            faults.append(f"{address} is too wide")
        if address not in closely:
            continue
        page.evaluate(THIN_OUT)
        page.evaluate(script)
        faults += violations(page, f"{address} (phone)", {"runOnly": ["target-size"]}, but=frame)
        page.set_viewport_size(WIDE)
        faults += violations(page, address, WITHOUT_CONTRAST, but=frame)
        for theme, known in colours.items():
            if theme == "dark":
                page.emulate_media(color_scheme="dark")
                expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
            found, colours[theme] = page.evaluate(CONTRAST, known)
            faults += told(f"{address} ({theme})", found)
        frame = FRAME
        looked_at.add(address)
    assert looked_at == closely
    assert min(map(len, colours.values())) > MANY_COLOURS
    assert not faults, "\n".join(faults)


def fits(page: Page, address: str) -> bool:
    """Whether a page that opens without an error is no wider than the screen."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    return not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def violations(
    page: Page, where: str, options: dict[str, object], but: Sequence[str] = ()
) -> list[str]:
    """What axe finds on a page that is serious or worse, `but` in parts of it."""
    found = page.evaluate(
        """([but, options]) => axe.run({exclude: but.map((each) => [each])}, options)
        .then((found) => found.violations)""",
        [but, {"resultTypes": ["violations"], "preload": False, **options}],
    )
    return told(where, found)


def told(where: str, found: Sequence[Any]) -> list[str]:
    return [
        f"{where}: {each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"][:3]
    ]


class TestKeyboard:
    def test_the_first_key_offers_to_skip_to_the_content(self, opens: Opens) -> None:
        page = opens(SAM)
        page.goto("/leads/")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()

    def test_one_always_sees_where_one_is(self, opens: Opens) -> None:
        page = opens(SAM)
        page.goto("/handoffs/")
        for _ in range(25):
            page.keyboard.press("Tab")
            here = page.evaluate(
                """() => { const here = document.activeElement, style = getComputedStyle(here);
                const isSeen = style.outlineStyle !== "none" || style.boxShadow !== "none";
                return here === document.body || isSeen ? "" : here.outerHTML; }"""
            )
            assert here == ""

    def test_the_inbox_is_worked_by_letters(self, opens: Opens) -> None:
        page = opens(SAM)
        page.goto("/handoffs/")
        rows = page.locator("[data-row]")
        assert rows.count() > 1
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(rows.nth(1)).to_have_class("card work-row rail side-sales is-here")
        page.keyboard.press("k")
        expect(rows.nth(0)).to_be_focused()
        page.keyboard.press("p")
        expect(rows.nth(0).get_by_label("Why does it go back?")).to_be_focused()
        page.keyboard.press("Escape")
        log = rows.nth(0).get_by_role("link", name="Log", exact=True)
        page.keyboard.press(str(log.get_attribute("data-key")))  # c where there is no number
        outcomes = rows.nth(0).get_by_text("What came of it? One tap logs it.")
        expect(outcomes).to_be_visible()
        page.keyboard.press("Escape")
        expect(outcomes).to_have_count(0)
        page.keyboard.press("a")
        expect(page.get_by_text(re.compile("^Accepted: "))).to_be_visible()

    def test_a_call_is_begun_and_logged_by_two_keys(self, opens: Opens) -> None:
        page = opens(SAM)
        page.goto("/handoffs/")
        here = page.locator("[data-row].is-here")
        for _ in range(page.locator("[data-row]").count()):
            page.keyboard.press("j")
            if here.locator("[data-call]").count():
                break
        page.keyboard.press("c")
        expect(page.get_by_text(re.compile("^You called .* What came of it"))).to_be_focused()
        name = here.get_by_role("heading").inner_text()
        page.keyboard.press("1")
        expect(page.get_by_text(f"Logged: {name}.")).to_be_visible()

    def test_letters_act_on_the_row_where_one_is_and_on_no_other(self, opens: Opens) -> None:
        page = opens(SAM)
        page.goto("/handoffs/")
        rows = page.locator("[data-row]")
        sheet = page.get_by_label("Why does it go back?")
        page.keyboard.press("p")
        rows.nth(1).evaluate("each => each.focus()")
        expect(rows.nth(1)).to_have_class(HERE)
        page.keyboard.press("?")
        page.keyboard.press("p")
        page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)
        page.keyboard.press("p")
        expect(rows.nth(1).get_by_label("Why does it go back?")).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("k")
        page.keyboard.press("1")  # of no other row's sheet
        page.keyboard.press("p")
        expect(rows.nth(0).get_by_label("Why does it go back?")).to_be_focused()
        expect(page.get_by_text(re.compile("^Logged"))).to_have_count(0)

    def test_one_stays_where_one_was_when_a_row_changes_or_goes(self, opens: Opens) -> None:
        page = opens(SAM)
        page.goto("/handoffs/")
        rows = page.locator("[data-row]")
        gone, follows = (str(rows.nth(place).get_attribute("id")) for place in (1, 2))
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("l")
        expect(page.get_by_text("What came of it? One tap logs it.")).to_be_visible()
        page.keyboard.press("1")
        expect(page.get_by_text(re.compile("^Logged: "))).to_be_visible()
        expect(page.locator(f"#{gone}")).to_have_class(HERE)
        page.keyboard.press("p")
        page.get_by_label("Why does it go back?").select_option("no_need")
        page.get_by_role("button", name="Pass back").click()
        expect(page.locator(f"#{gone}")).to_have_count(0)
        expect(page.locator(f"#{follows}")).to_have_class(HERE)

    def test_other_letters_lead_to_places(self, opens: Opens) -> None:
        page = opens(SAM)
        page.goto("/")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("d")
        expect(page.get_by_role("heading", name="Deals", exact=True)).to_be_visible()
        page.keyboard.press("/")
        expect(page.locator("#search")).to_be_focused()


def test_roles_are_switched_and_a_rep_finds_no_door_to_what_is_not_for_reps(opens: Opens) -> None:
    page = opens(SAM)
    for address in ("/imports/", "/invitations/"):
        page.goto(address)
        expect(page.get_by_role("main")).to_contain_text("Your role does not allow this")
    page.goto("/")
    expect(page.get_by_role("link", name="Imports")).to_have_count(0)
    page.get_by_label("A sample company, seen as").select_option(label="Head of marketing")
    expect(page.get_by_label("Marek Nowak: your menu")).to_be_visible()
    page.get_by_role("link", name="Imports").first.click()
    expect(page.get_by_role("heading", name="Imports")).to_be_visible()
