"""What comes in about a lead. It is kept verbatim: nothing is turned into something else."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Body
from pydantic import BaseModel, ConfigDict, Field

from accord.base.errors import Invalid
from accord.leads.rules import ASKS, AUTHORITIES, EVENTS, MAX_LENGTH, PURPOSES, STAGES

Text = str | None


def _text(name: str, about: str = "") -> Any:
    """A text of a fact, with the length that fits."""
    return Field(None, max_length=MAX_LENGTH.get(name), description=about or None)


def _one_of(words: tuple[str, ...], about: str) -> Any:
    return Field(None, description=f"{about}: {', '.join(words)}.")


class ConsentIn(BaseModel):
    """What a lead agreed to, or took back. Without `given_at` it was given when this happened."""

    model_config = ConfigDict(extra="forbid", strict=True)

    purpose: str = Field(description=f"What it is for: {', '.join(PURPOSES)}.")
    wording: Text = Field(None, description="The very words that they agreed to.")
    source: Text = Field(
        None,
        max_length=MAX_LENGTH["consent_source"],
        description="Where or how they said so, such as the page of a form.",
    )
    given_at: Text = Field(None, description="When they agreed, in ISO 8601.")
    withdrawn_at: Text = Field(
        None, description="When they took it back; alone: they refused or take back what is known."
    )


class LeadIn(BaseModel):
    """What is known of a lead, or what it did. One of email, phone, external_id and visitor is
    needed to recognise it. Keys that are not named here are kept with the submission.
    """

    model_config = ConfigDict(extra="allow", strict=True)

    email: Text = Field(None, description="An e-mail address.")
    phone: Text = Field(None, description="With its country code, such as +49 30 123456.")
    external_id: str | int | None = Field(None, description="The lead's id in your system.")
    visitor: Text = Field(None, description="The id of a visitor of your pages.")
    name: Text = _text("name")
    first_name: Text = None
    last_name: Text = None
    job_title: Text = _text("job_title")
    company: Text = _text("company")
    company_domain: Text = None
    website: Text = None
    employees: int | str | None = None
    country: Text = _text("country")
    language: Text = _text("language")
    industry: Text = _text("industry")
    lead_type: Text = _text("lead_type")
    source: Text = _text("source", "Where the lead came from.")
    source_detail: Text = _text("source_detail")
    campaign: Text = _text("campaign", "A campaign's name; a new one is made.")
    need: Text = None
    authority: Text = _one_of(AUTHORITIES, "What say they have")
    budget: int | float | str | None = None
    needed_by_on: Text = Field(None, description="A day, such as 2026-05-31.")
    message: Text = Field(None, description="Their own words.")
    asks_for: Text = _one_of(ASKS, "What they ask for")
    event: Text = _one_of(EVENTS, "What happened; a form was submitted when it is left out")
    event_name: Text = None
    happened_at: Text = Field(None, description="When it happened, in ISO 8601; now if left out.")
    stage: Text = _one_of(STAGES, "The stage that a new lead starts in")
    do_not_contact: bool | str | None = None
    consents: list[ConsentIn] | None = Field(None, max_length=20)


Leads = Annotated[list[LeadIn], Body(min_length=1, max_length=1_000)]


def body_of(sent: LeadIn) -> dict[str, Any]:
    """What was sent, as it was sent. Raises Invalid for what no text can hold."""
    body = sent.model_dump(exclude_unset=True)
    for key, value in body.items():
        _check_text(key, {key: value})
    return body


def _check_text(field: str, value: Mapping[str, Any]) -> None:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError) as error:
        raise Invalid(
            _("“%(field)s” holds something that cannot be kept: half a character, or no number.")
            % {"field": field.encode(errors="replace").decode()},
            field=field.encode(errors="replace").decode(),
        ) from error
    if "\\u0000" in text:
        raise Invalid(
            _("“%(field)s” holds a NUL character.") % {"field": field.replace("\0", "")},
            field=field.replace("\0", ""),
        )
