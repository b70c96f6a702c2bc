"""Reads of the mails that people here copy to Accord."""

import uuid
from collections.abc import Collection

from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.leads.models import KeptMail, MailAddress
from accord.teams.models import User


def owners_of_tokens(tokens: Collection[str]) -> dict[str, User]:
    """Whose addresses these tokens make, of those still here. One query."""
    found = MailAddress.objects.filter(
        token__in=tokens, replaced_at__isnull=True, user__is_active=True
    )
    return {address.token: address.user for address in found.select_related("user")}


def mails_without_lead(user: User, *, limit: int = 50) -> list[KeptMail]:
    """A person's mails that found no lead, newest first."""
    waiting = KeptMail.objects.filter(user_id=user.id, settled_at__isnull=True)
    return list(waiting.order_by("-happened_at", "-id")[:limit])


def one_mail(user: User, id: uuid.UUID) -> KeptMail:
    """One of a person's mails that found no lead. Raises Missing."""
    found = KeptMail.objects.filter(id=id, user_id=user.id, settled_at__isnull=True).first()
    if found is None:
        raise Missing(_("There is no such mail waiting for you; see the list of your mails."))
    return found
