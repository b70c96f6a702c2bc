"""Saying something of a proposed version, clause by clause."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement import queries
from accord.agreement.actions.telling import check_words, heads, tell_people, waiting
from accord.agreement.comparing import changes
from accord.agreement.models import Comment
from accord.agreement.saying import said
from accord.base.errors import Invalid
from accord.teams.models import User


def comment(*, number: int, place: str, text: str, by: uuid.UUID, at: datetime) -> None:
    """Say something about a proposed version, or about one clause of it, such as `review`.

    Its author, the heads and whoever spoke before are told. Raises Missing, Conflict when it no
    longer waits, Invalid for what says nothing or too much, or for a clause that is none.
    """
    words = text.strip()
    check_words(words, _("Write a few words first."), field="text")
    with transaction.atomic():
        version = waiting(number)
        _check_place(place, number)
        speaker = User.objects.get(id=by)
        kept = Comment.objects.create(
            version=version,
            place=place,
            text=words,
            said_at=at,
            said_by_id=by,
            name=speaker.name,
        )
        spoke = set(version.comments.values_list("said_by_id", flat=True))
        subject = _("%(name)s on version %(number)s of the agreement") % {
            "name": speaker.name,
            "number": number,
        }
        people = (spoke | heads() | {version.proposed_by_id}) - {by, None}
        tell_people(kept.id, number, subject, words, {each for each in people if each}, at)


def _check_place(place: str, number: int) -> None:
    """Raises Invalid for a place that is no clause of this version or of the one before it."""
    if not place:
        return
    now, older = queries.terms_of(number), queries.before(number)
    clauses = set(said(now))
    if older:
        clauses |= {change.key for change in changes(queries.terms_of(older), now)}
    if place not in clauses:
        raise Invalid(_("There is no such clause; choose one from the list."), field="place")
