"""Reading what came in: from a submission's body to facts, identities and activities.

Pure: no database, no Django; an import may run it in another process.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from accord.base.errors import Invalid

MAX_TEXT = 5_000
MAX_LENGTH = {
    "name": 200,
    "job_title": 150,
    "country": 100,
    "language": 20,
    "industry": 100,
    "lead_type": 100,
    "source": 100,
    "source_detail": 300,
    "company": 200,
    "campaign": 200,
}
AUTHORITIES = ("decides", "influences", "uses", "none")
ASKS = ("contact", "demo", "price", "order", "content", "newsletter")
STAGES = ("subscriber", "inquiry", "mql", "sal", "sql", "opportunity", "customer")
# What a body may say happened; without one, a form was submitted or a row was added.
EVENTS = (
    "form.submitted",
    "page.visited",
    "pricing.visited",
    "email.clicked",
    "content.downloaded",
    "event.attended",
    "call.received",
    "question.asked",
)
# Mail providers for the public: an address there says nothing about a company.
FREE_MAIL = frozenset(
    [
        "aol.com",
        "bol.com.br",
        "comcast.net",
        "fastmail.com",
        "free.fr",
        "freenet.de",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hey.com",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.fr",
        "icloud.com",
        "laposte.net",
        "libero.it",
        "live.com",
        "mac.com",
        "mail.com",
        "mail.ru",
        "mailbox.org",
        "me.com",
        "msn.com",
        "naver.com",
        "orange.fr",
        "outlook.com",
        "outlook.de",
        "pm.me",
        "posteo.de",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "rediffmail.com",
        "rocketmail.com",
        "seznam.cz",
        "t-online.de",
        "terra.com.br",
        "tuta.com",
        "tutanota.com",
        "uol.com.br",
        "web.de",
        "wp.pl",
        "yahoo.co.jp",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.com.br",
        "yahoo.de",
        "yahoo.fr",
        "yandex.com",
        "yandex.ru",
        "ymail.com",
        "zoho.com",
        "126.com",
        "163.com",
    ]
)

_PLAIN_EMAIL = re.compile(
    r"[a-z0-9][a-z0-9_+-]*(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
_PLAIN_PHONE = re.compile(r"\+[1-9]\d{7,14}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")


@dataclass(slots=True, frozen=True)
class NewActivity:
    """An activity to be recorded on a lead."""

    kind: str
    side: str
    happened_at: datetime
    channel: str | None = None
    outcome: str | None = None
    text: str | None = None
    detail: dict[str, Any] | None = None
    campaign_id: uuid.UUID | None = None
    by_id: uuid.UUID | None = None
    handoff_id: uuid.UUID | None = None


@dataclass(slots=True)
class Entry:
    """One submission on its way: what it says, and what the steps found out about it.

    `id_of(role)` gives the ids of the rows it becomes: derived for a row of a file, fresh
    otherwise. `identities` are in order of precedence.
    """

    submission_id: uuid.UUID
    id_of: Callable[[str], uuid.UUID]
    body: Mapping[str, Any]
    happened_at: datetime
    line: int | None = None
    identities: list[tuple[str, str]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    company: dict[str, Any] | None = None
    campaign: str | None = None
    event: str | None = None
    asks_for: str | None = None
    text: str | None = None
    stage: str | None = None
    lead_id: uuid.UUID | None = None
    is_new: bool = False
    has_new_identity: bool = False
    fate: str = "waiting"
    reason: str | None = None
    field: str | None = None


@dataclass(slots=True, frozen=True)
class Reading:
    """How to read what is ambiguous: the zone of bare times, the region of bare numbers.

    `at` is the moment of receipt: what is said to have happened later is refused.
    `source` is the name space of external ids.
    """

    at: datetime
    time_zone: str = "UTC"
    region: str | None = None
    source: str = "api"


def read_email(value: str) -> str:
    """The address in the form by which it is recognised: lower case, domain in ASCII."""
    plain = value.strip().lower()
    if _PLAIN_EMAIL.fullmatch(plain) and len(plain) <= 254:
        return plain
    try:
        return validate_email(plain, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise Invalid(f"“{value}” is not an e-mail address: {error}", field="email") from error


def read_phone(value: str, region: str | None) -> str:
    """The number in E.164 form, such as +4930123456."""
    plain = re.sub(r"[\s\-()./]", "", value)
    if _PLAIN_PHONE.fullmatch(plain):
        return plain
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException as error:
        raise Invalid(
            f"“{value}” is not a phone number that can be called; write it with its country "
            "code, such as +49 30 123456.",
            field="phone",
        ) from error
    possible = phonenumbers.is_possible_number_with_reason(number)
    if (
        possible != phonenumbers.ValidationResult.IS_POSSIBLE
        or len(str(number.national_number)) < 4
    ):
        raise Invalid(
            f"“{value}” has too few or too many digits for a phone number.", field="phone"
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_domain(value: str) -> str:
    """The domain of a web address or of a bare domain, without www."""
    host = re.sub(r"^[a-z]+://", "", value.strip().lower()).split("/")[0].split(":")[0]
    host = host.removeprefix("www.")
    if not _DOMAIN.fullmatch(host):
        raise Invalid(f"“{value}” is not a web address.", field="website")
    return host


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def read_moment(value: Any, name: str, reading: Reading) -> datetime:
    """A moment in UTC from a datetime or ISO 8601 text; bare times are in the reading's zone."""
    try:
        moment = (
            value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
        )
    except ValueError as error:
        raise Invalid(
            f"“{value}” is not a date; write 2026-05-31 or 2026-05-31 14:30.", field=name
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(reading.time_zone))
    moment = moment.astimezone(UTC)
    if moment > reading.at + timedelta(days=1):
        raise Invalid(f"“{value}” lies in the future.", field=name)
    if moment.year < 1970:
        raise Invalid(f"“{value}” lies before 1970; is the date in another order?", field=name)
    return moment


