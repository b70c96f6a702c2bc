"""A mailbox on a real mail server is read, each mail once, whatever happens in between."""

import imaplib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import chown
from socket import create_connection, socket
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from accord.flows.take_mail import read_mailbox
from accord.leads.actions import renew_address
from accord.leads.models import KeptMail
from accord.outbox.mailbox import opened, read_after
from tests.web.fill import people

DOVECOT = Path("/usr/sbin/dovecot")
pytestmark = [
    pytest.mark.skipif(
        not DOVECOT.exists() or os.getuid() != 0,
        reason="Needs Debian's dovecot-imapd, and root to start it.",
    )
]
CONFIG = """
base_dir = {here}/run
state_dir = {here}/run
log_path = {here}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{here}/home/mail
first_valid_uid = 1
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={here}/home
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@pytest.fixture
def place() -> Iterator[dict[str, Any]]:
    """A mail server of the test's own with one empty mailbox."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)  # its processes run as users of their own
        yield from _served(Path(name))


def _served(here: Path) -> Iterator[dict[str, Any]]:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = here / "dovecot.conf"
    (here / "home").mkdir()
    chown(here / "home", "mail", "mail")
    config.write_text(CONFIG.format(here=here, port=port))
    server = subprocess.Popen([DOVECOT, "-F", "-c", config], stderr=subprocess.DEVNULL)
    place = {
        "host": "127.0.0.1",
        "port": port,
        "user": "log",
        "password": "secret",
        "security": "imap",
        "folder": "INBOX",
    }
    try:
        for _ in range(100):
            with suppress(OSError), create_connection(("127.0.0.1", port), timeout=2) as line:
                if line.recv(20).startswith(b"* OK"):
                    break
            time.sleep(0.1)
        else:
            log = here / "log"
            pytest.fail(f"Dovecot did not start: {log.read_text() if log.exists() else ''}")
        yield place
    finally:
        server.terminate()
        server.wait(10)


def put(place: dict[str, Any], *mails: bytes) -> None:
    with imaplib.IMAP4(place["host"], place["port"]) as server:
        server.login(place["user"], place["password"])
        for mail in mails:
            server.append("INBOX", "", None, mail)


def test_reads_each_mail_once_and_marks_none_as_seen(place: dict[str, Any]) -> None:
    put(place, b"Subject: one\r\n\r\n1", b"Subject: two\r\n\r\n2")
    with opened(place) as mailbox:
        first = read_after(mailbox, 0, 0)
        again = read_after(mailbox, first.uid_validity, first.last_uid)
    put(place, b"Subject: three\r\n\r\n3")
    with opened(place) as mailbox:
        third = read_after(mailbox, first.uid_validity, first.last_uid)
        _, unseen = mailbox.server.uid("search", "UNSEEN")
        anew = read_after(mailbox, first.uid_validity + 1, 99)

    assert [mail[9:12] for mail in first.mails] == [b"one", b"two"]
    assert again.mails == []
    assert again.last_uid == first.last_uid
    assert [mail[9:14] for mail in third.mails] == [b"three"]
    assert len(unseen[0].split()) == 3
    assert len(anew.mails) == 3


def test_reads_many_mails_in_batches(place: dict[str, Any]) -> None:
    put(place, *(f"Subject: {n}\r\n\r\n".encode() for n in range(60)))
    with opened(place) as mailbox:
        first = read_after(mailbox, 0, 0)
        rest = read_after(mailbox, first.uid_validity, first.last_uid)

    assert (len(first.mails), first.is_last) == (50, False)
    assert (len(rest.mails), rest.is_last) == (10, True)
    assert len({*first.mails, *rest.mails}) == 60


@pytest.mark.django_db
def test_a_copied_mail_goes_from_the_mailbox_to_the_lead(
    place: dict[str, Any], settings: Any
) -> None:
    settings.MAILBOX, settings.COPY_ADDRESS = place, "log@example.org"
    at = datetime.now(UTC)
    rep = people(at - timedelta(days=2))["rep"]
    address = f"log+{renew_address(user=rep.id, at=at)}@example.org"
    text = f"From: {rep.email}\r\nTo: kim@acme.example\r\nBcc: {address}\r\nSubject: Hi\r\n\r\nHi"
    put(place, text.encode())

    read_mailbox(at=at)
    read_mailbox(at=at)

    assert list(KeptMail.objects.values_list("others", flat=True)) == [["kim@acme.example"]]
    assert KeptMail.objects.get().user_id == rep.id
