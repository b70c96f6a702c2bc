"""Secrets of others that we must be able to use again: sealed with the home's secret key.

A key that was in use before (SECRET_KEY_FALLBACKS) still opens what it sealed.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(secret: str) -> str:
    """The secret as it may be kept."""
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str | None:
    """The secret; None when it was sealed with a key that is gone."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _keys() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"sealing:{key}".encode()).digest()))
            for key in keys
        ]
    )
