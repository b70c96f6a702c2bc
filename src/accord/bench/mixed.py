"""Everything at once: leads that come in by form and by API, clocks that come due, reps at work."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.test import Client

from accord.agreement.queries import running
from accord.bench.actions.filling import fill
from accord.bench.actions.open_clocks import CLOCKS_A_HANDOFF, open_clocks
from accord.bench.actions.place import (
    ALL_HOURS,
    database_process,
    open_shop,
    own_database,
    vacuum,
)
from accord.bench.actions.watching import Seen, Watcher
from accord.bench.figures import Figure, middle, most_memory, percentile
from accord.bench.product import Product, cpu_of, product
from accord.flows.begin import add_person
from accord.teams.actions import Newcomer, add_token
from accord.teams.models import Role, User

CLOCKS = 100_000
SECONDS = 60
REPS = 50
LEADS_A_SECOND = 50.0
BY_FORM = 0.5  # of the leads; the others come by the API
LOOKS_A_SECOND = 2.0
DUE_A_SECOND = 5.0
KEYS = 8  # a key may call ten times a second
PAGES = ("/handoffs/", "/", "/handoffs/")
WARM_UP = {"turn": 1, "seconds": 5, "forms": 4, "calls": 8}  # each process has answered before
SETTLES_WITHIN = 60.0


@dataclass
class Run:
    """What came of a run: what was sent, what was seen, and each part's share of the machine."""

    clocks: int
    sent: dict[str, tuple[float, float]]
    looked: list[tuple[str, float]]
    errors: list[str]
    seen: Seen
    shares: dict[str, float]

    def waits(self) -> list[float]:
        """Seconds from the moment a lead is posted until its rep can see the handoff."""
        handoffs = self.seen.handoffs
        return [handoffs[email] - at for email, (at, _) in self.sent.items() if email in handoffs]

    @property
    def lost(self) -> int:
        """Leads that were taken and that nobody was handed, or somebody twice."""
        return len(self.sent.keys() - self.seen.handoffs.keys()) + self.seen.twice


def mixed(
    *, leads: int | None, now: Callable[[], datetime], seconds: int | None = None
) -> Iterator[Figure]:
    """The product under load for so many seconds, with so many open clocks (`leads`)."""
    clocks, seconds = leads or CLOCKS, seconds or SECONDS
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # its server asks for it
    with own_database() as database, tempfile.TemporaryDirectory() as folder:
        asked = _set_up(clocks, seconds, now)
        with product(database, Path(folder) / "log") as running:
            run = _load(running, Watcher(database, now), clocks, asked)
    yield from _figures(run, seconds)


