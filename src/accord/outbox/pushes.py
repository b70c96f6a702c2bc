"""Pushing parcels to browsers, encrypted for each (RFC 8291) and signed with our key (RFC 8292).

A push carries one short sentence, which the person may switch off, and no more.
"""

import json
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parseaddr
from io import BytesIO

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from webpush import WebPush, WebPushSubscription

from accord.outbox import egress
from accord.outbox.chats import trouble_of
from accord.outbox.models import Browser, Listener, PushKey
from accord.outbox.parcels import Parcel, Trouble
from accord.outbox.sealing import unseal

NO_BROWSER = gettext_lazy("None of the person's browsers takes pushes any more.")
MOST_WORDS = 120  # characters
KEEP_FOR = 12 * 60 * 60  # seconds that a push waits for a browser that is closed
GONE = frozenset({404, 410})


@contextmanager
def sending(
    users: Collection[uuid.UUID], at: datetime, gone: list[uuid.UUID]
) -> Iterator[Callable[[Parcel], Trouble | None]]:
    """A function that pushes one parcel to all browsers of a user. Four queries.

    Browsers that do not exist any more are put into `gone`.
    """
    here = get_user_model().objects.filter(id__in=users, is_active=True).values("id")
    browsers: dict[uuid.UUID, list[Browser]] = {}
    for browser in Browser.objects.filter(user_id__in=here).order_by("id"):
        browsers.setdefault(browser.user_id, []).append(browser)
    silent = set(
        Listener.objects.filter(user_id__in=users, push_says=False).values_list(
            "user_id", flat=True
        )
    )
    key = PushKey.objects.first()

    def post(parcel: Parcel) -> Trouble | None:
        mine = browsers.get(parcel.user_id, [])
        if not mine or key is None:
            return Trouble(str(NO_BROWSER), is_final=True)
        body = payload(parcel, says=parcel.user_id not in silent)
        troubles = [_push(browser, key, body, parcel, at, gone) for browser in mine]
        # One browser that has it is enough; the others would get it twice.
        return None if None in troubles else troubles[0]

    yield post


def payload(parcel: Parcel, *, says: bool) -> bytes:
    """What the service worker shows."""
    link = parcel.notices[0].link if len(parcel.notices) == 1 else "/notifications/"
    subject = parcel.subject if says else _("Something new for you.")
    short = subject if len(subject) <= MOST_WORDS else subject[: MOST_WORDS - 1] + "…"
    shown = {"id": str(parcel.id), "text": short, "link": link or "/notifications/"}
    return json.dumps(shown, ensure_ascii=False).encode()


def _push(
    browser: Browser,
    key: PushKey,
    body: bytes,
    parcel: Parcel,
    at: datetime,
    gone: list[uuid.UUID],
) -> Trouble | None:
    said, private = unseal(browser.sealed), unseal(key.sealed_private)
    if said is None or private is None:
        return Trouble(_("The browser's address was sealed with another key."), is_final=True)
    subscription = WebPushSubscription.model_validate_json(said)
    message = _signer(private).get(body, subscription)
    headers = {
        **{name: str(value) for name, value in message.headers.items()},
        "content-type": "application/octet-stream",
        "urgency": "high",
        "topic": parcel.id.hex,  # a later one with the same topic replaces it
    }
    try:
        answer = egress.post(str(subscription.endpoint), body=message.encrypted, headers=headers)
    except egress.NotSent as error:
        return Trouble(error.sentence, is_final=error.is_final)
    if answer.status in GONE:
        gone.append(browser.id)
        return Trouble(str(NO_BROWSER), is_final=True)
    return trouble_of(answer, _("The browser's push service"), at)


def _signer(private: str) -> WebPush:
    public = BytesIO(public_pem(private))
    return WebPush(
        private_key=BytesIO(private.encode()),
        public_key=public,
        subscriber=parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or "accord@localhost",
        ttl=KEEP_FOR,
    )


def public_pem(private: str) -> bytes:
    """The public half of a key, as PEM."""
    key = load_pem_private_key(private.encode(), password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
