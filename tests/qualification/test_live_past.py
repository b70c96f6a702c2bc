"""The verdicts that stood and those of a back-test: the same, lead by lead, day by day."""

import os
import random
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Greatest

from accord.agreement.actions import default_document, propose, sign
from accord.agreement.models import Seat
from accord.agreement.queries import running
from accord.base.lifecycle import Cause, Side, Stage
from accord.campaigns.actions import campaigns_named
from accord.criteria.timeline import timeline
from accord.deals.actions import Losing, NewDeal, lose_deals, move_deals, open_deals, win_deals
from accord.deals.models import Deal, StepEntry
from accord.flows import begin
from accord.flows.evaluate import evaluate
from accord.flows.merge import merge
from accord.flows.moving import enter_stages
from accord.leads import actions
from accord.leads.actions import Entering, Wanted, define_fact
from accord.leads.models import Activity, Company, Lead
from accord.leads.models import StageEntry as Stay
from accord.leads.rules import ConsentSaid
from accord.qualification.actions import judge
from accord.qualification.asking import ever_met, question
from accord.qualification.queries import to_recheck
from accord.teams.models import Role, User
from tests.handoffs.office import WEEK, person

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
IS_THOROUGH = os.environ.get("ACCORD_HYPOTHESIS") == "thorough"
DAYS, LEADS = (90, 5_000) if IS_THOROUGH else (30, 300)
KINDS = (
    *("page.visited",) * 5,
    *("pricing.visited", "email.clicked", "content.downloaded", "content.downloaded"),
    *("event.attended", "question.asked", "form.submitted", "call.received", "attempt.logged"),
)
OUTCOMES = {"form.submitted": ("content", "demo", "price"), "call.received": (None, "contact")}
NEWLY = {
    "need": (None, "a pump"),
    "lead_type": (None, "buyer", "student"),
    "do_not_contact": (False, False, True),
    "email": (None, "somebody@acme.example"),
}
DEFINITIONS = (
    *("mql", "sales_ready", "engaged", "with_sales", "in_talks", "with_machines", "abroad"),
    *("may_be_reached", "worth_much", "moving", "too_dear", "at_the_fair", "by_the_fair"),
)
# One definition for each kind of fact that the others do not ask for.
OWN = """  engaged:
    title: Engaged
    text: Did much with us lately.
    must:
      - {score: engagement, at_least: 30}
      - {score: fit, at_least: 30}
  with_sales:
    title: With sales
    text: Sales works on it.
    must:
      - {fact: stage, one_of: [sal, sql, opportunity]}
  in_talks:
    title: In talks
    text: There is a deal, or there was one that we won.
    must:
      any:
        - {fact: open_deals, at_least: 1}
        - {fact: won_deals, at_least: 2}
  with_machines:
    title: With machines
    text: They have machines.
    must:
      - {fact: custom_machines, at_least: 3}
  abroad:
    title: Abroad
    text: Their company is in Austria.
    must:
      - {fact: company_country, is: Austria}
      - not: {fact: do_not_contact, is: true}
  may_be_reached:
    title: May be reached
    text: They agreed to e-mails, and did not refuse calls.
    must:
      - {fact: consent_email, is: true}
      - not: {fact: consent_phone, is: false}
  at_the_fair:
    title: At the fair
    text: They took part in the fair, and not in the webinar.
    must:
      - {fact: campaigns, one_of: [Fair, Autumn]}
      - {fact: campaigns, is_not: webinar}
  by_the_fair:
    title: By the fair
    text: The fair brought them.
    must:
      - {fact: campaign, is: Fair}
  worth_much:
    title: Worth much
    text: The newest deal is worth much.
    must:
      - {fact: deal_amount, at_least: 600}
  moving:
    title: Moving
    text: The newest deal is at the demo.
    must:
      - {fact: deal_step, is: demo}
  too_dear:
    title: Too dear
    text: The newest deal was lost for its price.
    must:
      - {fact: loss_reason, is: price}
"""
BEFORE = "  disqualified:\n    title: Disqualified\n"
STAGES = (Stage.MQL, Stage.SAL, Stage.SQL, Stage.RECYCLED)


