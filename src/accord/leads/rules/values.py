"""Reading single values: addresses, numbers, moments, choices."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email

from accord.base.errors import Invalid, _
from accord.leads.rules.entries import Reading
from accord.teams.dates import KNOWN, within_reach

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
    "event_name": 200,
    "consent_source": 100,
}
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9][a-z0-9_+-]*(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")


def read_email(value: str) -> str:
    """The address in the form by which it is recognised: lower case, domain in ASCII."""
    plain = value.strip().lower()
    if _PLAIN_EMAIL.fullmatch(plain) and len(plain) <= 254:
        return plain
    try:
        return validate_email(plain, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise Invalid(
            _("“%(value)s” is not an e-mail address: %(error)s") % {"value": value, "error": error},
            field="email",
        ) from error


def read_domain(value: str) -> str:
    """The domain of a web address or of a bare domain, without www."""
    host = re.sub(r"^[a-z]+://", "", value.strip().lower()).split("/")[0].split(":")[0]
    host = host.removeprefix("www.")
    if not _DOMAIN.fullmatch(host):
        raise Invalid(_("“%(value)s” is not a web address.") % {"value": value}, field="website")
    return host


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def read_moment(value: Any, name: str, reading: Reading) -> datetime:
    """A moment in UTC from a datetime or ISO 8601 text; bare times are in the reading's zone."""
    try:
        moment = (
            value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
        )
    except ValueError as error:
        raise Invalid(
            _("“%(value)s” is not a date; write 2026-05-31 or 2026-05-31 14:30.")
            % {"value": value},
            field=name,
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of(reading.time_zone))
    moment = within_reach(moment, field=name, years=KNOWN).astimezone(UTC)
    if moment > reading.at + timedelta(days=1):
        raise Invalid(_("“%(value)s” lies in the future.") % {"value": value}, field=name)
    if moment.year < 1970:
        raise Invalid(
            _("“%(value)s” lies before 1970; is the date in another order?") % {"value": value},
            field=name,
        )
    return moment


def read_date(value: Any, name: str) -> date:
    """A day; of a moment, its day where it was written."""
    if not isinstance(value, date):
        try:
            value = datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise Invalid(
                _("“%(value)s” is not a date; write it as 2026-05-31.") % {"value": value},
                field=name,
            ) from error
    day = value.date() if isinstance(value, datetime) else value
    return within_reach(day, field=name, years=KNOWN)


def read_text(value: Any, name: str) -> str:
    text = str(value).strip()
    limit = MAX_LENGTH.get(name, MAX_TEXT)
    if len(text) > limit:
        raise Invalid(
            _("The %(name)s has %(n)s characters; at most %(limit)s fit.")
            % {"name": name.replace("_", " "), "n": len(text), "limit": limit},
            field=name,
        )
    if "\x00" in text:
        raise Invalid(
            _("The %(name)s holds a NUL character.") % {"name": name.replace("_", " ")},
            field=name,
        )
    return text


def read_choice(value: Any, name: str, choices: tuple[str, ...]) -> str:
    text = str(value).strip().lower()
    if text not in choices:
        raise Invalid(
            _("“%(value)s” is none of %(choices)s.")
            % {"value": value, "choices": ", ".join(choices)},
            field=name,
        )
    return text


def read_number(value: Any, name: str, most: int) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Invalid(
            _("“%(value)s” is not a number; write it as 1234.56.") % {"value": value}, field=name
        ) from error
    if not (number.is_finite() and 0 <= number < most):
        raise Invalid(
            _("“%(value)s” is not between 0 and %(most)s.") % {"value": value, "most": f"{most:,}"},
            field=name,
        )
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
    raise Invalid(_("“%(value)s” is neither yes nor no.") % {"value": value}, field=name)


def start_of_day(day: date, time_zone: str) -> datetime:
    """Midnight of `day` in the zone, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone_of(time_zone)).astimezone(UTC)