def _read_date(value: Any, name: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise Invalid(f"“{value}” is not a date; write it as 2026-05-31.", field=name) from error


def _read_text(value: Any, name: str) -> str:
    text = str(value).strip()
    limit = MAX_LENGTH.get(name, MAX_TEXT)
    if len(text) > limit:
        raise Invalid(
            f"The {name.replace('_', ' ')} has {len(text)} characters; at most {limit} fit.",
            field=name,
        )
    if "\x00" in text:
        raise Invalid(f"The {name.replace('_', ' ')} holds a NUL character.", field=name)
    return text


def _read_choice(value: Any, name: str, choices: tuple[str, ...]) -> str:
    text = str(value).strip().lower()
    if text not in choices:
        raise Invalid(f"“{value}” is none of {', '.join(choices)}.", field=name)
    return text


def _read_number(value: Any, name: str, most: int) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Invalid(f"“{value}” is not a number; write it as 1234.56.", field=name) from error
    if not (number.is_finite() and 0 <= number < most):
        raise Invalid(f"“{value}” is not between 0 and {most:,}.", field=name)
    return number


def read_yes(value: Any, name: str) -> bool:
    """Yes or no from a boolean or the words people use for it."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in {"yes", "true", "1", "y", "on"}:
        return True
    if text in {"no", "false", "0", "n", "off"}:
        return False
    raise Invalid(f"“{value}” is neither yes nor no.", field=name)


_TEXT_FACTS = (
    "job_title",
    "country",
    "language",
    "industry",
    "lead_type",
    "source",
    "source_detail",
    "need",
)


def _is_given(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _name_of(given: Mapping[str, Any]) -> str | None:
    if "name" in given:
        return _read_text(given["name"], "name")
    parts = [str(given[key]).strip() for key in ("first_name", "last_name") if key in given]
    return _read_text(" ".join(parts), "name") if parts else None


def _facts(given: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if name := _name_of(given):
        facts["name"] = name
    for key in _TEXT_FACTS:
        if key in given:
            facts[key] = _read_text(given[key], key)
    if "authority" in given:
        facts["authority"] = _read_choice(given["authority"], "authority", AUTHORITIES)
    if "budget" in given:
        facts["budget"] = _read_number(given["budget"], "budget", 10**12)
    if "needed_by_on" in given:
        facts["needed_by_on"] = _read_date(given["needed_by_on"], "needed_by_on")
    if "do_not_contact" in given:
        facts["do_not_contact"] = read_yes(given["do_not_contact"], "do_not_contact")
    return facts


def read_facts(given: Mapping[str, Any], *, region: str | None = None) -> dict[str, Any]:
    """Facts as a person states them: what is left empty becomes unknown (None).

    Raises Invalid with the field's name and a sentence.
    """
    stated = {key: value for key, value in given.items() if _is_given(value)}
    facts: dict[str, Any] = dict.fromkeys(given.keys() - stated.keys())
    facts |= _facts(stated)
    if "email" in stated:
        facts["email"] = read_email(str(stated["email"]))
    if "phone" in stated:
        facts["phone"] = read_phone(str(stated["phone"]), region)
    return facts


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
                raise Invalid(f"The id “{value[:30]}…” is longer than 200 characters.", field=key)
            entry.identities.append((kind, f"{reading.source}:{value}"))
    if not entry.identities:
        raise Invalid(
            "There is no e-mail address, phone number or id by which to recognise this lead.",
            field="email",
        )


def _company(given: Mapping[str, Any], email: str | None) -> dict[str, Any] | None:
    """The company named, or the one behind a business address; free mail names none."""
    domain = None
    if "company_domain" in given or "website" in given:
        domain = read_domain(str(given.get("company_domain") or given["website"]))
    elif email:
        domain = email.rsplit("@", 1)[1]
    if domain in FREE_MAIL:
        domain = None
    name = _read_text(given["company"], "company") if "company" in given else domain
    if name is None:
        return None
    company: dict[str, Any] = {"name": name, "domain": domain}
    if "industry" in given:
        company["industry"] = _read_text(given["industry"], "industry")
    if "country" in given:
        company["country"] = _read_text(given["country"], "country")
    if "employees" in given:
        company["employees"] = int(_read_number(given["employees"], "employees", 10**8))
    return company


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
        facts=_facts(given),
    )
    _identities(given, entry, reading)
    entry.company = _company(given, entry.facts.get("email"))
    if "campaign" in given:
        entry.campaign = _read_text(given["campaign"], "campaign")
    if "message" in given:
        entry.text = _read_text(given["message"], "message")
    if "asks_for" in given:
        entry.asks_for = _read_choice(given["asks_for"], "asks_for", ASKS)
    if "event" in given:
        entry.event = _read_choice(given["event"], "event", EVENTS)
    if "stage" in given:
        entry.stage = _read_choice(given["stage"], "stage", STAGES)
    return entry


def start_of_day(day: date, time_zone: str) -> datetime:
    """Midnight of `day` in the zone, in UTC."""
    return datetime.combine(day, time(), tzinfo=_zone(time_zone)).astimezone(UTC)
