"""What criteria may ask about a lead."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import Stage
from accord.criteria.checking import STAGE
from accord.criteria.registry import THEN, Behaviour, Fact, Journal, Registry, Relation
from accord.leads.models import (
    About,
    Authority,
    CompanyValue,
    CustomFact,
    CustomValue,
    LeadValue,
)
from accord.leads.past import COMPANY_OLD, KNOWN_THEN, OLD, VALUE_OF, agreed, as_known, taken_part
from accord.leads.queries.custom import custom_facts

_LEAD = Relation(
    key="lead",
    sql="(SELECT * FROM leads_lead WHERE merged_into_id IS NULL)",
    past=as_known(
        "leads_lead",
        "leads_factchange",
        "lead_id",
        OLD,
        "now.known_at, now.first_contact_at, ",
        {"company_id": "::uuid", "campaign_id": "::uuid"},
    ),
    changes="SELECT lead_id, known_until AS at FROM leads_factchange",
)
_COMPANY = Relation(
    key="company",
    sql="leads_company",
    past=as_known(
        "leads_company",
        "leads_companyfactchange",
        "company_id",
        COMPANY_OLD,
        "",
        {"employees": "::int"},
    ),
    on="company.id = lead.company_id",
    # Of the company a lead belongs to, and of those it did before.
    changes=(
        "SELECT lead.id AS lead_id, change.known_until AS at FROM leads_companyfactchange AS "
        "change JOIN leads_lead AS lead ON lead.company_id = change.company_id UNION ALL "
        "SELECT link.lead_id, change.known_until FROM leads_factchange AS link "
        "JOIN leads_companyfactchange AS change ON change.company_id = link.text_value::uuid "
        "WHERE link.fact = 'company_id'"
    ),
)
_CAMPAIGN = Relation(
    key="campaign",
    sql="campaigns_campaign",
    past="campaigns_campaign",
    on="campaign.id = lead.campaign_id",
    # Which one a lead belonged to; what campaigns are called is taken as it is today.
    changes="SELECT lead_id, known_until AS at FROM leads_factchange WHERE fact = 'campaign_id'",
)
_TAKEN_PART = Relation(
    key="taken_part",
    sql=taken_part(then=False),
    past=taken_part(then=True),
    on="TRUE",
    changes=(
        "SELECT done.lead_id, CASE WHEN done.known_at > lead.known_at THEN done.known_at "
        "ELSE LEAST(done.happened_at, lead.known_at) END AS at FROM leads_activity AS done "
        "JOIN leads_lead AS lead ON lead.id = done.lead_id WHERE done.campaign_id IS NOT NULL"
    ),
)
_STANDING = Relation(
    key="standing",
    sql="(SELECT id AS lead_id, stage FROM leads_lead)",
    past=(
        "LATERAL (SELECT entry.lead_id, entry.stage FROM leads_stageentry AS entry "
        f"WHERE entry.lead_id = lead.id AND GREATEST(entry.known_at, entry.entered_at) <= {THEN} "
        # Of several entered at one moment, that one which was not left at once.
        "ORDER BY entry.entered_at DESC, entry.known_at DESC, "
        "entry.left_at IS NOT DISTINCT FROM entry.entered_at, entry.id DESC LIMIT 1)"
    ),
    on="standing.lead_id = lead.id",
    changes="SELECT lead_id, GREATEST(entered_at, known_at) AS at FROM leads_stageentry",
)
_CONSENTS = Relation(
    key="consents",
    sql=agreed(then=False),
    past=agreed(then=True),
    on="TRUE",
    changes=(
        "SELECT held.lead_id, turn.at FROM leads_consent AS held "
        "JOIN leads_lead AS lead ON lead.id = held.lead_id CROSS JOIN LATERAL (VALUES "
        "(held.known_at, held.given_at), (held.withdrawal_known_at, held.withdrawn_at)"
        ") AS said(known_at, said_at) CROSS JOIN LATERAL (VALUES (CASE "
        "WHEN said.known_at <= lead.known_at THEN said.said_at ELSE said.known_at END)) "
        "AS turn(at) "
        "WHERE turn.at IS NOT NULL"
    ),
)
_JOURNAL = Journal(
    table="leads_activity",
    observed="leads_observed",
    leads=(
        "(SELECT id AS lead_id, LEAST(first_contact_at, known_at) AS since_at, known_at "
        "FROM leads_lead WHERE merged_into_id IS NULL)"
    ),
)

FACTS = (
    Fact("name", _("Name"), "text", "lead.name", tells_who=True),
    Fact("email", _("E-mail address"), "text", "lead.email", tells_who=True),
    Fact("phone", _("Phone number"), "text", "lead.phone", tells_who=True),
    Fact("job_title", _("Job title"), "text", "lead.job_title"),
    Fact("country", _("Country"), "text", "lead.country"),
    Fact("language", _("Language"), "text", "lead.language"),
    Fact("industry", _("Industry"), "text", "COALESCE(company.industry, lead.industry)", "company"),
    Fact("lead_type", _("Lead type"), "text", "lead.lead_type"),
    Fact("company", _("Company"), "text", "company.name", "company", tells_who=True),
    Fact("employees", _("Employees"), "number", "company.employees", "company"),
    Fact("company_country", _("Country of the company"), "text", "company.country", "company"),
    Fact(
        "target_account",
        _("Target account"),
        "yes_no",
        "company.is_target",
        "company",
        is_open=False,
    ),
    Fact("source", _("Source"), "text", "lead.source"),
    Fact("source_detail", _("Source, exactly"), "text", "lead.source_detail"),
    Fact("campaign", _("Campaign"), "text", "campaign.name", "campaign"),
    Fact(
        "campaigns",
        _("Campaigns they took part in"),
        "texts",
        "taken_part.campaigns",
        "taken_part",
        is_open=False,
    ),
    Fact("need", _("Need"), "text", "lead.need"),
    Fact(
        "authority",
        _("Authority"),
        "choice",
        "lead.authority",
        choices=tuple(Authority.values),
        labels=dict(Authority.choices),
    ),
    Fact("budget", _("Budget"), "money", "lead.budget"),
    Fact("needed_by_on", _("Needed by"), "date", "lead.needed_by_on"),
    Fact("do_not_contact", _("Do not contact"), "yes_no", "lead.do_not_contact", is_open=False),
    Fact("consent_email", _("Agreed to e-mails"), "yes_no", "consents.email", "consents"),
    Fact("consent_phone", _("Agreed to calls"), "yes_no", "consents.phone", "consents"),
    Fact("consent_profiling", _("Agreed to profiling"), "yes_no", "consents.profiling", "consents"),
    Fact("first_contact_at", _("First contact"), "moment", "lead.first_contact_at"),
    Fact(
        "stage",
        _("Stage"),
        "choice",
        "standing.stage",
        "standing",
        choices=tuple(Stage.values),
        labels=dict(Stage.choices),
        follows=STAGE,
    ),
)
BEHAVIOURS = (
    Behaviour("form_submissions", _("Forms filled in"), ("form.submitted",)),
    Behaviour(
        "hand_raises",
        _("Hand-raises"),
        ("form.submitted", "call.received"),
        outcomes=("contact", "demo", "price", "order"),
    ),
    Behaviour("page_visits", _("Page visits"), ("page.visited", "pricing.visited")),
    Behaviour("pricing_visits", _("Visits to the prices"), ("pricing.visited",)),
    Behaviour("email_clicks", _("Clicks in e-mails"), ("email.clicked",)),
    Behaviour("content_downloads", _("Downloads"), ("content.downloaded",)),
    Behaviour("events_attended", _("Events attended"), ("event.attended",)),
    Behaviour("calls_received", _("Calls from them"), ("call.received",)),
    Behaviour("questions_asked", _("Questions asked"), ("question.asked",)),
    Behaviour("attempts", _("Attempts to reach them"), ("attempt.logged",)),
)


def fill(registry: Registry) -> None:
    """Make all this known to criteria."""
    registry.add(_LEAD, _COMPANY, _CAMPAIGN, _TAKEN_PART, _STANDING, _CONSENTS, _JOURNAL)
    registry.add(*FACTS, *BEHAVIOURS)
    registry.sources.append(_own_facts)


def _own_facts() -> Iterable[tuple[Fact, Relation]]:
    """The facts that the company defined about leads and companies."""
    for fact in custom_facts(About.LEAD, About.COMPANY, retired=True):
        if fact.about == About.LEAD:
            yield asked(fact), _relation(fact, LeadValue, "lead_id", "lead.id")
        else:
            yield asked(fact), _relation(fact, CompanyValue, "company_id", "lead.company_id")


def asked(fact: CustomFact) -> Fact:
    """The fact as criteria know it; it stands in a relation of its own."""
    return Fact(
        key=fact.key,
        label=fact.label,
        type=fact.kind,
        sql=f"{fact.key}.value",
        relation=fact.key,
        choices=tuple(fact.choices),
    )


def _relation(fact: CustomFact, model: type[CustomValue], owner: str, joined: str) -> Relation:
    values = (
        f"(SELECT held.{owner}, held.{VALUE_OF[fact.kind]} AS value "
        f"FROM {model._meta.db_table} AS held WHERE held.fact_id = '{fact.key}' AND "
    )
    return Relation(
        key=fact.key,
        sql=f"{values}held.known_until IS NULL)",
        past=f"LATERAL {values}{KNOWN_THEN})",
        on=f"{fact.key}.{owner} = {joined}",
        changes=_changes(fact, model, owner),
    )


def _changes(fact: CustomFact, model: type[CustomValue], owner: str) -> str:
    """When a value came and when it went."""
    lead, joined = "held.lead_id", ""
    if owner != "lead_id":
        lead, joined = "lead.id", f" JOIN leads_lead AS lead ON lead.{owner} = held.{owner}"
    return (
        f"SELECT {lead} AS lead_id, turn.at FROM {model._meta.db_table} AS held{joined} "
        "CROSS JOIN LATERAL (VALUES (held.known_from), (held.known_until)) AS turn(at) "
        f"WHERE held.fact_id = '{fact.key}' AND turn.at IS NOT NULL"
    )
