"""The home folder: where one Accord on this machine keeps what is its own."""

import os
import secrets
from pathlib import Path

import platformdirs

SYSTEM_HOME = Path("/var/lib/accord")


def home() -> Path:
    """ACCORD_HOME; without it the user's data folder, for root the system's."""
    named = os.environ.get("ACCORD_HOME")
    if named:
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return SYSTEM_HOME
    return Path(platformdirs.user_data_dir("accord", appauthor=False))


def prepare(folder: Path) -> Path:
    """Makes the home folder where it is missing; one that exists keeps its permissions.

    Root's may be passed through (not listed) by others, because its database runs as another user.
    """
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def secret_key(folder: Path) -> str:
    """The key that signs sessions and links: made once, readable by its owner only."""
    path = prepare(folder) / "secret-key"
    if not path.exists():
        draft = path.with_name(f"secret-key.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # of two that start at once, the first one's key stands
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
