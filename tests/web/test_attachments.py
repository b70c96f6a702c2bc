"""Files that are kept with a note, on the lead's page and at their own address."""

import io
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accord.leads.actions.attachments import MOST_BYTES, MOST_FILES
from accord.leads.models import Activity, Attachment, Lead
from accord.web.nonces import new_nonce
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


@pytest.fixture
def dana(sends: Sends) -> Lead:
    return sends()


@pytest.fixture
def mira(signed_in: SignedIn) -> Client:
    return signed_in("marketer")


def named(name: str, content: bytes = b"<script>alert(1)</script>") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def keep(client: Client, lead: Lead, *files: io.BytesIO, text: str = "The offer") -> HttpResponse:
    given = {"kind": "note.added", "text": text, "nonce": new_nonce("activity")}
    return client.post(reverse("lead_activities", args=[lead.id]), {**given, "files": list(files)})


def kept(lead: Lead) -> int:
    return Activity.objects.filter(lead_id=lead.id, kind="note.added").count()


def test_a_file_stands_with_its_note_and_is_never_shown_as_a_page(mira: Client, dana: Lead) -> None:
    keep(mira, dana, named("offer.html"), named("plan.pdf", b"%PDF"))
    page = mira.get(reverse("lead", args=[dana.id])).content.decode()
    offer = Attachment.objects.get(name="offer.html")
    address = reverse("attachment", args=[offer.id])
    assert address in page
    assert "plan.pdf" in page

    answer = mira.get(address)

    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="offer.html"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_alone_says_enough(mira: Client, dana: Lead) -> None:
    assert keep(mira, dana, named("offer.pdf"), text=" ").status_code == 302
    assert kept(dana) == 1


@pytest.mark.parametrize(
    "files",
    [
        [named("empty.txt", b"")],
        [named("large.bin", b"x" * (MOST_BYTES + 1))],
        [named(f"{n}.txt") for n in range(MOST_FILES + 1)],
    ],
    ids=["empty", "large", "many"],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_half_kept(
    mira: Client, dana: Lead, files: list[io.BytesIO]
) -> None:
    for file in files:
        file.seek(0)
    answer = keep(mira, dana, *files)
    assert answer.status_code in (400, 422)
    assert (kept(dana), Attachment.objects.count()) == (0, 0)


def test_a_name_that_would_lead_elsewhere_is_made_plain(mira: Client, dana: Lead) -> None:
    keep(mira, dana, named("..\\..\\étc " + "a" * 300 + ".pdf"))
    name = Attachment.objects.get().name
    assert name.endswith(".pdf")
    assert len(name) <= 200
    assert not set(name) & set("\\/\r\n")


def test_files_move_with_the_lead_and_are_for_people_here_only(
    mira: Client, client: Client, dana: Lead, sends: Sends
) -> None:
    keep(mira, dana, named("offer.pdf"))
    other = sends(email="d.ruiz@acme-tools.example", phone="")
    mira.post(reverse("lead_merging", args=[other.id]), {"loser": f"{dana.id}"})
    file = Attachment.objects.get()
    assert file.lead_id == other.id
    address = reverse("attachment", args=[file.id])
    assert address in mira.get(reverse("lead", args=[other.id])).content.decode()
    assert client.get(address).status_code == 302
    assert mira.get(reverse("attachment", args=[other.id])).status_code == 404
