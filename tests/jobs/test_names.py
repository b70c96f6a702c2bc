"""Rooms defer jobs by their names: each name is that of a task."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from procrastinate.contrib.django import app
from procrastinate.exceptions import TaskNotFound

import accord
from accord.outbox import jobs

SOURCE = Path(accord.__file__).parent
CALLS = {"defer", "defer_each"}
SECONDS = {
    "watch_clocks": 5,
    **dict.fromkeys(("recheck", "send_mail", "send_posts", "rescue", "take_in_rested"), 15),
    **dict.fromkeys(("read_mailbox", "come_into_force", "send_digests"), 60),
    "release": 900,
    "hand_over_work": 15,
    "suspect": 3600,
    "forget_tries": 3600,
}


def deferred_names() -> Iterator[tuple[str, str | None]]:
    """Each place that defers a job through the outbox, with the job's name."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="jobs"), attr=attr), args=[first, *_]
                ):
                    if attr in CALLS:
                        name = first.value if isinstance(first, ast.Constant) else None
                        yield f"{path.relative_to(SOURCE)}:{node.lineno}", name


@pytest.fixture
def tasks():
    app.perform_import_paths()
    return app.tasks


def test_every_deferred_job_is_a_task(tasks):
    found = list(deferred_names())
    assert len(found) >= 4
    assert [(place, name) for place, name in found if name not in tasks] == []


@pytest.mark.django_db
def test_a_name_that_is_no_task_is_refused():
    with pytest.raises(TaskNotFound):
        jobs.defer("no_such_task")


def test_the_clock_calls_what_waits_for_nobody(tasks):
    by_the_clock = {each.task.name for each in app.periodic_registry.periodic_tasks.values()}
    assert by_the_clock == set(SECONDS)


def test_the_clock_strikes_as_often_as_somebody_waits_for_it(tasks):
    for each in app.periodic_registry.periodic_tasks.values():
        first = each.croniter.get_next(ret_type=float, start_time=1_000_000_000)
        assert each.croniter.get_next(ret_type=float) - first == SECONDS[each.task.name]


def test_no_job_of_the_clock_holds_a_lock_that_a_killed_one_would_keep(tasks):
    for each in app.periodic_registry.periodic_tasks.values():
        assert each.configure_kwargs.get("queueing_lock")
        assert not each.configure_kwargs.get("lock")
        assert not each.task.lock
