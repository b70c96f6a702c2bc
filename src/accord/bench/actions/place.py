"""A database of a benchmark's own, on the server that Accord uses; dropped afterwards."""

import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


@contextmanager
def own_database() -> Iterator[str]:
    """Everything inside works on a new, migrated database; gives its name."""
    name, before = f"{PREFIX}{secrets.token_hex(4)}", connection.settings_dict["NAME"]
    _on_the_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        _use(name)
        call_command("createcachetable", verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        yield name
    finally:
        _use(before)
        _on_the_server(f'DROP DATABASE "{name}" WITH (FORCE)')


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
