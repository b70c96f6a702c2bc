"""Posting parcels to Slack and Teams. That it was accepted is all we learn: a card may yet fail."""

import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.outbox import cards, egress
from accord.outbox.models import Chat, Service
from accord.outbox.parcels import Parcel, Trouble
from accord.outbox.rules import asked_rest
from accord.outbox.sealing import unseal

NO_CHAT = gettext_lazy("The chat is not connected any more.")
_AGAIN = frozenset({408, 425, 429})


@contextmanager
def sending(
    users: Collection[uuid.UUID], at: datetime
) -> Iterator[Callable[[Parcel], Trouble | None]]:
    """A function that posts one parcel to a person's own chat, or to a team's. One query."""
    here = get_user_model().objects.filter(id__in=users, is_active=True).values("id")
    meant = Q(user_id__in=here) | Q(id__in=users, user_id=None)
    chats = {chat.user_id or chat.id: chat for chat in Chat.objects.filter(meant)}

    def post(parcel: Parcel) -> Trouble | None:
        chat = chats.get(parcel.user_id)
        return posted(chat, parcel, at) if chat else Trouble(str(NO_CHAT), is_final=True)

    yield post


def posted(chat: Chat, parcel: Parcel, at: datetime) -> Trouble | None:
    """Post it; what went wrong, if anything. Nothing that is returned holds the address."""
    url = unseal(chat.sealed_url)
    name = Service(chat.service).label
    if url is None:
        return Trouble(
            _("The address of %(chat)s was sealed with another key; connect it anew.")
            % {"chat": name},
            is_final=True,
        )
    headers = {"content-type": "application/json", "idempotency-key": str(parcel.id)}
    try:
        answer = egress.post(url, body=cards.body_of(parcel, chat.service), headers=headers)
    except egress.NotSent as error:
        return Trouble(error.sentence, is_final=error.is_final)
    return trouble_of(answer, name, at)


def trouble_of(answer: egress.Answer, name: object, at: datetime) -> Trouble | None:
    """What an answer means: 2xx is well; 408, 425, 429 and 5xx may go well later, others not."""
    if 200 <= answer.status < 300:
        return None
    words = {"name": name, "status": answer.status}
    if answer.status in _AGAIN or answer.status >= 500:
        return Trouble(
            _("%(name)s answered %(status)s; it is tried again.") % words,
            rest=asked_rest(answer.headers.get("retry-after", ""), at),
        )
    return Trouble(
        _("%(name)s answered %(status)s: the address is not good any more. Connect it anew.")
        % words,
        is_final=True,
    )
