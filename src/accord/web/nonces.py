"""A hidden field that makes a repeated sending the same one, and tells when the form was shown."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.core import signing
from django.utils.translation import gettext as _

from accord.base.errors import Invalid

LONGEST = timedelta(days=2)


class Nonce(NamedTuple):
    value: str
    shown_at: datetime


def new_nonce(purpose: str) -> str:
    """A signed nonce for a form with this purpose."""
    return signing.TimestampSigner(salt=purpose).sign(secrets.token_urlsafe(12))


def read_nonce(purpose: str, signed: str) -> Nonce:
    """The nonce of a form that came back. Raises Invalid when it is not ours, or too old."""
    signer = signing.TimestampSigner(salt=purpose)
    try:
        value = signer.unsign(signed, max_age=LONGEST)
    except signing.BadSignature as error:
        raise Invalid(
            _("This form was open for too long; load it again and send it once more."),
            field="nonce",
        ) from error
    stamp = signed.rsplit(":", 2)[1]
    return Nonce(value, datetime.fromtimestamp(signing.b62_decode(stamp), UTC))
