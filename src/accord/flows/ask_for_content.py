"""Sales asks for content; marketing takes it on, delivers it, or says why not."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.content import actions
from accord.content.actions import Answer, Wanted
from accord.content.models import ANSWERS, ContentRequest, Piece, RequestState
from accord.teams.queries import company_calendar

LONGEST = 4_000  # characters of a need, or of an answer
_is_address = URLValidator(schemes=["http", "https"])


def ask_for_content(
    *, wanted: Sequence[Wanted], by: uuid.UUID, at: datetime
) -> list[ContentRequest]:
    """Ask marketing for content, all or none; all of marketing is told.

    Raises Invalid for a kind of piece there is not, no words, a day that is over or a deal of
    another lead; Missing for a lead or deal that there is not.
    """
    wanted = [_checked(each, at) for each in wanted]
    with transaction.atomic():
        requests = actions.ask(wanted=wanted, by=by, at=at)
        actions.tell_of_asked(requests=requests, by=by, at=at)
    return requests


def take_requests(
    *, requests: Collection[uuid.UUID], by: uuid.UUID, at: datetime
) -> list[ContentRequest]:
    """Take requests on, all or none; whoever asked is told, and whoever had it before.

    Raises Missing, or Conflict when somebody was faster.
    """
    with transaction.atomic():
        taken = actions.take(requests=requests, by=by, at=at)
        actions.tell_of_taken(taken=taken, by=by, at=at)
    return [each.request for each in taken]


def answer_requests(
    *,
    requests: Collection[uuid.UUID],
    answer: str,
    words: str,
    link: str,
    by: uuid.UUID,
    at: datetime,
) -> list[ContentRequest]:
    """Deliver what was asked for, or turn it down with the reason; whoever asked is told.

    Raises Invalid for an answer there is not or one that says nothing, Missing, or Conflict when
    somebody was faster or has taken it on.
    """
    said = _said(answer, words.strip(), link.strip())
    with transaction.atomic():
        answered = actions.answer(requests=requests, said=said, by=by, at=at)
        actions.tell_of_answered(requests=answered, by=by, at=at)
    return answered


def withdraw_requests(
    *, requests: Collection[uuid.UUID], by: uuid.UUID, at: datetime
) -> list[ContentRequest]:
    """Withdraw one's own requests while they are open; whoever makes them is told.

    Raises Missing, or Conflict when one was answered or is somebody else's.
    """
    with transaction.atomic():
        gone = actions.withdraw(requests=requests, by=by, at=at)
        actions.tell_of_withdrawn(requests=gone, by=by, at=at)
    return gone


def _checked(wanted: Wanted, at: datetime) -> Wanted:
    if wanted.piece not in Piece.values:
        raise Invalid(
            _("“%(given)s” is no kind of piece; use one of %(known)s.")
            % {"given": wanted.piece, "known": ", ".join(Piece.values)},
            field="piece",
        )
    need = _short(wanted.need.strip(), "need")
    if not need:
        raise Invalid(_("Say in a few words what you need, and what for."), field="need")
    today = at.astimezone(ZoneInfo(company_calendar().time_zone)).date()
    if wanted.needed_on and wanted.needed_on < today:
        raise Invalid(_("This day is over; give one that is still to come."), field="needed_on")
    return Wanted(
        wanted.piece, need, wanted.lead, wanted.deal, wanted.needed_on, wanted.is_reusable
    )


def _said(answer: str, words: str, link: str) -> Answer:
    if answer not in ANSWERS:
        raise Invalid(
            _("“%(given)s” is no answer; use one of %(known)s.")
            % {"given": answer, "known": ", ".join(ANSWERS)},
            field="answer",
        )
    words = _short(words, "words")
    if answer == RequestState.TURNED_DOWN:
        if not words:
            raise Invalid(_("Say why not; whoever asked reads it."), field="words")
        return Answer(RequestState.TURNED_DOWN, words)
    if link:
        _check_link(link)
    if not (words or link):
        raise Invalid(_("Give a link to it, or the answer in words."), field="link")
    return Answer(RequestState.DELIVERED, words, link)


def _check_link(link: str) -> None:
    """Only what a browser opens as a page, and nothing that runs."""
    most = ContentRequest._meta.get_field("link").max_length or 0
    try:
        _is_address(link)
        is_fine = urlsplit(link).scheme in ("http", "https") and len(link) <= most
    except (ValidationError, ValueError):
        is_fine = False
    if not is_fine:
        raise Invalid(
            _("This is no link; copy the whole address, such as https://example.com/case-study."),
            field="link",
        )


def _short(text: str, field: str) -> str:
    if "\0" in text:
        raise Invalid(_("This holds a NUL character; type it anew."), field=field)
    if len(text) > LONGEST:
        raise Invalid(
            _("This is longer than %(n)d characters; say it shorter.") % {"n": LONGEST},
            field=field,
        )
    return text
