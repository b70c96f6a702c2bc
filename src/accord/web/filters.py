"""The leads list's filters, as they stand in an address, and back."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, get_args
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.criteria.registry import CUSTOM
from accord.leads.queries import LeadFilters
from accord.teams.dates import PLANNED

_CUSTOM = "custom"  # the field that holds them all; in an address each stands by itself


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or moment.year not in PLANNED:
        raise ValueError
    return moment


_READ: dict[type, Callable[[str], Any]] = {
    uuid.UUID: uuid.UUID,
    datetime: _moment,
    bool: lambda text: text == "yes",
}


def _reader(annotation: Any) -> Callable[[str], Any]:
    kinds = {annotation, *get_args(annotation)}
    return next((read for kind, read in _READ.items() if kind in kinds), str)


def read_filters(query: Mapping[str, str]) -> LeadFilters:
    """The filters that an address names. Raises Invalid for a value that can't be read."""
    values: dict[str, Any] = {}
    for each in fields(LeadFilters):
        if each.name == _CUSTOM:
            continue
        text = query.get(each.name, "").strip()
        if not text:
            continue
        try:
            values[each.name] = _reader(each.type)(text)
        except ValueError as error:
            raise Invalid(
                _("The address says %(name)s=%(text)s, which cannot be read; remove that filter.")
                % {"name": each.name, "text": text},
                field=each.name,
            ) from error
    own = sorted((key, text.strip()) for key, text in query.items() if key.startswith(CUSTOM))
    return LeadFilters(**values, custom=tuple((key, text) for key, text in own if text))


def query_of(filters: LeadFilters) -> str:
    """The filters as the query of an address; nothing for those that are not set."""
    given = {each.name: getattr(filters, each.name) for each in fields(filters)}
    own = dict(given.pop(_CUSTOM))
    return urlencode({name: _write(value) for name, value in given.items() if value} | own)


def leads_url(filters: LeadFilters) -> str:
    """The address of the leads list with these filters."""
    query = query_of(filters)
    return f"{reverse('leads')}?{query}" if query else reverse("leads")


def _write(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "yes" if value is True else str(value)
