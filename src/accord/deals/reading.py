"""Reading a row about a deal: its lead, its facts, its outcome. Pure, no Django."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from accord.base.errors import Invalid, _
from accord.base.ids import named_id
from accord.leads.files import Row
from accord.leads.rules import Entry, Reading, read_body, read_custom, read_moment
from accord.leads.translating import RowIds

STATES = {
    "won": "won",
    "closed won": "won",
    "closedwon": "won",
    "lost": "lost",
    "closed lost": "lost",
    "closedlost": "lost",
    "open": "open",
}
NO_REASON = "not_stated"  # a lost deal whose file gives no reason
_LEAD = {"lead_external_id": "external_id", "lead_email": "email", "lead_phone": "phone"}
_MOST = Decimal(10) ** 12


@dataclass(slots=True)
class StatedDeal:
    """A deal as a file states it. `opened_at` is its closing where the file does not say.

    `loss_reason` is the file's own words until the flow finds the agreement's reason for it.
    """

    external_id: str
    title: str
    amount: Decimal | None
    currency: str | None
    state: str
    opened_at: datetime
    closed_at: datetime | None
    loss_reason: str | None
    note: str
    re_enter_on: date | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class DealEntry(Entry):
    """An entry about a deal; its facts and identities are those of the deal's lead."""

    deal: StatedDeal | None = None
    deal_id: uuid.UUID | None = None


def read_deal(body: Mapping[str, str], row: Row, ids: RowIds, reading: Reading) -> Entry:
    """The entry of a row about a deal. Raises Invalid with the field's name and a sentence."""
    lead = {_LEAD.get(key, key): value for key, value in body.items() if key not in _OF_DEAL}
    if not lead.keys() & _LEAD.values():
        raise Invalid(_("Nothing says whose deal this is."), field="lead_external_id")
    try:
        read = read_body(
            lead, submission_id=ids("submission"), id_of=ids, reading=reading, line=row.line
        )
    except Invalid as error:
        raise Invalid(error.sentence, field=_OF_LEAD.get(error.field, error.field)) from error
    deal = _deal(body, read, reading)
    return DealEntry(
        submission_id=read.submission_id,
        id_of=ids,
        body=body,
        happened_at=deal.opened_at,
        line=row.line,
        identities=read.identities,
        facts=read.facts,
        deal=deal,
    )


_OF_LEAD = {there: here for here, there in _LEAD.items()}
_OF_DEAL = frozenset(
    (
        "external_id",
        "title",
        "amount",
        "currency",
        "state",
        "opened_at",
        "closed_at",
        "loss_reason",
        "note",
    )
)


def _deal(body: Mapping[str, str], lead: Entry, reading: Reading) -> StatedDeal:
    state = _state(body.get("state", "open"))
    closed_at = (
        read_moment(body["closed_at"], "closed_at", reading) if "closed_at" in body else None
    )
    opened_at = (
        read_moment(body["opened_at"], "opened_at", reading) if "opened_at" in body else None
    )
    if state != "open" and closed_at is None:
        raise Invalid(
            _("The deal is %(state)s and has no date of closing.") % {"state": state},
            field="closed_at",
        )
    if closed_at and opened_at and closed_at < opened_at:
        raise Invalid(_("The deal was closed before it was opened."), field="closed_at")
    begun_at = opened_at or closed_at
    if begun_at is None:
        raise Invalid(
            _("The deal has neither a date of opening nor one of closing."), field="opened_at"
        )
    external_id = _external_id(body, lead, reading)
    return StatedDeal(
        external_id=external_id,
        title=body.get("title", f"Deal {external_id.split(':')[-1][:8]}")[:200],
        amount=_amount(body["amount"]) if "amount" in body else None,
        currency=_currency(body["currency"]) if "currency" in body else None,
        state=state,
        opened_at=begun_at,
        closed_at=closed_at if state != "open" else None,
        loss_reason=body.get("loss_reason", NO_REASON)[:50] if state == "lost" else None,
        note=body.get("note", ""),
        custom=read_custom(body, reading.custom, "deal"),
    )


def _external_id(body: Mapping[str, str], lead: Entry, reading: Reading) -> str:
    """By what the deal is recognised: its id, or what the row says where it has none."""
    if "external_id" in body:
        value = body["external_id"].strip()
        if len(value) > 140:
            raise Invalid(
                _("The id “%(value)s…” is longer than 140 characters.") % {"value": value[:30]},
                field="external_id",
            )
        return f"{reading.source}:{value}"
    said = (body.get(key, "") for key in ("title", "opened_at", "closed_at", "amount"))
    return f"{reading.source}:{named_id(*lead.identities[0], *said)}"


def _state(text: str) -> str:
    state = STATES.get(text.strip().lower())
    if state is None:
        raise Invalid(_("“%(text)s” is none of won, lost, open.") % {"text": text}, field="state")
    return state


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise Invalid(
            _("“%(text)s” is not an amount; write it as 1234.56.") % {"text": text}, field="amount"
        ) from error
    if not (amount.is_finite() and 0 <= amount < _MOST):
        raise Invalid(
            _("“%(text)s” is not between 0 and %(most)s.") % {"text": text, "most": f"{_MOST:,}"},
            field="amount",
        )
    return amount


def _currency(text: str) -> str:
    if len(text) == 3 and text.isalpha():
        return text.upper()
    raise Invalid(
        _("“%(text)s” is not a currency; write its code, such as EUR.") % {"text": text},
        field="currency",
    )
