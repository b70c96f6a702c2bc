"""Mails that people here copy or forward to Accord land on their leads by themselves."""

import imaplib
import logging
import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accord.base.lifecycle import Side
from accord.flows.advance import advance
from accord.flows.evaluate import evaluate
from accord.flows.follow_up import log_attempts
from accord.flows.hand_off import hand_off
from accord.flows.receive import Door, Incoming, receive
from accord.flows.take_in import take_in_waiting
from accord.flows.tell_owners import News, tell_owners
from accord.handoffs.actions import Attempt, AttemptOutcome
from accord.handoffs.models import AttemptChannel, Handoff
from accord.leads import actions, queries
from accord.leads.actions.mail import NewMail
from accord.leads.models import KeptMail
from accord.leads.rules import NewActivity
from accord.leads.rules.letters import Letter, read_letter
from accord.outbox import mailbox
from accord.teams.models import User
from accord.teams.queries import people

log = logging.getLogger(__name__)


def read_mailbox(*, at: datetime) -> bool:
    """Take what is new in the mailbox of the settings; whether there is more.

    A batch and how far the mailbox is read are kept together: a restart loses and doubles none.
    """
    place: Mapping[str, Any] | None = settings.MAILBOX
    if place is None or not settings.COPY_ADDRESS:
        return False
    name = f"{place['user']}@{place['host']}:{place['port']}/{place['folder']}"[:300]
    try:
        with mailbox.opened(place) as found, transaction.atomic():
            batch = mailbox.read_after(found, *actions.place_of(mailbox=name))
            take_mail(raw=batch.mails, at=at)
            actions.note_place(
                mailbox=name, uid_validity=batch.uid_validity, last_uid=batch.last_uid, at=at
            )
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("The mailbox could not be read: %s. It is tried again.", type(error).__name__)
        return False
    return not batch.is_last


def take_mail(*, raw: Sequence[bytes], at: datetime) -> int:
    """Keep mails for those they were copied by, and put them on the leads that they are about.

    What is about nobody known waits for its person; who is not the owner of the address that
    they write to is kept out. How many mails were new.
    """
    letters = [read_letter(each) for each in raw]
    owners = queries.owners_of_tokens({t for each in letters for t in _tokens(each)})
    colleagues = {user.email for user in people()}
    new = []
    for letter in letters:
        owner = next((owners[t] for t in _tokens(letter) if t in owners), None)
        if owner is None or letter.sender != owner.email:
            log.warning("A mail was kept out: its sender does not own the address it came to.")
            continue
        new.append(_new_mail(letter, owner, colleagues, at))
    with transaction.atomic():
        kept = actions.keep_mails(mails=new, at=at)
        place_mails(mails=kept, at=at)
    return len(kept)


def place_mails(*, mails: Sequence[KeptMail], at: datetime) -> set[uuid.UUID]:
    """Put mails on the leads that their addresses belong to; the ids of those that found one."""
    asked = sorted({("email", other) for mail in mails for other in mail.others})
    held = queries.leads_of_identities(asked)
    found = [
        (mail, lead)
        for mail in sorted(mails, key=lambda mail: mail.id)
        for lead in sorted({held["email", o] for o in mail.others if ("email", o) in held})
    ]
    if not found:
        return set()
    sides = {user.id: user.side for user in people()}
    with transaction.atomic():
        actions.record_activities(
            rows=[
                (
                    lead,
                    NewActivity(
                        kind=mail.kind,
                        side=sides.get(mail.user_id, Side.SALES)
                        if mail.kind == "mail.sent"
                        else Side.PROSPECT,
                        happened_at=mail.happened_at,
                        channel="email",
                        text=mail.text or None,
                        detail={"name": mail.subject} if mail.subject else None,
                        by_id=mail.user_id if mail.kind == "mail.sent" else None,
                    ),
                )
                for mail, lead in found
            ],
            at=at,
        )
        _log_mails(found, at)
        wrote = sorted({lead for mail, lead in found if mail.kind == "mail.received"})
        if wrote:
            evaluate(leads=wrote, at=at)
            advance(leads=wrote, at=at)
            hand_off(leads=wrote, at=at)
            received = {
                lead: News(mail.id, mail.text, mail.user_id)
                for mail, lead in found
                if mail.kind == "mail.received"
            }
            tell_owners(news=received, at=at)
        settled = {mail.id for mail, _lead in found}
        actions.settle_mails(mails=settled, at=at)
    return settled


def place_mail(*, mail: KeptMail, address: str, by: uuid.UUID, at: datetime) -> bool:
    """Put a waiting mail on the lead with this e-mail address, made where nobody has it.

    False when the lead is still on its way; the mail follows it by itself.
    """
    actions.ask_about(mail=mail.id, address=address)
    mail.others = [address]
    if not queries.leads_of_identities([("email", address)]):
        incoming = Incoming(body={"email": address}, nonce=f"mail:{mail.id}:{address}"[:100])
        receive(submissions=[incoming], door=Door.REP, by=by, at=at)
        take_in_waiting(at=at)
    return bool(place_mails(mails=[mail], at=at))


def _new_mail(letter: Letter, owner: User, colleagues: Collection[str], at: datetime) -> NewMail:
    others = [o for o in letter.recipients if not _is_ours(o) and o not in colleagues]
    inside = letter.forwarded
    happened = (inside.sent_at if inside and not others else None) or letter.sent_at or at
    kind, subject, text = "mail.sent", letter.subject, letter.text
    if not others and inside:
        kind = "mail.received"
        subject, text = inside.subject, inside.text
        others = [inside.sender] if inside.sender not in {"", *colleagues} else []
        if inside.is_automatic:
            kind = "mail.automatic"
    elif letter.is_automatic:
        kind = "mail.automatic"
    return NewMail(
        key=letter.key,
        user_id=owner.id,
        kind=kind,
        others=others,
        subject=subject,
        text=text,
        happened_at=min(happened, at),
    )


def _log_mails(found: Sequence[tuple[KeptMail, uuid.UUID]], at: datetime) -> None:
    """What a rep wrote about an open handoff of theirs, since it was offered, is an attempt."""
    sent = sorted(
        ((mail.happened_at, lead, mail.user_id) for mail, lead in found if mail.kind == "mail.sent")
    )
    rows = Handoff.objects.filter(
        lead_id__in={lead for _moment, lead, _user in sent}, disposed_at__isnull=True
    )
    open_ones = {
        (lead, owner): offered
        for lead, owner, offered in rows.values_list("lead_id", "owner_id", "offered_at")
    }
    for moment, lead, rep in sent:
        offered_at = open_ones.get((lead, rep))
        if offered_at and moment >= offered_at:
            tried = Attempt(
                lead, AttemptChannel.EMAIL, AttemptOutcome.LEFT_MESSAGE, tried_at=moment
            )
            log_attempts(attempts=[tried], by=rep, at=at)


def _tokens(letter: Letter) -> list[str]:
    return [token for each in letter.came_for if (token := _token(each))]


def _token(address: str) -> str:
    name, _, domain = settings.COPY_ADDRESS.partition("@")
    found = re.fullmatch(rf"{re.escape(name)}\+([0-9a-f]+)@{re.escape(domain)}", address)
    return found[1] if found and domain else ""


def _is_ours(address: str) -> bool:
    return address == settings.COPY_ADDRESS or bool(_token(address))
