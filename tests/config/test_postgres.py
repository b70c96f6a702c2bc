"""The embedded database starts, is found again, and survives being killed."""

import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from accord.config import places, postgres
from tests.config.homes import a_home

is_root = os.geteuid() == 0


@pytest.fixture
def home() -> Iterator[Path]:
    with a_home() as folder:
        yield folder


def pid_of(home: Path) -> int:
    return int((places.locate(home).data / "postmaster.pid").read_text().split()[0])


def ask(home: Path, question: str) -> object:
    with psycopg.connect(postgres.dsn(home)) as connection:
        row = connection.execute(question).fetchone()
        assert row
        return row[0]


def kill(pid: int) -> None:
    """Kills a server and its processes, as a power cut would, and waits until they are gone."""
    server = psutil.Process(pid)
    family = [server, *server.children(recursive=True)]
    for each in family:
        with suppress(psutil.NoSuchProcess):  # one that served a connection may end by itself
            each.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=10)


def as_user(user: pwd.struct_passwd, code: str, argument: Path) -> subprocess.CompletedProcess[str]:
    """Runs code as another user, by a Python that this user may run."""
    for python in (sys.executable, "/usr/bin/python3"):
        with suppress(PermissionError, FileNotFoundError):
            ran = subprocess.run(
                [python, "-c", code, argument],
                user=user.pw_uid,
                group=user.pw_gid,
                extra_groups=[],
                env={
                    "PATH": os.defpath,
                    "HOME": str(argument),
                    "PYTHONPATH": os.pathsep.join(sys.path),
                },
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
            )
            if "No module named" not in ran.stderr:
                return ran
    pytest.skip("this Python lies in a folder of root's own")


def test_starts_durable_and_answers_under_the_address_known_before(home: Path) -> None:
    address = postgres.dsn(home)

    assert postgres.start(home) == address
    assert ask(home, "SELECT current_setting('server_version_num')::int / 10000") == 18
    assert (
        ask(home, "SELECT current_setting('fsync') || current_setting('synchronous_commit')")
        == "onon"
    )
    assert ask(home, "SELECT current_setting('jit')") == "off"
    assert ask(home, "SELECT current_setting('listen_addresses')") == ""
    assert ask(home, "SELECT lower('ÄÖÉ')") == "äöé"


def test_is_reused_while_it_runs_and_stops_once(home: Path) -> None:
    postgres.start(home)
    first = pid_of(home)

    postgres.start(home)

    assert pid_of(home) == first
    assert postgres.is_running(home)
    assert postgres.stop(home)
    assert not postgres.is_running(home)
    assert not postgres.stop(home)


def test_keeps_what_was_committed_when_all_of_it_is_killed(home: Path) -> None:
    with psycopg.connect(postgres.start(home), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill(pid_of(home))
    assert not postgres.is_running(home)

    postgres.start(home)

    assert ask(home, "SELECT answer FROM kept") == 42


def test_starts_again_although_processes_of_the_killed_one_linger(home: Path) -> None:
    with psycopg.connect(postgres.start(home), autocommit=True) as connection:
        connection.execute("SELECT 1")
        os.kill(pid_of(home), signal.SIGKILL)

        postgres.start(home)

    assert ask(home, "SELECT 1") == 1


def test_does_not_take_a_recycled_process_id_for_the_server(home: Path) -> None:
    postgres.start(home)
    postgres.stop(home)
    place = places.locate(home)
    place.write(place.data / "postmaster.pid", f"{os.getpid()}\n{place.data}\n1\n5432\n")

    assert not postgres.is_running(home)
    postgres.start(home)

    assert pid_of(home) != os.getpid()


def test_finishes_what_a_killed_first_start_began(home: Path) -> None:
    place = places.locate(home)
    places.make_account()
    place.prepare()
    (place.folder / "data.new").mkdir()
    (place.folder / "data.new" / "PG_VERSION").write_text("18")

    postgres.start(home)

    assert ask(home, "SELECT 1") == 1


def test_of_several_starts_at_once_one_starts_it(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from accord.config import postgres; "
        "postgres.start(Path(sys.argv[1]))"
    )
    starts = [subprocess.Popen([sys.executable, "-c", code, home]) for _ in range(3)]

    assert [each.wait(60) for each in starts] == [0, 0, 0]
    assert ask(home, "SELECT count(*)::int FROM pg_database WHERE datname = 'accord'") == 1


def test_two_homes_run_side_by_side(home: Path) -> None:
    with a_home() as other:
        postgres.start(home)
        postgres.start(other)

        assert pid_of(home) != pid_of(other)
        postgres.stop(other)
        assert ask(home, "SELECT 1") == 1


@pytest.mark.skipif(not is_root, reason="only root can be two users")
def test_two_users_run_side_by_side(home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    theirs = home / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, nobody.pw_uid, nobody.pw_gid)
    postgres.start(home)
    code = (
        "import sys; from pathlib import Path; from accord.config import postgres; "
        "home = Path(sys.argv[1]); print(postgres.start(home)); postgres.stop(home)"
    )
    said = as_user(nobody, code, theirs)

    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == postgres.dsn(theirs)
    assert ask(home, "SELECT 1") == 1


def test_nobody_else_may_enter_the_folders(home: Path) -> None:
    postgres.start(home)
    place = places.locate(home)

    assert stat.S_IMODE(place.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700


def test_a_home_with_a_long_path_gets_a_short_socket(home: Path) -> None:
    long = home / ("long-" * 20) / ("name-" * 20)
    if is_root:
        long.parent.mkdir(0o711)
    try:
        address = postgres.start(long)

        assert len(address) < 150
        assert address == postgres.dsn(long)
        assert ask(long, "SELECT 1") == 1
    finally:
        postgres.stop(long)
        places.locate(long).socket.rmdir()


@pytest.mark.skipif(not is_root, reason="only root's database runs as another user")
def test_a_home_closed_to_others_is_not_widened(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)

    address = postgres.start(closed)
    try:
        assert ask(closed, "SELECT 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert address == postgres.dsn(closed)
    finally:
        postgres.stop(closed)
        folder = places.locate(closed).folder
        assert folder not in closed.parents
        subprocess.run(["rm", "-r", str(folder)], check=True)


def test_refuses_a_socket_folder_that_belongs_to_somebody_else(home: Path) -> None:
    place = places.locate(home)
    place.folder.mkdir(parents=True)
    place.socket.mkdir(mode=0o755)
    place.socket.chmod(0o755)

    with pytest.raises(postgres.DatabaseUnavailable, match="readable by nobody else"):
        postgres.start(home)


def test_starts_within_seconds(home: Path) -> None:
    postgres.start(home)
    postgres.stop(home)
    begun = time.monotonic()

    postgres.start(home)

    assert time.monotonic() - begun < 10
