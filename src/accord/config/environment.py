"""Settings out of the environment; a value that is not understood is refused, never guessed."""

import os
from ipaddress import ip_network
from typing import Any
from urllib.parse import unquote, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from accord.base.errors import Invalid

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


def flag(name: str, *, default: bool) -> bool:
    """A yes or no. Raises Invalid for anything else."""
    said = os.environ.get(name, "").strip().lower()
    if not said:
        return default
    if said in TRUE:
        return True
    if said in FALSE:
        return False
    raise Invalid(f"{name} is “{said}”; it can be yes or no.", field=name)


def number(name: str, *, default: int, least: int = 1) -> int:
    """A whole number of at least `least`. Raises Invalid for anything else."""
    said = os.environ.get(name, "").strip()
    if not said:
        return default
    if not said.isdecimal() or int(said) < least:
        raise Invalid(f"{name} is “{said}”; it is a whole number from {least} up.", field=name)
    return int(said)


def words(name: str, *, default: list[str]) -> list[str]:
    """A list, its parts separated by commas."""
    said = os.environ.get(name, "")
    return [part.strip() for part in said.split(",") if part.strip()] or default


def networks(name: str) -> list[str]:
    """Networks in CIDR notation. Raises Invalid for anything else."""
    said = words(name, default=[])
    try:
        return [str(ip_network(each)) for each in said]
    except ValueError as error:
        raise Invalid(
            f"{name} is not understood; it looks like 10.1.2.0/24, 127.0.0.1.", field=name
        ) from error


def database(url: str) -> dict[str, Any]:
    """The parts of postgresql://user:password@host:port/name. Raises Invalid if it is no such."""
    try:
        return conninfo_to_dict(url)
    except ProgrammingError as error:
        raise Invalid(
            "DATABASE_URL is not understood; "
            "it looks like postgresql://user:password@host:5432/accord.",
            field="DATABASE_URL",
        ) from error


def mail_server(url: str) -> dict[str, object]:
    """Django's mail settings of smtp://user:password@host:port; smtps:// is TLS from the start,
    smtp+tls:// by STARTTLS. Raises Invalid for another scheme or no host."""
    parts = urlsplit(url)
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise Invalid(
            "ACCORD_SMTP_URL is not understood; it looks like smtp+tls://user:password@host:587.",
            field="ACCORD_SMTP_URL",
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 20,
    }


def mailbox(url: str) -> dict[str, object]:
    """The parts of imap://user:password@host:port/folder; imaps:// is TLS from the start,
    imap+tls:// by STARTTLS. Raises Invalid for another scheme or no host."""
    parts = urlsplit(url)
    ports = {"imap": 143, "imap+tls": 143, "imaps": 993}
    if parts.scheme not in ports or not parts.hostname:
        raise Invalid(
            "ACCORD_IMAP_URL is not understood; "
            "it looks like imaps://user:password@host:993/INBOX.",
            field="ACCORD_IMAP_URL",
        )
    return {
        "host": parts.hostname,
        "port": parts.port or ports[parts.scheme],
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "security": parts.scheme,
        "folder": unquote(parts.path.strip("/")) or "INBOX",
    }
