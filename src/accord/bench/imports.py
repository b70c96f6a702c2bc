"""Bringing in files: a real one as a whole command, and a large one against bare COPY."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from accord.bench.actions.copying import empty, filled_tables, put_back, take_out
from accord.bench.actions.place import address_of, open_shop, own_database, vacuum
from accord.bench.figures import Figure, best, most_memory, stopwatch
from accord.bench.generated import MAP, write_leads, write_workbook
from accord.flows.import_file import import_file, plan_import

LEADS = 200_000
MILLION = 1_000_000
IN_WORKBOOK = 100_000
RUNS = 2
OF_COPY = 0.5  # this share of bare COPY's speed is promised
OF_CSV = 3.0  # a workbook may take so many times as long as the same rows in a CSV
GROWTH = 1.15  # a row's cost may grow so much more than COPY's does
MOST_MB = 500.0


def olist(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """`import.olist`: the real files of leads and deals, two whole commands, from nothing."""
    folder = _data() / "olist-funnel"
    files = [
        ("leads", folder / "olist_marketing_qualified_leads_dataset.csv"),
        ("deals", folder / "olist_closed_deals_dataset.csv"),
    ]
    maps = Path(__file__).parents[3] / "examples" / "olist"
    if not all(file.exists() for _, file in files) or not maps.exists():
        says = f"skipped: the files are not in {folder} (ACCORD_DATA names another folder)"
        yield Figure(name="import.olist", leads=None, figure=None, unit="s", says=says)
        return
    with own_database() as name:
        open_shop(at=at)
        vacuum()
        with stopwatch() as taken:
            done = [_command(name, kind, file, maps / f"{kind}.toml") for kind, file in files]
    created, deals = (each["created"] for each in done)
    yield Figure(
        name="import.olist",
        leads=created,
        figure=round(taken(), 2),
        unit="s",
        rss_mb=most_memory(),
        says=f"two commands, from the shell's point of view; {deals} deals",
    )


def _command(database: str, kind: str, file: Path, map_path: Path) -> dict[str, int]:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "accord.cli", "import", kind, str(file)),
            *("--map", str(map_path), "--json"),
        ],
        env={**os.environ, "DATABASE_URL": address_of(database)},
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: dict[str, int] = json.loads(done.stdout)
    return figures


def _data() -> Path:
    """Where the real files are: ACCORD_DATA, else a folder beside the repository."""
    given = os.environ.get("ACCORD_DATA")
    return Path(given) if given else Path(__file__).parents[4] / "shared" / "data"


def against_copy(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """`import.copy`: a generated file, against COPY of the very rows that its import writes."""
    taken = _both(leads or LEADS, at, runs=RUNS)
    yield _beside(taken, "import.copy")


def million(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """`import.million`, and how much dearer than in a tenth of it a row becomes, beside COPY's."""
    leads = leads or MILLION
    small, large = _both(leads // 10, at, runs=RUNS), _both(leads, at, runs=1)
    yield _beside(large, "import.million")
    grown, copys = large.imported / small.imported / 10, large.copied / small.copied / 10
    yield Figure(
        name="import.growth",
        leads=leads,
        figure=round(grown, 3),
        unit="times",
        limit=GROWTH,
        limit_is="at_most",
        ratio=round(grown / copys, 3),
        says=f"a row's cost to that at {small.leads:,} leads; COPY's grows {copys:.3f} times",
    )
    yield Figure(
        name="import.memory",
        leads=leads,
        figure=most_memory(),
        unit="MB",
        limit=MOST_MB,
        limit_is="at_most",
        says="the most that one process held; the database is not among them",
    )


@dataclass(frozen=True)
class Both:
    """The seconds that importing a file took, and COPY of the same rows into as many tables."""

    leads: int
    imported: float
    copied: float
    tables: int


def _both(leads: int, at: datetime, *, runs: int) -> Both:
    imports, copies = [], []
    with own_database(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, map_path = folder / "leads.csv", folder / "map.toml"
        write_leads(path, leads=leads, until=at.date())
        map_path.write_text(MAP, encoding="utf-8")
        open_shop(at=at)
        before = filled_tables()
        for _ in range(runs):
            vacuum()
            with stopwatch() as taken:
                outcome = import_file(
                    plan=plan_import(path=path, kind="leads", map_path=map_path), by=None, at=at
                )
            imports.append(taken())
            if outcome.created != leads:
                raise AssertionError(f"Of {leads} rows {outcome.created} became leads.")
            tables = [table for table in filled_tables() if table not in before]
            files = take_out(tables, folder)
            empty(tables)
            vacuum()
            with stopwatch() as taken:
                put_back(files)
            copies.append(taken())
            empty(tables)
    return Both(leads, best(imports), best(copies), len(tables))


def _beside(taken: Both, name: str) -> Figure:
    return Figure(
        name=name,
        leads=taken.leads,
        figure=round(taken.imported, 2),
        unit="s",
        limit=OF_COPY,
        limit_is="at_least",
        ratio=round(taken.copied / taken.imported, 3),
        rss_mb=most_memory(),
        says=f"COPY of the same rows into {taken.tables} tables takes {taken.copied:.1f} s; "
        "the ratio is COPY's time to the import's",
    )


def workbook(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """`import.xlsx`: ten columns as a workbook, against the same as a CSV."""
    leads = leads or IN_WORKBOOK
    taken = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        map_path = folder / "map.toml"
        map_path.write_text(MAP, encoding="utf-8")
        write_leads(folder / "leads.csv", leads=leads, until=at.date())
        write_workbook(folder / "leads.xlsx", leads=leads, until=at.date())
        for kind in ("csv", "xlsx"):
            with own_database():
                open_shop(at=at)
                vacuum()
                with stopwatch() as seconds:
                    plan = plan_import(
                        path=folder / f"leads.{kind}", kind="leads", map_path=map_path
                    )
                    outcome = import_file(plan=plan, by=None, at=at)
                taken[kind] = seconds()
                if outcome.created != leads:
                    raise AssertionError(f"Of {leads} rows {outcome.created} became leads.")
    yield Figure(
        name="import.xlsx",
        leads=leads,
        figure=round(taken["xlsx"], 2),
        unit="s",
        limit=OF_CSV,
        limit_is="at_most",
        ratio=round(taken["xlsx"] / taken["csv"], 3),
        rss_mb=most_memory(),
        says=f"the same rows as a CSV take {taken['csv']:.1f} s",
    )