def _set_up(clocks: int, seconds: int, now: Callable[[], datetime]) -> dict[str, Any]:
    """A company that works at all hours, with so many open clocks; what the crowd needs."""
    at = now()
    head = open_shop(at=at - timedelta(days=600), week=ALL_HOURS)
    reps = [
        add_person(newcomer=Newcomer(f"rep-{n}@example.com", f"Rep {n}", [Role.REP]), at=at)
        for n in range(REPS)
    ]
    fill(leads=clocks // CLOCKS_A_HANDOFF + clocks // 20, at=at)
    open_clocks(
        handoffs=clocks // CLOCKS_A_HANDOFF,
        reps=[rep.id for rep in reps],
        version=running().number,
        soon=int(min(DUE_A_SECOND * (seconds + 120), clocks // CLOCKS_A_HANDOFF)),
        a_second=DUE_A_SECOND,
        due_from=now() + timedelta(seconds=20),
        at=at,
    )
    vacuum()
    return {
        "seconds": seconds,
        "forms": LEADS_A_SECOND * BY_FORM,
        "calls": LEADS_A_SECOND * (1 - BY_FORM),
        "looks": LOOKS_A_SECOND,
        "keys": [add_token(user_id=head.id, name=f"Key {n}", at=at) for n in range(KEYS)],
        "sessions": [_session(rep) for rep in reps],
        "pages": PAGES,
    }


def _session(user: User) -> str:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client.cookies["sessionid"].value


def _load(running: Product, watcher: Watcher, clocks: int, asked: dict[str, Any]) -> Run:
    asked = {**asked, "port": running.port}
    _send({**asked, **WARM_UP})
    watcher.start()
    before, began = _cpu(running), time.perf_counter()
    happened = _send({**asked, "turn": 2})
    took, after = time.perf_counter() - began, _cpu(running)
    _wait_until_settled(watcher, happened["sent"].keys())
    watcher.stop.set()
    watcher.join(60)
    cores = psutil.cpu_count() or 1
    used = {name: after[name] - before[name] for name in after}
    used["generator"] = happened["cpu_seconds"]
    return Run(
        clocks=clocks,
        sent=happened["sent"],
        looked=happened["looked"],
        errors=happened["errors"],
        seen=watcher.seen,
        shares={name: seconds / took / cores for name, seconds in used.items()},
    )


def _send(asked: dict[str, Any]) -> dict[str, Any]:
    """Have a crowd do what is asked; what happened."""
    command = [sys.executable, "-m", "accord.bench.crowd"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
        said, _ = crowd.communicate(json.dumps(asked).encode())
    happened: dict[str, Any] = json.loads(said)
    return happened


def _cpu(running: Product) -> dict[str, float]:
    """The seconds of processor time that each part has used so far."""
    return {
        "web": cpu_of(running.web.pid),
        "worker": cpu_of(running.worker.pid),
        "database": cpu_of(database_process()),
        "watcher": time.process_time(),
    }


def _wait_until_settled(watcher: Watcher, sent: Collection[str]) -> None:
    """Until whatever was sent is handed over, or it takes too long."""
    deadline = time.perf_counter() + SETTLES_WITHIN
    while time.perf_counter() < deadline and sent - watcher.seen.handoffs.keys():
        time.sleep(0.2)


def _figures(run: Run, seconds: int) -> Iterator[Figure]:
    waits, alerts = run.waits(), list(run.seen.alerts.values())
    pages = [1000 * took for _page, took in run.looked]
    answered = [done - at for at, done in run.sent.values()]
    machine = ", ".join(f"{name} {share:.0%}" for name, share in sorted(run.shares.items()))
    load = f"{len(run.sent):,} leads in {seconds} s"
    yield _waited(run, "mixed.handoff", waits, 1.0, f"{load}, until the rep can see the handoff")
    yield _waited(run, "mixed.answer", answered, None, "until whoever sent it was answered")
    yield _waited(run, "mixed.alert", alerts, 60.0, f"{len(alerts):,} missed clocks, until told")
    yield _plain(
        run, "mixed.pages", percentile(pages, 0.95), "ms", None, f"{len(pages)} pages, p95"
    )
    yield _plain(run, "mixed.not_told", run.seen.not_told, "clocks", 0, "missed and not told of")
    yield _plain(run, "mixed.lost", run.lost, "leads", 0, "not handed over, or twice")
    why = "; ".join(sorted(set(run.errors))[:3])
    yield _plain(run, "mixed.errors", len(run.errors), "errors", 0, why)
    share = round(100 * run.shares["generator"], 1)
    yield _plain(run, "mixed.generator", share, "%", None, f"of both cores; {machine}")


def _waited(run: Run, name: str, seconds: list[float], limit: float | None, says: str) -> Figure:
    """What 99 in 100 stay below."""
    return Figure(
        name=name,
        leads=run.clocks,
        figure=round(percentile(seconds, 0.99), 3) if seconds else None,
        unit="s",
        limit=limit,
        limit_is="at_most",
        p50_ms=round(middle(seconds) * 1000, 1) if seconds else None,
        p95_ms=round(percentile(seconds, 0.95) * 1000, 1) if seconds else None,
        rss_mb=most_memory(),
        says=f"p99; {says}",
    )


def _plain(run: Run, name: str, figure: float, unit: str, limit: float | None, says: str) -> Figure:
    return Figure(
        name=name,
        leads=run.clocks,
        figure=round(figure, 1),
        unit=unit,
        limit=limit,
        limit_is="at_most",
        says=says,
    )
