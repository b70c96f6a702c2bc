"""Bringing in files: a real one as a whole command, and a large one against bare COPY."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from accord.bench.actions.copying import empty, filled_tables, put_back, take_out
from accord.bench.actions.place import address_of, open_shop, own_database, vacuum
from accord.bench.figures import Figure, best, most_memory, stopwatch
from accord.bench.generated import MAP, write_leads
from accord.flows.import_file import import_file, plan_import

LEADS = 200_000
RUNS = 2
OF_COPY = 0.5  # this share of bare COPY's speed is promised


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
    leads = leads or LEADS
    imports, copies = [], []
    with own_database(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, map_path = folder / "leads.csv", folder / "map.toml"
        write_leads(path, leads=leads, until=at.date())
        map_path.write_text(MAP, encoding="utf-8")
        open_shop(at=at)
        before = filled_tables()
        for _ in range(RUNS):
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
    yield Figure(
        name="import.copy",
        leads=leads,
        figure=round(best(imports), 2),
        unit="s",
        limit=OF_COPY,
        limit_is="at_least",
        ratio=round(best(copies) / best(imports), 3),
        rss_mb=most_memory(),
        says=f"COPY of the same rows into {len(tables)} tables takes {best(copies):.1f} s; "
        "the ratio is COPY's time to the import's",
    )
