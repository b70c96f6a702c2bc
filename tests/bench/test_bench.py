"""The benchmarks run, agree with what they are held against, and leave nothing behind."""

import json
import os
import subprocess
import sys
from typing import Any

import psycopg
import pytest

from accord.bench.figures import Figure, percentile

LEADS = 150
MEASURED = ("import.copy", "evaluate", "agreement", "pages", "sweep", "mixed", "week")
Found = dict[str, dict[str, Any]]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "accord.cli", "bench", *arguments],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "accord.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def found() -> Found:
    """What each benchmark found, all of them run once, with few leads."""
    done = bench(*MEASURED, "--leads", str(LEADS), "--seconds", "2", "--json")
    assert done.returncode == 0, done.stderr
    return {line["name"]: line for line in json.loads(done.stdout)}


def databases() -> set[str]:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    return {name for (name,) in rows if name.startswith("accord_bench_")}


def test_each_says_what_it_found_beside_its_limit(found: Found) -> None:
    assert {"import.copy", "evaluate.new", "evaluate.again"} < found.keys()
    waits = {f"agreement.{each}" for each in ("count.sample", "count.exact", "lead")}
    waits |= {"agreement.back_test.sample", "agreement.back_test.exact"}
    assert waits < found.keys()
    pages = {"pages.lead", "pages.handoffs", "pages.leads", "pages.scoreboard"}
    assert pages < found.keys()
    counted = [line for name, line in found.items() if name.partition(".")[0] != "mixed"]
    assert {line["leads"] for line in counted} == {LEADS}
    assert all(found[name]["figure"] > 0 for name in waits | pages)
    assert found["sweep.due"]["queries"] > found["sweep.idle"]["queries"]
    assert (found["import.copy"]["limit"], found["import.copy"]["limit_is"]) == (0.5, "at_least")
    assert found["evaluate.new"]["ratio"] > 0
    lead = found["pages.lead"]
    assert lead["p50_ms"] <= lead["p95_ms"] == lead["figure"]
    assert lead["queries"] > 0


def test_none_leaves_a_database_behind(found: Found) -> None:
    assert not databases()


def test_a_benchmark_that_there_is_not_is_one_sentence() -> None:
    done = bench("imports")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no benchmark “imports”" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("limit_is", "ratio", "kept"),
    [("at_least", 0.6, True), ("at_least", 0.4, False), ("at_most", 0.4, True)],
)
def test_a_limit_holds_from_its_side(limit_is: str, ratio: float, kept: bool) -> None:
    figure = Figure("x", 1, 9.0, "s", limit=0.5, limit_is=limit_is, ratio=ratio)  # type: ignore[arg-type]
    assert figure.is_kept is kept


def test_a_figure_without_a_ratio_is_held_against_the_limit_itself() -> None:
    assert Figure("x", 1, 99.0, "ms", limit=100.0, limit_is="at_most").is_kept
    assert Figure("x", 1, None, "ms", limit=100.0, limit_is="at_most").is_kept is None


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert percentile([float(n) for n in range(40)], 0.95) == 38.0


def test_under_load_nothing_is_lost_and_every_part_says_what_it_took(found: Found) -> None:
    assert found["mixed.handoff"]["p50_ms"] > 0
    assert found["mixed.handoff"]["limit"] == 1.0
    assert (found["mixed.lost"]["figure"], found["mixed.not_told"]["figure"]) == (0, 0)
    assert 0 < found["mixed.generator"]["figure"] < 50
    assert "database" in found["mixed.generator"]["says"]


def test_a_few_days_with_people_away_and_processes_killed_lose_no_lead(found: Found) -> None:
    assert found["week.killed"]["figure"] >= 1
    for name in ("lost", "twice", "unbalanced", "wrong_due", "wrong_steps", "wrong_told"):
        assert found[f"week.{name}"]["figure"] == 0, found[f"week.{name}"]
    assert found["week.unfair"]["figure"] <= 5
