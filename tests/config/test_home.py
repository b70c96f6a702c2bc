"""The home folder is the user's own, and its key is made once."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accord.config import home


def test_is_where_it_is_said_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ACCORD_HOME", str(tmp_path / "here"))

    assert home.home() == tmp_path / "here"


def test_keeps_one_secret_key_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(home.secret_key, [folder] * 8))

    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600
    assert [each.name for each in folder.iterdir()] == ["secret-key"]


def test_leaves_the_permissions_of_a_folder_that_exists(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)

    home.prepare(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750
