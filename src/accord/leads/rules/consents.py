"""Consent: what somebody said about a purpose, and what that makes of what is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from accord.base.errors import Invalid, _
from accord.leads.rules.entries import ConsentSaid, Reading
from accord.leads.rules.values import read_choice, read_moment, read_text, read_yes

PURPOSES = ("email", "phone", "profiling")
OF_PURPOSE = {f"consent_{purpose}": purpose for purpose in PURPOSES}  # columns of a file
_LISTED = ("purpose", "wording", "source", "given_at", "withdrawn_at")


class Held(Protocol):
    """What is kept of a consent: given, withdrawn, or both; at least one is known."""

    wording: str
    given_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """What a statement adds: a row of its own, or the end of the rows at these places."""

    is_kept: bool = False
    ends: Sequence[int] = ()
    withdrawn_at: datetime | None = None


def read_consents(given: Mapping[str, Any], reading: Reading) -> list[ConsentSaid]:
    """What a submission says: a list under `consents`, or the columns of a file. Raises Invalid."""
    if "consent" not in "".join(given):  # quicker than key by key, and most often so
        return []
    said = [
        ConsentSaid(
            purpose=purpose,
            is_given=read_yes(given[column], column),
            said_at=_moment(given, "consent_at", reading),
            wording=read_text(given.get("consent_wording", ""), "consent_wording"),
            source=read_text(given.get("consent_source", ""), "consent_source"),
        )
        for column, purpose in OF_PURPOSE.items()
        if column in given
    ]
    listed = given.get("consents", ())
    if not isinstance(listed, Sequence) or not all(isinstance(each, Mapping) for each in listed):
        raise Invalid(
            _("Consents are a list, each with its purpose and wording."), field="consents"
        )
    return [*said, *(each for row in listed for each in _read(row, reading))]


def _read(row: Mapping[str, Any], reading: Reading) -> Iterable[ConsentSaid]:
    """One of the list: given, withdrawn, or first the one and then the other."""
    try:
        if unknown := [key for key in row if key not in _LISTED]:
            raise Invalid(
                _("A consent has no %(key)s; it has %(known)s.")
                % {"key": unknown[0], "known": ", ".join(_LISTED)}
            )
        row = {key: value for key, value in row.items() if value is not None}
        purpose = read_choice(row.get("purpose", ""), "purpose", PURPOSES)
        given_at = _moment(row, "given_at", reading)
        withdrawn_at = _moment(row, "withdrawn_at", reading)
        wording = read_text(row.get("wording", ""), "wording")
        source = read_text(row.get("source", ""), "consent_source")
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field="consents") from refusal
    if given_at or not withdrawn_at:
        if not wording:
            raise Invalid(
                _("A consent needs its wording: the very words that they agreed to."),
                field="consents",
            )
        yield ConsentSaid(purpose, is_given=True, said_at=given_at, wording=wording, source=source)
    if withdrawn_at:
        yield ConsentSaid(purpose, is_given=False, said_at=withdrawn_at, source=source)


def _moment(given: Mapping[str, Any], name: str, reading: Reading) -> datetime | None:
    """When it was said; clocks elsewhere may go ahead of ours."""
    return min(read_moment(given[name], name, reading), reading.at) if name in given else None


def news_of(said: ConsentSaid, at: datetime, held: Sequence[Held]) -> News:
    """What a statement made at `at` adds to what is held of its purpose.

    The same words agreed to once more add nothing while they hold, nor does a no before another.
    """
    if said.is_given:
        later = [row.withdrawn_at for row in held if row.withdrawn_at and row.withdrawn_at >= at]
        if any(row.wording == said.wording and _covers(row, at) for row in held):
            return News()
        return News(is_kept=True, withdrawn_at=min(later, default=None))
    open_rows = [
        place
        for place, row in enumerate(held)
        if row.withdrawn_at is None and row.given_at is not None and row.given_at <= at
    ]
    if open_rows:
        return News(ends=open_rows)
    is_last = all(row.withdrawn_at is None or row.withdrawn_at < at for row in held)
    return News(is_kept=is_last, withdrawn_at=at)


def _covers(row: Held, at: datetime) -> bool:
    return row.given_at is not None and (
        row.given_at == at
        or (row.given_at < at and (row.withdrawn_at is None or row.withdrawn_at > at))
    )


def holds(held: Sequence[Held]) -> bool | None:
    """Whether what is held of one purpose comes to a yes: the last word counts. None: unknown.

    The same is said in SQL by `leads.facts`.
    """
    yes = [row.given_at for row in held if row.given_at]
    no = [row.withdrawn_at for row in held if row.withdrawn_at]
    if not yes or not no:
        return bool(yes) if yes or no else None
    return max(yes) > max(no)
