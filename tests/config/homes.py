"""Homes of their own for tests that start databases and whole Accords."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accord.config import postgres

ACCORD = [sys.executable, "-m", "accord.cli"]


@contextmanager
def a_home() -> Iterator[Path]:
    """A new home with a short path; stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="accord-test-"))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    try:
        yield folder
    finally:
        postgres.stop(folder, how="immediate")
        shutil.rmtree(folder)


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a command that works on this home and knows no other database."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ACCORD_") and name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    return {**kept, "ACCORD_HOME": str(home), "ACCORD_WEB_PROCESSES": "1", **more}


def accord(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a command on this home to its end."""
    return subprocess.run(
        [*ACCORD, *arguments],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
