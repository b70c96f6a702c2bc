"""What the daily digest says of content: what sales waits for."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.content.models import OPEN, ContentRequest
from accord.outbox.sections import MOST_LINES, Line, Reader, Section, register
from accord.teams.models import MARKETING_ROLES


def asked_for(readers: Collection[Reader], at: datetime) -> Mapping[uuid.UUID, Section]:
    """What sales asked for and waits for, for all of marketing. Two queries."""
    meant = [reader for reader in readers if MARKETING_ROLES & reader.roles]
    if not meant:
        return {}
    waiting = ContentRequest.objects.filter(OPEN)
    past_due = Count("id", filter=Q(due_at__lt=at))
    number, late = waiting.aggregate(number=Count("id"), late=past_due).values()
    first = list(waiting.order_by(F("due_at").asc(nulls_last=True), "asked_at", "id")[:MOST_LINES])
    short = ngettext("%(n)s piece of content", "%(n)s pieces of content", number) % {"n": number}
    title = _("Content that sales asks for (%(late)d past due)") % {"late": late}
    return {
        reader.id: Section(
            title=title if late else _("Content that sales asks for"),
            number=number,
            short=short,
            nothing=_("Sales waits for no content."),
            lines=[_line(each, reader) for each in first],
        )
        for reader in meant
    }


def _line(request: ContentRequest, reader: Reader) -> Line:
    return Line(_said(request, reader), f"/content/requests/?request={request.id}")


def _said(request: ContentRequest, reader: Reader) -> str:
    words = {"piece": request.get_piece_display(), "need": " ".join(request.need.split())[:80]}
    if request.due_at is None:
        return _("%(piece)s: %(need)s") % words
    due = date_format(request.due_at.astimezone(reader.zone), "D j M")
    return _("%(piece)s: %(need)s, due %(day)s") % {**words, "day": due}


register("content", asked_for)
