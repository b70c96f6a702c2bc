"""An import that is killed loses nothing and does nothing twice."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from django.db import connection

from accord.bench.generated import MAP as BENCH_MAP
from accord.bench.generated import write_leads
from accord.flows import import_file as flow
from accord.flows.import_file import import_file, plan_import
from accord.flows.undo_import import undo_import
from accord.leads.models import Activity, Identity, Import, Lead, StageEntry, Submission
from tests.handoffs.office import open_office
from tests.imports.files import write
from tests.imports.test_import_leads import HEADER, MAP, everything, figures

ROWS = 400
LARGE = 200_000
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def _address() -> str:
    """The database of this test, for another process."""
    base = os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]
    before, mark, options = base.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}{mark}{options}"


def _kill_after(batches: int, *arguments: str, after: float = 0) -> list[int]:
    """Start an import, kill it so many seconds after so many batches; what it had started."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.imports.slowly", *arguments],
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "DATABASE_URL": _address(),
            "DJANGO_SETTINGS_MODULE": "accord.config.settings",
        },
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout
    for _ in range(batches):
        assert process.stdout.readline(), "the import ended before it was killed"
    time.sleep(after)
    children = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    return children


def _everything() -> dict[str, str]:
    """A digest of the rows of every table but the import's own, which tells of its runs."""
    found = everything()
    return {
        table: hashlib.sha256("\n".join(rows).encode()).hexdigest()
        for table, rows in found.items()
        if table != "leads_import"
    }


def _undisturbed(path: Path, map_path: Path) -> dict[str, str]:
    """What the same import leaves on an empty record when nobody kills it."""
    plan = plan_import(path=path, kind="leads", map_path=map_path)
    undo_import(import_id=plan.import_id, at=AT)
    assert not Lead.objects.exists()
    assert not Submission.objects.exists()
    Import.objects.all().delete()
    import_file(plan=plan, by=None, at=AT)
    return _everything()


@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_it_ends_with_every_row_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "BATCH", 20)
    rows = "".join(f"p{n}@x.co,P{n},2026-05-01,social,\n" for n in range(ROWS))
    path, map_path = write(tmp_path, HEADER + rows), write(tmp_path, MAP, name="map.toml")
    given = (str(path), str(map_path), AT.isoformat())
    orphans = [pid for batches in (1, 3, 5) for pid in _kill_after(batches, *given)]
    done = Import.objects.get()
    # After its first two rows it goes on by twenty, whoever goes on.
    assert 2 + 2 * 20 + 4 * 20 <= Submission.objects.count() == done.lines_done - 1 < ROWS
    plan = plan_import(path=path, kind="leads", map_path=map_path)
    outcome = import_file(plan=plan, by=None, at=AT)
    assert figures(outcome) == (ROWS, ROWS, 0, 0, 0)
    for model in (Lead, Identity, Submission, Activity, StageEntry):
        assert model.objects.count() == ROWS, model
    _assert_gone(orphans)
    assert _everything() == _undisturbed(path, map_path)


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_a_large_file_killed_at_ten_points_ends_like_one_that_was_not(tmp_path: Path) -> None:
    """Killed in the midst of batches, at moments that the dice choose."""
    open_office()
    path, map_path, dice = tmp_path / "leads.csv", tmp_path / "map.toml", random.Random(11)
    write_leads(path, leads=LARGE, until=AT.date())
    map_path.write_text(BENCH_MAP, encoding="utf-8")
    given = (str(path), str(map_path), AT.isoformat(), "10000")
    before = Submission.objects.count()
    for _ in range(10):
        _kill_after(dice.choice((1, 1, 2)), *given, after=dice.random() * 2)
        assert before <= Submission.objects.count() < LARGE
    plan = plan_import(path=path, kind="leads", map_path=map_path)
    assert figures(import_file(plan=plan, by=None, at=AT)) == (LARGE, LARGE, 0, 0, 0)
    killed = _everything()
    assert killed == _undisturbed(path, map_path)


def _assert_gone(processes: list[int]) -> None:
    for _ in range(50):
        if not any(psutil.pid_exists(pid) for pid in processes):
            return
        time.sleep(0.1)
    raise AssertionError(f"readers without an importer live on: {processes}")