def open_shop() -> None:
    company = begin.Company(name="Halden", currency="EUR", time_zone="UTC", week=WEEK)
    at = BEGIN - timedelta(days=300)
    head = begin.begin(company=company, first=person("sofia", [Role.ADMIN]), at=at)
    User.objects.filter(id=head.id).update(roles=[Role.ADMIN, Role.HEAD_OF_SALES])
    other = begin.add_person(newcomer=person("max", [Role.HEAD_OF_MARKETING]), at=at)
    define_fact(wanted=Wanted("Machines", kind="number"), at=at)
    document = default_document()
    assert BEFORE in document
    document = document.replace(BEFORE, OWN + BEFORE)
    number = propose(document=document, by=head.id, at=at, reason="More words")
    for seat, by in ((Seat.SALES, head.id), (Seat.MARKETING, other.id)):
        sign(number=number, seat=seat, by=by, at=at)
    actions.watch(kinds=sorted(set(KINDS)), since=BEGIN - timedelta(days=50))


def add_people(dice: random.Random) -> dict[uuid.UUID, datetime]:
    """Leads and their companies; since when each is known."""
    companies = [
        Company(
            name=f"Company {number}",
            employees=dice.choice([None, 5, 19, 20, 300]),
            country=dice.choice([None, "Austria", "Germany"]),
            known_at=BEGIN - timedelta(days=1),
        )
        for number in range(LEADS // 4)
    ]
    Company.objects.bulk_create(companies)
    leads = []
    for number in range(LEADS):
        known = BEGIN + timedelta(days=dice.randrange(DAYS // 2), hours=dice.randrange(3))
        leads.append(
            Lead(
                name=f"Person {number}",
                phone=dice.choice([None, "+4930123456"]),
                company=dice.choice([None, *companies[:3], companies[number % len(companies)]]),
                stage="inquiry",
                stage_entered_at=known,
                holder="marketing",
                first_contact_at=known - timedelta(days=dice.choice([0, 0, 0, 40])),
                known_at=known,
            )
        )
    Lead.objects.bulk_create(leads)
    Stay.objects.bulk_create(
        Stay(
            lead_id=lead.id,
            stage=lead.stage,
            entered_at=lead.known_at,
            known_at=lead.known_at,
            cause=Cause.SUBMISSION,
        )
        for lead in leads
    )
    return {lead.id: lead.known_at for lead in leads}


def do_things(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Some of the leads do something, some of it told late, and some facts change."""
    busy = dice.sample(leads, len(leads) // 8)
    rows = []
    for lead_id in busy:
        kind = dice.choice(KINDS)
        late = timedelta(hours=dice.choice([0, 0, 0, 5, 24 * 12, 24 * 70]))
        outcome = dice.choice(OUTCOMES.get(kind, (None,)))
        rows.append(
            Activity(
                lead_id=lead_id,
                kind=kind,
                side="prospect",
                happened_at=at - late,
                known_at=at,
                outcome=outcome,
            )
        )
    Activity.objects.bulk_create(rows)
    changed = dice.sample(leads, len(leads) // 30)
    facts = {lead_id: dice.choice(sorted(NEWLY)) for lead_id in changed}
    actions.change_facts(
        changes={lead_id: {fact: dice.choice(NEWLY[fact])} for lead_id, fact in facts.items()},
        by=None,
        side=Side.ACCORD,
        at=at,
    )
    join_campaigns(dice, busy, at)
    others = (change_sizes, tell_of_machines, change_companies, move_stages, deal, consent)
    return {*busy, *changed, *(lead for each in others for lead in each(dice, leads, at))}


def tell_of_machines(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> list[uuid.UUID]:
    """Some tell how many machines they have, or it is forgotten again."""
    some = dice.sample(leads, len(leads) // 40)
    told = {lead: {"custom_machines": dice.choice([None, Decimal(1), Decimal(5)])} for lead in some}
    actions.change_facts(changes=told, by=None, side=Side.ACCORD, at=at)
    return some


def join_campaigns(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> None:
    """Some of what they did belongs to a campaign, and some campaigns become their first."""
    campaigns = list(campaigns_named(names=["Fair", "Spring", "Webinar"], at=BEGIN).values())
    for lead in dice.sample(leads, len(leads) // 9):
        done = Activity.objects.filter(lead_id=lead, known_at=at)
        done.update(campaign_id=dice.choice(campaigns))
    first = {lead: {"campaign_id": dice.choice(campaigns)} for lead in dice.sample(leads, 2)}
    actions.change_facts(changes=first, by=None, side=Side.ACCORD, at=at)


def consent(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> list[uuid.UUID]:
    """Some agree to something or take it back, now or as is told late, once or twice."""
    said = {
        lead: [
            ConsentSaid(
                purpose=dice.choice(["email", "email", "phone"]),
                is_given=dice.random() < 0.6,
                said_at=dice.choice([None, at - timedelta(days=dice.choice([1, 9, 60]))]),
                wording=dice.choice(["You may write to me.", "Send me news."]),
            )
            for _ in range(dice.choice([1, 1, 2]))
        ]
        for lead in dice.sample(leads, len(leads) // 12)
    }
    actions.keep_consents(said=said, by=None, side=Side.PROSPECT, at=at)
    return sorted(said)


def change_companies(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> list[uuid.UUID]:
    """Some go to work elsewhere."""
    some = dice.sample(leads, len(leads) // 50)
    companies = sorted(Company.objects.values_list("id", flat=True))
    moves = {lead: {"company_id": dice.choice([None, *companies[:9]])} for lead in some}
    actions.change_facts(changes=moves, by=None, side=Side.ACCORD, at=at)
    return some


def move_stages(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> list[uuid.UUID]:
    """Some enter another stage."""
    some = dice.sample(leads, len(leads) // 40)
    entries = [Entering(lead, dice.choice(STAGES), Cause.ACT, "moved") for lead in some]
    enter_stages(entries=entries, by=None, at=at)
    return some


def deal(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> list[uuid.UUID]:
    """Deals are opened, move, and are won for another amount or lost; some of it is told late."""
    by = User.objects.order_by("id").values_list("id", flat=True)[0]
    some = dice.sample(leads, len(leads) // 60)
    open_deals(
        deals=[
            NewDeal(lead, "Pumps", "EUR", amount=dice.choice([None, Decimal(400), Decimal(900)]))
            for lead in some
        ],
        by=by,
        at=at,
    )
    going = list(Deal.objects.filter(state="open", opened_at__lt=at).order_by("opened_at", "id"))
    moving = dice.sample(going, len(going) // 3)
    move_deals(steps={each.id: dice.choice(["demo", "proposal"]) for each in moving}, by=by, at=at)
    ending = dice.sample(going, len(going) // 4)
    won, lost = ending[::2], ending[1::2]
    amounts = {each.id: dice.choice([None, Decimal(500), Decimal(2000)]) for each in won}
    win_deals(amounts=amounts, by=by, at=at)
    losing = [Losing(each.id, dice.choice(["price", "timing"]), "Lost") for each in lost]
    lose_deals(losing=losing, by=by, at=at)
    for each in Deal.objects.filter(id__in=[each.id for each in ending[::3]]):
        # It was closed before, and nobody had told us.
        each.closed_at = max(each.opened_at, at - timedelta(days=dice.choice([1, 6])))
        each.save(update_fields=["closed_at"])
        steps = StepEntry.objects.filter(deal_id=each.id, left_at=at)
        steps.update(left_at=Greatest("entered_at", Value(each.closed_at)))
    return [*some, *(each.lead_id for each in (*moving, *ending))]


def merge_some(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Two pairs turn out to be one person each; all of them."""
    pairs = dice.sample(leads, 4)
    for winner, loser in (pairs[:2], pairs[2:]):
        merge(winner=winner, loser=loser, by=None, at=at)
    return set(pairs)


def change_sizes(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> list[uuid.UUID]:
    """Some companies grow or shrink; their leads."""
    del leads
    companies = dice.sample(sorted(Company.objects.values_list("id", flat=True)), 3)
    actions.change_companies(
        changes={each: {"employees": dice.choice([3, 20, 50])} for each in companies},
        by=None,
        at=at,
    )
    return list(Lead.objects.filter(company_id__in=companies).values_list("id", flat=True))


def live(dice: random.Random) -> None:
    """Live through the days as Accord does, and keep what was said in the evening of each."""
    known = add_people(dice)
    survey()
    everybody = Lead.objects.values_list("id", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE said (lead_id uuid, at timestamptz, key text, outcome text)"
        )
        for day in range(DAYS):
            for hour in (0, 2, 7):
                at = BEGIN + timedelta(days=day, hours=hour)
                here = sorted(each for each, since in known.items() if since <= at)
                if len(here) < 100:
                    continue
                touched = do_things(dice, here, at)
                new = {each for each in here if known[each] > at - timedelta(hours=17)}
                # A lead is judged when it comes, when something of it changes, and when the
                # passing of time may have changed something.
                evaluate(leads=(touched | new) & set(here), at=at)
                if hour == 7 and day % 10 == 9:
                    merged = merge_some(dice, here, at)
                    # What was one of them moves to the other: the past is then that of one lead.
                    cursor.execute("DELETE FROM said WHERE lead_id = ANY(%s)", [list(merged)])
                    known = _without_merged(known)
                    survey()
                while due := to_recheck(at=at, limit=10_000):
                    evaluate(leads=due, at=at)
            cursor.execute(
                "INSERT INTO said SELECT verdict.lead_id, %s, definition, outcome FROM "
                "qualification_verdict AS verdict JOIN leads_lead AS lead ON lead.id = lead_id "
                "WHERE definition = ANY(%s) AND lead.known_at <= %s AND merged_into_id IS NULL",
                [at, list(DEFINITIONS), at],
            )
    assert everybody.count() == LEADS


def survey() -> None:
    """What the database does by itself once rows are committed; here all is one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _without_merged(known: dict[uuid.UUID, datetime]) -> dict[uuid.UUID, datetime]:
    here = dict(Lead.objects.filter(merged_into_id=None).values_list("id", "known_at"))
    return {lead: here[lead] for lead in known if lead in here}


_DIFFERENT = """
SELECT said.lead_id, said.at, said.outcome, told.outcome
FROM said CROSS JOIN LATERAL (
    SELECT CASE WHEN verdict THEN 'met' WHEN NOT verdict THEN 'not_met' ELSE 'cannot_tell' END
    FROM past_of_{key} AS past
    WHERE past.lead_id = said.lead_id AND past.definition = '0' AND past.at <= said.at
    ORDER BY past.at DESC LIMIT 1
) AS told(outcome)
WHERE said.key = '{key}' AND said.outcome <> told.outcome
"""


def test_a_back_test_says_what_was_said():
    open_shop()
    live(random.Random(11))
    survey()
    terms, seen = running(), set()
    for key in DEFINITIONS:
        past, params = timeline(
            question([terms], key), begins=BEGIN, ends=BEGIN + timedelta(days=DAYS)
        )
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE past_of_{key} AS {past}", params)
            cursor.execute(f"CREATE INDEX ON past_of_{key} (lead_id, at)")
            cursor.execute(_DIFFERENT.format(key=key))
            different = cursor.fetchall()
            cursor.execute(
                "SELECT count(*), array_agg(DISTINCT outcome) FROM said WHERE key = %s", [key]
            )
            compared, outcomes = cursor.fetchone()
        assert compared > LEADS * DAYS / 2
        seen |= set(outcomes)
        assert not different, (key, len(different), different[:3])
        assert "met" in outcomes, key
        assert len(outcomes) > 1, key
    assert seen == {"met", "not_met", "cannot_tell"}
    # What was not looked at again has not changed: judged as a whole, nothing is written.
    assert judge(terms=terms, leads=None, at=BEGIN + timedelta(days=DAYS - 1, hours=7)) == 0


def test_of_stages_entered_at_one_moment_the_last_one_counts():
    """As when an act brings a lead through two stages: their ids say nothing of their order."""
    open_shop()
    leads = sorted(add_people(random.Random(3)))[:40]
    at = BEGIN + timedelta(days=DAYS)
    for stage in (Stage.SAL, Stage.RECYCLED):
        entries = [Entering(lead, stage, Cause.ACT, "moved") for lead in leads]
        enter_stages(entries=entries, by=None, at=at)
    met = ever_met([running()], "with_sales", leads=leads, begins=at, ends=at + timedelta(days=1))
    assert met == [set()]
