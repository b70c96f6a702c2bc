"""Mails as programs write them, and what is read of them."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.leads.rules.letters import read_letter
from accord.leads.rules.plain import plain_of_html, without_history

GMAIL = """See below.

---------- Forwarded message ---------
From: Dana Ruiz <dana@acme-tools.example>
Date: Mon, 2 Mar 2026 at 10:15
Subject: Forty sensors
To: Sam Okafor <sam@example.org>

Could you send a price?
"""
APPLE = """Begin forwarded message:

> From: Dana Ruiz <dana@acme-tools.example>
> Subject: Forty sensors
> Date: 2 March 2026 at 10:15:00 CET
> To: Sam Okafor <sam@example.org>
>
> Could you send a price?
"""
OUTLOOK = """________________________________
From: Dana Ruiz <dana@acme-tools.example>
Sent: Monday, March 2, 2026 10:15 AM
To: Sam Okafor <sam@example.org>
Subject: Forty sensors

Could you send a price?
"""
OUTLOOK_IN_GERMAN = """Von: Dana Ruiz <dana@acme-tools.example>
Gesendet: Montag, 2. März 2026 10:15
An: Sam Okafor <sam@example.org>
Betreff: Forty sensors

Could you send a price?
"""


def mail(text: str, *, html: bool = False, **headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text, subtype="html" if html else "plain")
    return made


@pytest.mark.parametrize("text", [GMAIL, APPLE, OUTLOOK, OUTLOOK_IN_GERMAN])
def test_finds_who_wrote_what_was_forwarded(text: str) -> None:
    inside = read_letter(mail(text, Subject="Fwd: Forty sensors").as_bytes()).forwarded

    assert inside is not None
    assert inside.sender == "dana@acme-tools.example"
    assert inside.subject == "Forty sensors"
    assert inside.text == "Could you send a price?"


def test_reads_a_mail_that_was_attached() -> None:
    outer = mail("For the record", From="sam@example.org", Subject="As attached")
    outer.add_attachment(
        mail("I am away.", From="dana@acme-tools.example", Auto_Submitted="auto-replied")
    )
    inside = read_letter(outer.as_bytes()).forwarded

    assert inside is not None
    assert (inside.sender, inside.text) == ("dana@acme-tools.example", "I am away.")
    assert inside.is_automatic


def test_finds_a_blind_copy_in_what_servers_write() -> None:
    raw = mail("Hello", From="sam@example.org", To="dana@acme-tools.example").as_bytes()
    raw = b"Received: by mx (x) for <log+0a@example.org>; Mon, 2 Mar 2026 10:15:00 +0000\n" + raw

    assert read_letter(raw).came_for == ("dana@acme-tools.example", "log+0a@example.org")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied; x=1"},
        {"Return_Path": "<>"},
        {"Subject": "Automatic reply: Forty sensors"},
        {"X_Autoreply": "yes"},
    ],
)
def test_knows_a_machine_when_it_answers(headers: dict[str, str]) -> None:
    assert read_letter(mail("Away", **headers).as_bytes()).is_automatic
    assert not read_letter(mail("Here", Auto_Submitted="no").as_bytes()).is_automatic


def test_keeps_the_words_of_html_and_nothing_else() -> None:
    page = "<head><style>p{}</style></head><p>Hi &amp; bye<script>steal()</script></p><p>Sam</p>"
    read = read_letter(mail(page, html=True).as_bytes())

    assert read.text == "Hi & bye\n\nSam"
    assert plain_of_html("a<br>b") == "a\nb"


def test_cuts_what_was_said_before() -> None:
    assert without_history("Yes.\n\nOn Mon, 2 Mar 2026, Dana wrote:\n> Really?") == "Yes."
    assert without_history("> only this") == "> only this"


def test_reads_other_encodings() -> None:
    raw = "Subject: =?iso-8859-1?q?Gr=FC=DFe?=\nContent-Type: text/plain; charset=latin-1\n\nGrüße"
    read = read_letter(raw.encode("latin-1"))

    assert (read.subject, read.text) == ("Grüße", "Grüße")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: \n\n",
        b"Date: never\nContent-Type: text/plain; charset=moon\n\nHi",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: message/rfc822\n\n",
        b"To: <<>>@@,,\nSubject: =?utf-8?b?!!!?=\n\n\x00",
    ],
)
def test_has_an_answer_to_a_broken_mail(raw: bytes) -> None:
    assert "\x00" not in read_letter(raw).text


@given(st.binary(max_size=300))
def test_has_an_answer_to_any_bytes(raw: bytes) -> None:
    head = b"Subject: Fwd: x\nFrom: " + raw[:40] + b"\nContent-Type: text/html\n\n"
    for each in (raw, head + raw):
        read = read_letter(each)
        assert "\x00" not in read.text + read.subject
        assert len(read.key) == 64


def test_gives_copies_of_a_mail_one_key() -> None:
    one = mail("Hello", Message_ID="<1@example.org>")
    other = mail("Hello", Message_ID="<1@example.org>", Received="by somebody else")

    assert read_letter(one.as_bytes()).key == read_letter(other.as_bytes()).key
    assert read_letter(one.as_bytes()).key != read_letter(mail("Hello").as_bytes()).key
