"""The files that pages load, collected under ACCORD_HOME: compressed, named by their content."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders


def refresh() -> bool:
    """Collects them anew if a source has changed; whether it has."""
    root = Path(settings.STATIC_ROOT)
    mark = _mark()
    if (root / "mark").is_file() and (root / "mark").read_text() == mark:
        return False
    shutil.rmtree(root, ignore_errors=True)
    # In a process of its own: which storage collects is settled when settings are read.
    subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"],
        env={
            **os.environ,
            "ACCORD_COLLECTING": "1",
            "DJANGO_SETTINGS_MODULE": "accord.config.settings",
        },
        check=True,
    )
    (root / "mark").write_text(mark)
    return True


def _mark() -> str:
    """What the sources look like now: their names, sizes and times of change."""
    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            state = os.stat(storage.path(name))
            seen.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return seen.hexdigest()
