"""Imports: a file is looked at, tried out, brought in, and what it lacks is said."""

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accord.base.errors import Conflict
from accord.flows import import_file as flow
from accord.flows.import_file import import_file, plan_import
from accord.handoffs.models import Handoff
from accord.jobs import tasks
from accord.leads.models import Import, Lead
from accord.outbox import jobs
from accord.web import uploads

SignedIn = Callable[[str], Client]
FILE = """email,name,company,source,need
dana@acme.example,Dana Ruiz,Acme,webinar,We need forty sensors
karl@other.example,Karl Other,Other,trade show,
not an address,Nobody,Nowhere,,
"""


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def mira(signed_in: SignedIn) -> Client:
    return signed_in("marketer")


def drop(client: Client, text: str = FILE) -> str:
    """Drops a file; the address of the page that looks at it."""
    file = SimpleUploadedFile("people.csv", text.encode())
    response = client.post(reverse("imports"), {"kind": "leads", "file": file})
    return str(response["Location"])


def bring_in(tmp_path: Path, text: str = FILE) -> uuid.UUID:
    path = tmp_path / "people.csv"
    path.write_text(text)
    at = datetime.now(UTC)
    return import_file(plan=plan_import(path=path, kind="leads"), by=None, at=at).import_id


class TestLooking:
    def test_says_what_each_column_is_taken_for(self, mira: Client) -> None:
        page = str(mira.get(drop(mira)).content, "utf-8")

        assert re.search(r'<option value="email" selected>', page)
        assert "Dana Ruiz" in page
        assert "We need forty sensors" in page

    def test_tries_it_out_without_keeping_anything(self, mira: Client) -> None:
        page = str(mira.get(drop(mira) + "trial/").content, "utf-8")

        assert "nothing is written yet" in page
        assert re.findall(r'class="num[^"]*">(\d+)<', page) == ["2", "0", "0", "1"]
        assert not Lead.objects.exists()

    def test_a_file_that_tells_nobody_who_the_leads_are_can_be_mapped(self, mira: Client) -> None:
        address = drop(mira, "wer,woher\ndana@acme.example,webinar\n")
        assert "Choose below which column" in str(mira.get(address).content)

        columns = {
            "column-0": "wer",
            "target-0": "email",
            "column-1": "woher",
            "target-1": "source",
        }
        page = str(mira.post(address, columns, follow=True).content, "utf-8")

        assert "Bring it in" in page
        assert "dana@acme.example" in page

    def test_a_file_that_is_gone_is_a_sentence(self, mira: Client) -> None:
        response = mira.get(reverse("import_plan", args=[uuid.UUID(int=7)]))

        assert response.status_code == 404
        assert "send it once more" in str(response.content)


class TestBringingIn:
    def test_is_asked_of_the_worker_and_leads_to_its_progress(self, mira: Client) -> None:
        response = mira.post(drop(mira) + "start/")

        page = str(mira.get(response["Location"]).content, "utf-8")
        assert "Waiting for the worker" in page
        assert 'hx-trigger="every 1s"' in page

    def test_links_its_figures_to_their_rows(self, mira: Client, tmp_path: Path) -> None:
        id = bring_in(tmp_path)
        page = str(mira.get(reverse("import", args=[id])).content, "utf-8")

        assert f"{reverse('leads')}?import_id={id}" in page
        assert reverse("import_refused", args=[id]) in page
        listed = mira.get(reverse("leads"), {"import_id": str(id)})
        assert "2 leads" in str(listed.content)

    def test_gives_refused_rows_back_to_be_mended(self, mira: Client, tmp_path: Path) -> None:
        response = mira.get(reverse("import_refused", args=[bring_in(tmp_path)]))

        assert response["Content-Type"].startswith("text/csv")
        assert "not an address" in str(response.content)
        assert "Dana" not in str(response.content)


class TestAfterwards:
    def test_says_who_would_be_ready_and_what_the_others_lack(
        self, mira: Client, tmp_path: Path
    ) -> None:
        page = str(mira.get(reverse("import", args=[bring_in(tmp_path)])).content, "utf-8")

        assert "1 of these 2 leads would be ready" in page
        assert "What the others lack" in page
        assert "They said what they need" in page

    def test_hands_over_the_first_ready_ones(self, mira: Client, tmp_path: Path) -> None:
        id = bring_in(tmp_path)

        response = mira.post(reverse("import_handoffs", args=[id]))

        lead = Lead.objects.get(email="dana@acme.example")
        assert response["Location"] == reverse("handoffs")
        assert Handoff.objects.get().lead_id == lead.id
        assert Import.objects.get().is_live is False


