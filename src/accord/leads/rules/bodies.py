"""Reading a submission's body: facts, identities, company, and what happened."""

import uuid
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from accord.base.errors import Invalid, _
from accord.leads.rules.consents import read_consents
from accord.leads.rules.custom import read_custom
from accord.leads.rules.entries import TEXT_FACTS, Entry, FactRule, Reading
from accord.leads.rules.phones import read_phone
from accord.leads.rules.values import (
    read_choice,
    read_date,
    read_domain,
    read_email,
    read_moment,
    read_number,
    read_text,
    read_yes,
)

AUTHORITIES = ("decides", "influences", "uses", "none")
ASKS = ("contact", "demo", "price", "order", "content", "newsletter")
STAGES = ("subscriber", "inquiry", "mql", "sal", "sql", "opportunity", "customer")
# What a body may say happened; without one, a form was submitted or a row was added.
EVENTS = (
    "form.submitted",
    "page.visited",
    "pricing.visited",
    "email.clicked",
    "email.sent",
    "content.downloaded",
    "event.attended",
    "call.received",
    "question.asked",
)
# Mail providers for the public: an address there says nothing about a company.
FREE_MAIL = frozenset(files(__package__).joinpath("free_mail.txt").read_text().split())


def _is_given(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _name_of(given: Mapping[str, Any]) -> str | None:
    if "name" in given:
        return read_text(given["name"], "name")
    parts = [str(given[key]).strip() for key in ("first_name", "last_name") if key in given]
    return read_text(" ".join(parts), "name") if parts else None


def _facts(given: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if name := _name_of(given):
        facts["name"] = name
    for key in TEXT_FACTS:
        if key in given:
            facts[key] = read_text(given[key], key)
    if "authority" in given:
        facts["authority"] = read_choice(given["authority"], "authority", AUTHORITIES)
    if "budget" in given:
        facts["budget"] = read_number(given["budget"], "budget", 10**12)
    if "needed_by_on" in given:
        facts["needed_by_on"] = read_date(given["needed_by_on"], "needed_by_on")
    if "do_not_contact" in given:
        facts["do_not_contact"] = read_yes(given["do_not_contact"], "do_not_contact")
    return facts


def read_facts(
    given: Mapping[str, Any], *, custom: Mapping[str, FactRule], region: str | None = None
) -> dict[str, Any]:
    """Facts as a person states them: what is left empty becomes unknown (None).

    Raises Invalid with the field's name and a sentence.
    """
    own = read_custom(given, custom, "lead")
    given = {key: value for key, value in given.items() if key not in custom}
    stated = {key: value for key, value in given.items() if _is_given(value)}
    facts: dict[str, Any] = dict.fromkeys(given.keys() - stated.keys())
    facts |= _facts(stated)
    if "email" in stated:
        facts["email"] = read_email(str(stated["email"]))
    if "phone" in stated:
        facts["phone"] = read_phone(str(stated["phone"]), region)
    return facts | own


def _identities(given: Mapping[str, Any], entry: Entry, reading: Reading) -> None:
    if "email" in given:
        entry.facts["email"] = read_email(str(given["email"]))
        entry.identities.append(("email", entry.facts["email"]))
    if "phone" in given:
        entry.facts["phone"] = read_phone(str(given["phone"]), reading.region)
        entry.identities.append(("phone", entry.facts["phone"]))
    for kind, key in (("external", "external_id"), ("visitor", "visitor")):
        if key in given:
            value = str(given[key]).strip()
            if len(value) > 200:
                raise Invalid(
                    _("The id “%(value)s…” is longer than 200 characters.") % {"value": value[:30]},
                    field=key,
                )
            entry.identities.append((kind, f"{reading.source}:{value}"))
    if not entry.identities:
        raise Invalid(
            _("There is no e-mail address, phone number or id by which to recognise this lead."),
            field="email",
        )


def _company(
    given: Mapping[str, Any], email: str | None, reading: Reading
) -> dict[str, Any] | None:
    """The company named, or the one behind a business address; free mail names none."""
    domain = None
    if "company_domain" in given or "website" in given:
        domain = read_domain(str(given.get("company_domain") or given["website"]))
    elif email:
        domain = email.rsplit("@", 1)[1]
    if domain in FREE_MAIL:
        domain = None
    name = read_text(given["company"], "company") if "company" in given else domain
    if name is None:
        return None
    company: dict[str, Any] = {"name": name, "domain": domain}
    if "industry" in given:
        company["industry"] = read_text(given["industry"], "industry")
    if "country" in given:
        company["country"] = read_text(given["country"], "country")
    if "employees" in given:
        company["employees"] = int(read_number(given["employees"], "employees", 10**8))
    return company | read_custom(given, reading.custom, "company")


COMPANY_FACTS = ("name", "domain", "industry", "employees", "country")


def read_company_facts(
    given: Mapping[str, Any], *, custom: Mapping[str, FactRule]
) -> dict[str, Any]:
    """Facts of a company as a person states them: what is left empty becomes unknown (None).

    Raises Invalid with the field's name and a sentence.
    """
    facts: dict[str, Any] = {}
    for key in COMPANY_FACTS:
        if key not in given:
            continue
        value = given[key]
        if not _is_given(value):
            facts[key] = None
        elif key == "domain":
            facts[key] = read_domain(str(value))
        elif key == "employees":
            facts[key] = int(read_number(value, key, 10**8))
        else:
            facts[key] = read_text(value, "company" if key == "name" else key)
    if "name" in facts and facts["name"] is None:
        raise Invalid(_("A company needs a name."), field="name")
    return facts | read_custom(given, custom, "company")


def read_body(
    body: Mapping[str, Any],
    *,
    submission_id: uuid.UUID,
    id_of: Callable[[str], uuid.UUID],
    reading: Reading,
    line: int | None = None,
) -> Entry:
    """What a submission says. Unknown keys are left alone: they stay in the submission.

    Raises Invalid with the field's name and a sentence.
    """
    given = {key: value for key, value in body.items() if _is_given(value)}
    happened_at = reading.at
    if "happened_at" in given:
        happened_at = read_moment(given["happened_at"], "happened_at", reading)
    entry = Entry(
        submission_id=submission_id,
        id_of=id_of,
        body=body,
        happened_at=happened_at,
        line=line,
        facts=_facts(given) | read_custom(given, reading.custom, "lead"),
    )
    _identities(given, entry, reading)
    entry.company = _company(given, entry.facts.get("email"), reading)
    if "campaign" in given:
        entry.campaign = read_text(given["campaign"], "campaign")
    if "message" in given:
        entry.text = read_text(given["message"], "message")
    if "asks_for" in given:
        entry.asks_for = read_choice(given["asks_for"], "asks_for", ASKS)
    if "event" in given:
        entry.event = read_choice(given["event"], "event", EVENTS)
    if "event_name" in given:
        entry.event_name = read_text(given["event_name"], "event_name")
    if "stage" in given:
        entry.stage = read_choice(given["stage"], "stage", STAGES)
    said = read_consents(given, reading)
    # Who asks us to stop agrees to nothing.
    stops = entry.facts.get("do_not_contact")
    entry.consents = [each for each in said if not (stops and each.is_given)]
    return entry
