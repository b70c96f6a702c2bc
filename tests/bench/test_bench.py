"""The benchmarks run, agree with what they are held against, and leave nothing behind."""

import json
import os
import subprocess
import sys

import psycopg
import pytest

from accord.bench.figures import Figure, percentile

ROWS = 1_000


def bench(*arguments: str, leads: int = ROWS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "accord.cli", "bench", *arguments, "--leads", str(leads)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "accord.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


def databases() -> set[str]:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    return {name for (name,) in rows if name.startswith("accord_bench_")}


def test_each_says_what_it_found_beside_its_limit() -> None:
    done = bench("import.copy", "evaluate", "agreement", "pages", "sweep", "--json")
    assert done.returncode == 0, done.stderr
    found = {line["name"]: line for line in json.loads(done.stdout)}
    assert {"import.copy", "evaluate.new", "evaluate.again"} < found.keys()
    waits = {f"agreement.{each}" for each in ("count.sample", "count.exact", "lead")}
    waits |= {"agreement.back_test.sample", "agreement.back_test.exact"}
    assert waits < found.keys()
    assert {"pages.lead", "pages.handoffs", "pages.leads", "pages.scoreboard"} < found.keys()
    assert all(line["leads"] == ROWS and line["figure"] > 0 for line in found.values())
    assert found["sweep.due"]["queries"] > found["sweep.idle"]["queries"]
    assert (found["import.copy"]["limit"], found["import.copy"]["limit_is"]) == (0.5, "at_least")
    assert found["evaluate.new"]["ratio"] > 0
    lead = found["pages.lead"]
    assert lead["p50_ms"] <= lead["p95_ms"] == lead["figure"]
    assert lead["queries"] > 0
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


def test_under_load_nothing_is_lost_and_every_part_says_what_it_took() -> None:
    done = bench("mixed", "--seconds", "2", "--json")
    assert done.returncode == 0, done.stderr
    found = {line["name"].removeprefix("mixed."): line for line in json.loads(done.stdout)}
    assert found["handoff"]["p50_ms"] > 0
    assert found["handoff"]["limit"] == 1.0
    assert (found["lost"]["figure"], found["not_told"]["figure"]) == (0, 0)
    assert 0 < found["generator"]["figure"] < 50
    assert "database" in found["generator"]["says"]
    assert not databases()


def test_a_few_days_with_people_away_and_processes_killed_lose_no_lead() -> None:
    done = bench("week", "--json", leads=150)
    assert done.returncode == 0, done.stderr
    found = {line["name"].removeprefix("week."): line for line in json.loads(done.stdout)}
    assert found["killed"]["figure"] >= 1
    for name in ("lost", "twice", "unbalanced", "wrong_due", "wrong_steps", "wrong_told"):
        assert found[name]["figure"] == 0, found[name]
    assert found["unfair"]["figure"] <= 5
    assert not databases()
