"""Reads of what people were told."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.outbox.models import Channel, Notification


def unseen(user: Any, *, limit: int = 50) -> list[Notification]:
    """What a person was told in Accord and has not seen, newest first."""
    return list(_unseen(user.id).order_by("-created_at", "-id")[:limit])


def unseen_count(user: Any) -> int:
    """How much of what a person was told they have not seen."""
    return _unseen(user.id).count()


def told(user: Any, *, limit: int = 50) -> list[Notification]:
    """What a person was told in Accord, seen or not, newest first."""
    in_accord = Notification.objects.filter(user_id=user.id, channel=Channel.APP)
    return list(in_accord.order_by("-created_at", "-id")[:limit])


def one(user: Any, id: uuid.UUID) -> Notification:
    """One thing a person was told. Raises Missing when it was told to somebody else."""
    found = Notification.objects.filter(id=id, user_id=user.id, channel=Channel.APP).first()
    if found is None:
        raise Missing(_("There is no such notice for you; see the list of what you were told."))
    return found


def _unseen(user_id: uuid.UUID) -> QuerySet[Notification]:
    return Notification.objects.filter(user_id=user_id, channel=Channel.APP, seen_at__isnull=True)
