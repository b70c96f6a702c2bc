"""A database of a benchmark's own, on the server that Accord uses; dropped afterwards."""

import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from importlib.resources import files
from urllib.parse import urlencode

import psutil
import yaml
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from accord.agreement.actions import default_document, propose, sign
from accord.agreement.models import Seat
from accord.agreement.rewriting import with_entry
from accord.flows.begin import Company, begin
from accord.teams.actions import Newcomer, Week
from accord.teams.models import Role, User

PREFIX = "accord_bench_"
_WEEK: Week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
ALL_HOURS: Week = {day: [["00:00", "24:00"]] for day in (*_WEEK, "sat", "sun")}
# The migrated database that is copied; empty: there is none.
_migrated: ContextVar[str] = ContextVar("migrated", default="")


@contextmanager
def own_database() -> Iterator[str]:
    """Everything inside works on a new, migrated database; gives its name."""
    migrated = _migrated.get()
    with _made(template=migrated or "template0") as name, _used(name):
        if not migrated:
            _migrate()
        yield name


@contextmanager
def migrated_once() -> Iterator[None]:
    """The databases made inside are copies of one, which alone is migrated."""
    with _made(template="template0") as name:
        with _used(name):
            _migrate()
        copied = _migrated.set(name)
        try:
            yield
        finally:
            _migrated.reset(copied)


@contextmanager
def _made(*, template: str) -> Iterator[str]:
    name = f"{PREFIX}{secrets.token_hex(4)}"
    _on_the_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        _on_the_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _used(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    try:
        _use(name)
        yield
    finally:
        _use(before)


def _migrate() -> None:
    call_command("createcachetable", verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    caches.close_all()


def _on_the_server(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def address_of(name: str) -> str:
    """How another process reaches the database of this name on the same server."""
    here = connection.get_connection_params()
    kept = {key: here[key] for key in ("host", "port", "user", "password") if here.get(key)}
    asked = urlencode({**kept, "dbname": name})
    return f"postgresql:///?{asked}"


def database_process() -> int:
    """The process of the database server; 0 where it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        return psutil.Process(pid).ppid()
    except psutil.Error:
        return 0


def vacuum() -> None:
    """As after a quiet minute: the planner knows the tables, and what was written is on disk."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def settle(tables: Sequence[str]) -> None:
    """As `vacuum`, for a few tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")
        cursor.execute("CHECKPOINT")


def agree_on_more(*, by: uuid.UUID, at: datetime) -> int:
    """A full agreement: ten definitions, two scorecards, sixty clauses; its version."""
    more = files("accord.bench").joinpath("definitions.yaml").read_text(encoding="utf-8")
    document = default_document(one_person_may_hold_both=True)
    for key, definition in yaml.safe_load(more).items():
        document = with_entry(document, "definitions", key, definition)
    number = propose(document=document, by=by, at=at, reason="To be measured")
    for seat in Seat.values:
        sign(number=number, seat=seat, by=by, at=at)
    return number


def open_shop(*, at: datetime, week: Week = _WEEK) -> User:
    """A company with one person who holds both seats, and the agreement that Accord ships."""
    company = Company(name="Bench", currency="EUR", time_zone="UTC", week=week)
    roles = (Role.HEAD_OF_SALES, Role.HEAD_OF_MARKETING, Role.REP)
    return begin(company=company, first=Newcomer("bench@example.com", "Bench", roles, None), at=at)
