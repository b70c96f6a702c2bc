"""One submission on its way, and what it becomes on the timeline."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# Words that are kept as they are.
TEXT_FACTS = (
    "job_title",
    "country",
    "language",
    "industry",
    "lead_type",
    "source",
    "source_detail",
    "need",
)
# What is told of a lead, and all of it that may change, whose past is kept.
PROFILE = ("name", "email", "phone", *TEXT_FACTS, "authority", "budget", "needed_by_on")
CHANGEABLE = (*PROFILE, "do_not_contact", "company_id", "campaign_id")


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


@dataclass(slots=True, frozen=True)
class ConsentSaid:
    """A yes or a no to one purpose. `said_at` is None where nobody told when it was said."""

    purpose: str
    is_given: bool
    said_at: datetime | None = None
    wording: str = ""
    source: str = ""


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
    event_name: str | None = None
    asks_for: str | None = None
    text: str | None = None
    stage: str | None = None
    consents: list[ConsentSaid] = field(default_factory=list)
    lead_id: uuid.UUID | None = None
    is_new: bool = False
    has_new_identity: bool = False
    fate: str = "waiting"
    reason: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class FactRule:
    """A fact that the company defined, and what its values may be.

    `key` is its name everywhere. `about` is lead, company or deal; `kind` text, number, money,
    date, choice or yes_no; only a choice has `choices`.
    """

    key: str
    label: str
    about: str
    kind: str
    choices: tuple[str, ...] = ()
    in_list: bool = False
    on_form: bool = False


@dataclass(slots=True, frozen=True)
class Reading:
    """How to read what is ambiguous: the zone of bare times, the region of bare numbers.

    `at` is the moment of receipt: what is said to have happened later is refused.
    `source` is the name space of external ids, `custom` the facts that the company defined.
    """

    at: datetime
    time_zone: str = "UTC"
    region: str | None = None
    source: str = "api"
    custom: Mapping[str, FactRule] = field(default_factory=dict)
