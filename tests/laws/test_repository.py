"""The repository: nothing of one machine in it, everything it installs is pinned by its hash."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.laws.source import ROOT, obey

REGISTRIES = re.compile(
    r"\b((py)(pi)\.org|python(hosted)\.org|npm(js)\.(org|com)|yarn(pkg)\.com|artifactory|devpi|nexus)\b",
    re.I,
)
MACHINES = re.compile(r"(?<![\w.])/(work|root|home/[a-z]\w*|Users/\w+|private/tmp)/")
SAYS_SO = "tests/laws/test_repository.py"
PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[^\]]+\])?==\S+")
MOST_BYTES = 2 * 1024 * 1024


def kept() -> list[Path]:
    """The files that are in the repository."""
    asked = ["git", "-C", str(ROOT), "ls-files", "-z"]
    done = subprocess.run(asked, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("This is no clone; the laws of the repository are checked where it is one.")
    paths = (ROOT / name for name in done.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def texts(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for path in paths:
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def foreign(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Registries and machines that a file names."""
    for name, text in found:
        if name == SAYS_SO:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if REGISTRIES.search(line) or MACHINES.search(line):
                yield f"{name}:{number}"


def test_no_registry_and_no_machine_is_named() -> None:
    reason = "Which registry a machine uses, and where it keeps things, is its own affair."
    obey(reason, foreign(texts(kept())))


def test_a_registry_or_a_machine_is_found() -> None:
    lines = (
        "https://files.python" + "hosted.org/x.whl",
        "see /wo" + "rk/main/x",
        "/home/ada/accord",
    )
    for line in lines:
        assert list(foreign([("README.md", line)])), line
    assert not list(foreign([("README.md", "network/homepage, /var/lib/accord, tests/wo" + "rk/")]))


def test_nothing_large_is_kept() -> None:
    large = (p.relative_to(ROOT).as_posix() for p in kept() if p.stat().st_size > MOST_BYTES)
    obey("What is that large does not belong into a repository of source.", large)


def unpinned(text: str) -> Iterator[str]:
    """Requirements without a version or without a hash."""
    for block in re.split(r"\n(?=[A-Za-z])", text):
        name = block.split("\n")[0].strip(" \\")
        if name and not name.startswith("#") and not (PINNED.match(name) and "--hash=" in block):
            yield name


def test_what_is_installed_is_pinned_by_its_hash() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "django==" in text
    obey("A requirement needs its version and its hash; run: make lock", unpinned(text))
    assert list(unpinned("django==5.2\nclick>=8 --hash=sha256:1")) == [
        *("django==5.2", "click>=8 --hash=sha256:1"),
    ]


def test_front_end_packages_are_pinned_by_their_hash() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    loose = (name for name, each in packages.items() if not each.get("integrity"))
    assert packages
    obey("A front-end package needs its hash; run: make lock", loose)
    named = (name for name, each in packages.items() if "resolved" in each)
    obey("The lock file names no place to fetch from.", named)


def test_the_readme_names_what_one_can_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r'@echo "make ([\w-]+)', makefile)
    assert {"up", "test", "check", "bench"} <= set(targets)
    untold = (name for name in ("up", "test", "check", "bench") if f"make {name}" not in readme)
    obey("The README says what one can make.", untold)


def test_the_licence_is_there() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "Version 2.0" in licence
