"""Reads of the mails that people here copy to Accord."""

import hashlib
import uuid
from collections.abc import Collection

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.leads.models import KeptMail, MailAddress
from accord.teams.models import User


def token_of(id: uuid.UUID) -> str:
    """The secret part of an address. Lower case: servers may fold what stands before the @."""
    return salted_hmac("accord.leads.mail", id.hex, algorithm="sha256").hexdigest()[:20]


def digest_of(token: str) -> str:
    """By what a token is recognised."""
    return hashlib.sha256(token.encode()).hexdigest()


def copy_token(user: User) -> str:
    """The token of a person's own address; "" while there is none that works."""
    found = MailAddress.objects.filter(user_id=user.id, replaced_at__isnull=True).first()
    token = token_of(found.id) if found else ""
    return token if found and found.digest == digest_of(token) else ""


def owners_of_tokens(tokens: Collection[str]) -> dict[str, User]:
    """Whose addresses these tokens make, of those still here. One query."""
    by_digest = {digest_of(token): token for token in tokens}
    found = MailAddress.objects.filter(
        digest__in=by_digest, replaced_at__isnull=True, user__is_active=True
    )
    return {by_digest[address.digest]: address.user for address in found.select_related("user")}


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
