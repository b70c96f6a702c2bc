"""An import that is killed loses nothing and does nothing twice."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from django.db import connection

from accord.flows.import_file import import_file, plan_import
from accord.leads.models import Activity, Identity, Import, Lead, StageEntry, Submission
from tests.imports.files import write
from tests.imports.test_import_leads import HEADER, MAP, figures

ROWS = 400


def _address() -> str:
    """The database of this test, for another process."""
    base = os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]
    before, mark, options = base.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}{mark}{options}"


def _kill_after(batches: int, *arguments: Path) -> list[int]:
    """Start an import, kill it after so many batches; the processes that it had started."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.imports.slowly", *map(str, arguments)],
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
    children = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    return children


@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_it_ends_with_every_row_once(tmp_path: Path) -> None:
    rows = "".join(f"p{n}@x.co,P{n},2026-05-01,social,\n" for n in range(ROWS))
    path, map_path = write(tmp_path, HEADER + rows), write(tmp_path, MAP, name="map.toml")
    orphans = [pid for batches in (1, 3, 5) for pid in _kill_after(batches, path, map_path)]
    done = Import.objects.get()
    # After its first two rows a run goes on by twenty.
    assert 2 + 42 + 82 <= Submission.objects.count() == done.lines_done - 1 < ROWS
    plan = plan_import(path=path, kind="leads", map_path=map_path)
    outcome = import_file(plan=plan, by=None, at=datetime.now(UTC))
    assert figures(outcome) == (ROWS, ROWS, 0, 0, 0)
    for model in (Lead, Identity, Submission, Activity, StageEntry):
        assert model.objects.count() == ROWS, model
    _assert_gone(orphans)


def _assert_gone(processes: list[int]) -> None:
    for _ in range(50):
        if not any(psutil.pid_exists(pid) for pid in processes):
            return
        time.sleep(0.1)
    raise AssertionError(f"readers without an importer live on: {processes}")