class TestPlaceholders:
    TEXT = "email,industry\na@acme.example,N/A\nb@acme.example,Select\nc@acme.example,Tools\n"

    def test_are_asked_once_a_column_and_taken_for_not_known(self, mira: Client) -> None:
        page = str(mira.get(drop(mira, self.TEXT)).content, "utf-8")

        assert re.findall(r'name="unknown-1" value="([^"]*)" checked', page) == ["N/A", "Select"]

    def test_mean_what_they_say_where_somebody_says_so(self, mira: Client, tmp_path: Path) -> None:
        address = drop(mira, self.TEXT)
        said = {
            "column-0": "email",
            "target-0": "email",
            "column-1": "industry",
            "target-1": "industry",
            "word-1": ["N/A", "Select"],
            "unknown-1": ["Select"],
        }
        mira.post(address, said)
        upload = uploads.find(uuid.UUID(address.rstrip("/").rpartition("/")[2]))
        plan = plan_import(path=upload.path, kind="leads", map_path=upload.map_path)
        import_file(plan=plan, by=None, at=datetime.now(UTC))

        stored = dict(Lead.objects.values_list("email", "industry"))
        assert stored == {
            "a@acme.example": "N/A",
            "b@acme.example": None,
            "c@acme.example": "Tools",
        }


class TestTheMapOfLastTime:
    def test_is_used_for_the_next_file_with_the_same_columns(
        self, mira: Client, tmp_path: Path
    ) -> None:
        (tmp_path / "map.toml").write_text('[columns]\nwer = "email"\nwoher = "source"\n')
        (tmp_path / "first.csv").write_text("wer,woher\ndana@acme.example,fair\n")
        plan = plan_import(
            path=tmp_path / "first.csv", kind="leads", map_path=tmp_path / "map.toml"
        )
        import_file(plan=plan, by=None, at=datetime.now(UTC))

        page = str(mira.get(drop(mira, "wer,woher\neva@acme.example,fair\n")).content, "utf-8")

        assert "Read like first.csv" in page
        assert "eva@acme.example" in page


class TestAnImportThatEnded:
    def test_every_row_s_fate_can_be_downloaded(self, mira: Client, tmp_path: Path) -> None:
        id = bring_in(tmp_path, FILE + "x1@acme.example,=HYPERLINK(1),,,\n")

        answer = mira.get(reverse("import_ledger", args=[id]))
        text = b"".join(answer).decode()  # type: ignore[arg-type]

        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["accord_fate"] for row in rows] == ["created", "created", "refused", "created"]
        assert "is not an e-mail address" in rows[2]["accord_reason"]
        assert rows[3]["name"] == "'=HYPERLINK(1)"

    def test_can_be_undone(self, mira: Client, tmp_path: Path) -> None:
        id = bring_in(tmp_path)
        assert "Undo this import" in str(mira.get(reverse("import", args=[id])).content)

        page = mira.post(reverse("import_undoing", args=[id]), follow=True)

        assert "Undone: 2 leads are gone" in str(page.content)
        assert not Lead.objects.exists()

    def test_was_cancelled_and_goes_on_later(
        self, mira: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(flow, "BATCH", 1)
        path = tmp_path / "people.csv"
        path.write_text("email\n" + "".join(f"p{n}@acme.example\n" for n in range(6)))
        plan, at = plan_import(path=path, kind="leads"), datetime.now(UTC)

        def cancel(progress: flow.Progress) -> None:
            if progress.rows == 2:
                mira.post(reverse("import_cancellation", args=[plan.import_id]))

        with pytest.raises(Conflict, match="cancelled"):
            import_file(plan=plan, by=None, at=at, tell=cancel)

        assert Lead.objects.count() == 2
        assert "It was cancelled" in str(mira.get(reverse("import", args=[plan.import_id])).content)
        import_file(plan=plan, by=None, at=at)
        assert Lead.objects.count() == 6

    def test_goes_on_at_a_tap_where_it_stopped(
        self, mira: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(flow, "BATCH", 1)
        page = drop(mira, "email\n" + "".join(f"p{n}@acme.example\n" for n in range(6)))
        upload = uuid.UUID(page.strip("/").rsplit("/", 1)[-1])
        path = uploads.find(upload).path
        plan, at = plan_import(path=path, kind="leads"), datetime.now(UTC)

        def fail(progress: flow.Progress) -> None:
            if progress.rows == 2:
                raise OSError("No space left on device")

        with pytest.raises(OSError, match="space"):
            import_file(plan=plan, by=None, at=at, upload=upload, tell=fail)

        shown = mira.get(reverse("import", args=[plan.import_id])).content.decode()
        assert "No space left on device" in shown
        again = reverse("import_start", args=[upload])
        assert f'action="{again}"' in shown
        asked: dict[str, Any] = {}
        monkeypatch.setattr(jobs, "defer", lambda name, **given: asked.update(given))
        mira.post(again)
        tasks.run_import(**asked)
        assert Lead.objects.count() == 6
