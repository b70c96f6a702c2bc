"""What lies together by lead, and what a statement may do to it once leads live apart."""

import re
from collections.abc import Iterator
from functools import lru_cache

from django.apps import apps
from django.db import models

# Tables with a lead_id that are not kept by it, and why.
KEPT_OTHERWISE = {
    "leads.Identity": "by its value: it is read to find the lead",
    "leads.Submission": "by its id: it is there before its lead is known",
    "content.ContentRequest": "by its id: it may be about no lead",
}
SPREAD_BY = {"leads_lead": "id", "leads_identity": "value"}


@lru_cache(maxsize=1)
def lead_keyed() -> tuple[type[models.Model], ...]:
    """The models whose rows lie with their lead: Lead, and all that carry a lead_id."""
    return tuple(
        model
        for model in apps.get_models()
        if model.__module__.startswith("accord.")
        and model._meta.label not in KEPT_OTHERWISE
        and (model._meta.label == "leads.Lead" or key_of(model) == "lead_id")
    )


def key_of(model: type[models.Model]) -> str:
    """The column by which a model's rows are spread."""
    if model._meta.label == "leads.Lead":
        return "id"
    columns = {field.column for field in model._meta.concrete_fields}
    return "lead_id" if "lead_id" in columns else ""


@lru_cache(maxsize=1)
def tables() -> frozenset[str]:
    """The tables whose rows lie with their lead."""
    return frozenset(model._meta.db_table for model in lead_keyed())


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(tables() | {'leads_identity'}))})\b")


_UPKEEP = re.compile(r"\s*(ANALYZE|VACUUM|TRUNCATE|COPY|DROP|CREATE|ALTER)\b", re.I)
_LOCK = re.compile(r"\bFOR (NO KEY )?UPDATE\b", re.I)
_SET = re.compile(
    r"\bUPDATE\s+\"?(?P<table>\w+)\"?.*?\bSET\b(?P<set>.*?)(\bFROM\b|\bWHERE\b|$)", re.I | re.S
)
_UPSERT = re.compile(
    r"\bINSERT INTO\s+\"?(?P<table>\w+)\"?.*?"
    r"\bDO UPDATE SET\b(?P<set>.*?)(\bWHERE\b|\bRETURNING\b|$)",
    re.I | re.S,
)
_NAMES_KEY = re.compile(r"\"?\blead_id\"?\s*=", re.I)


def breaches(statement: str) -> Iterator[str]:
    """Why a statement would not do once leads live apart."""
    used = {*_names().findall(statement)}
    if not used or _UPKEEP.match(statement):
        return
    if re.search(r"\bSKIP LOCKED\b", statement, re.I):
        yield "claims by SKIP LOCKED"
    if _LOCK.search(statement) and not all(_is_one(statement, table) for table in used):
        yield "locks by FOR UPDATE without naming the one lead"
    for found in (*_SET.finditer(statement), *_UPSERT.finditer(statement)):
        if found["table"] in tables() and _NAMES_KEY.search(found["set"]):
            yield "changes a lead_id"
    if {"leads_identity", "leads_lead"} <= used:
        yield "reads identity and lead in one step"


def _is_one(statement: str, table: str) -> bool:
    key = SPREAD_BY.get(table, "lead_id")
    return bool(re.search(rf"\"?\b{key}\"?\s*=\s*(%s|%\(|'|\$)", statement))
