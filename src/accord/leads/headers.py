"""Recognising a file by its header: exports of HubSpot and Salesforce, and plain words.

The names are compared without case, blanks and punctuation, so that labels and internal names
of one system stand in one table.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accord.criteria.registry import CUSTOM
from accord.leads.mapping import IDENTITIES, Map
from accord.leads.rules import FactRule


@dataclass(frozen=True)
class System:
    """A system whose exports are known. `telling` names are in no other system's export.

    `columns` gives, for what a lead has, the names of its column, the best first.
    """

    key: str
    label: str
    telling: frozenset[str]
    columns: Mapping[str, Sequence[str]]
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


_PERSON = {
    "email": ("email", "emailaddress", "mail", "workemail", "businessemail", "contactemail"),
    "phone": (
        "phone",
        "phonenumber",
        "mobilephone",
        "mobile",
        "mobilephonenumber",
        "telephone",
        "tel",
    ),
    "first_name": ("firstname", "givenname", "forename"),
    "last_name": ("lastname", "surname", "familyname"),
    "name": ("name", "fullname", "contactname", "leadname"),
    "job_title": ("jobtitle", "title", "position", "role"),
    "company": ("company", "companyname", "account", "accountname", "organization", "organisation"),
    "website": ("website", "websiteurl", "companywebsite", "url", "companydomain"),
    "country": ("country", "countryregion"),
    "language": ("language", "preferredlanguage", "hslanguage"),
    "industry": ("industry", "sector", "businesssegment"),
    "employees": ("employees", "numberofemployees", "noofemployees", "numemployees", "companysize"),
    "source": ("source", "leadsource", "origin", "channel", "originalsource"),
    "source_detail": ("sourcedetail", "landingpage", "landingpageid"),
    "campaign": ("campaign", "campaignname", "utmcampaign"),
    "message": ("message", "comment", "comments", "notes"),
    "need": ("need", "needs", "requirement", "requirements", "interest", "painpoint"),
    "lead_type": ("leadtype",),
    "authority": ("authority", "decisionmaker", "decisionrole"),
    "budget": ("budget",),
    "needed_by_on": ("neededby", "neededbyon", "timeline"),
    "happened_at": (
        *("createdate", "createddate", "createdat", "created", "firstcontactdate", "date"),
        *("submittedat", "timestamp", "firstcontactat"),
    ),
    "do_not_contact": ("donotcontact",),
    "consent_email": ("consentemail", "emailconsent", "emailoptin", "marketingconsent"),
    "consent_phone": ("consentphone", "phoneconsent", "phoneoptin"),
    "consent_profiling": ("consentprofiling", "profilingconsent"),
    "consent_at": ("consentat", "consentdate", "optindate"),
    "consent_wording": ("consentwording", "consenttext"),
    "consent_source": ("consentsource", "optinsource"),
}

_HUBSPOT_STAGES: Mapping[str, str | None] = {
    "subscriber": "subscriber",
    "lead": "inquiry",
    "marketingqualifiedlead": "mql",
    "marketing qualified lead": "mql",
    "salesqualifiedlead": "sql",
    "sales qualified lead": "sql",
    "opportunity": "opportunity",
    "customer": "customer",
    "evangelist": "customer",
    "other": None,
}

SYSTEMS = (
    System(
        key="hubspot",
        label="HubSpot",
        telling=frozenset(
            (
                *("recordid", "lifecyclestage", "contactowner", "hsobjectid", "hubspotownerid"),
                *("hsleadstatus", "hsanalyticssource", "originalsourcedrilldown1", "hubspotscore"),
                *("associatedcompanyid", "becamealeaddate"),
            )
        ),
        columns={
            **_PERSON,
            "external_id": ("recordid", "hsobjectid", "contactid"),
            "website": ("websiteurl", "website"),
            "country": ("countryregion", "country"),
            "company": ("companyname", "company", "associatedcompany"),
            "source": ("originalsource", "hsanalyticssource", "originaltrafficsource"),
            "source_detail": ("originalsourcedrilldown1", "hsanalyticssourcedata1"),
            "happened_at": ("createdate",),
            "stage": ("lifecyclestage",),
        },
        values={"stage": _HUBSPOT_STAGES},
    ),
    System(
        key="salesforce",
        label="Salesforce",
        telling=frozenset(
            (
                *("leadowner", "ownerid", "leadstatus", "isconverted", "convertedaccount"),
                *("convertedaccountid", "convertedcontactid", "hasoptedoutofemail", "emailoptout"),
                *("donotcall", "systemmodstamp", "zippostalcode", "stateprovince"),
            )
        ),
        columns={
            **_PERSON,
            "external_id": ("leadid", "id"),
            "job_title": ("title",),
            "company": ("company", "companyaccount"),
            "source": ("leadsource",),
            "employees": ("noofemployees", "numberofemployees"),
            "happened_at": ("createddate", "createdate"),
            "do_not_contact": ("emailoptout", "hasoptedoutofemail"),
            "message": ("description",),
        },
    ),
)
# Ids are not taken from a system that nobody named: two files may both count from 1.
PLAIN = System(key="file", label="", telling=frozenset(), columns=_PERSON)
DEALS = System(
    key="file",
    label="",
    telling=frozenset(),
    columns={
        "lead_email": ("email", "leademail", "contactemail"),
        "lead_phone": ("phone", "leadphone"),
        "external_id": ("dealid", "opportunityid", "id"),
        "title": ("dealname", "opportunityname", "title", "name"),
        "amount": ("amount", "value", "dealamount"),
        "currency": ("currency", "currencyisocode", "dealcurrencycode"),
        "state": ("state", "status"),
        "opened_at": ("openedat", "createdate", "createddate", "opened"),
        "closed_at": ("closedat", "closedate", "wondate", "closed"),
        "loss_reason": ("lossreason", "closedlostreason", "lostreason"),
    },
)


def plain(name: str) -> str:
    """A column's name as it is compared."""
    return re.sub(r"[\W_]+", "", name.casefold())


def recognise(
    header: Sequence[str], kind: str, *, custom: Mapping[str, FactRule] | None = None
) -> Map | None:
    """A map for a file with this header; None when no column says who the lead is."""
    known = {plain(name): name for name in reversed(header)}
    system = DEALS if kind == "deals" else _system(known)
    columns: dict[str, str] = {}
    for target, names in system.columns.items():
        found = next((known[name] for name in names if name in known), None)
        if found is not None and found not in columns:
            columns[found] = target
    for key, fact in (custom or {}).items():
        names = (key, fact.label, key.removeprefix(CUSTOM))
        said = next((known[plain(name)] for name in names if plain(name) in known), None)
        if said is not None:
            columns.setdefault(said, key)
    if not any(target in IDENTITIES[kind] for target in columns.values()):
        return None
    return Map(
        kind=kind,
        columns={column: columns[column] for column in header if column in columns},
        source=system.key,
        values={
            target: texts for target, texts in system.values.items() if target in columns.values()
        },
        recognised_as=system.label,
    )


def _system(known: Mapping[str, str]) -> System:
    """The system with the most telling names; one alone proves nothing."""
    best = max(SYSTEMS, key=lambda system: len(system.telling & known.keys()))
    return best if len(best.telling & known.keys()) >= 2 else PLAIN
