"""A job runs after the commit of what asked for it, and again when its worker was killed."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app

from accord.jobs import tasks
from accord.outbox.actions import Listening, Telling, send_due, set_listener, tell
from accord.outbox.models import Channel, DeliveryState, Notification
from accord.teams.actions import Newcomer, add_user

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)


@pytest.fixture
def sam():
    """Somebody whom mails reach at any hour, so that the tests hold at any."""
    user = add_user(newcomer=Newcomer("sam@halden.example", "Sam Okafor", ["rep"]), at=NOW)
    set_listener(user=user.id, listening=Listening(quiet="never"))
    return user


@pytest.fixture(autouse=True)
def no_jobs_left_over():
    """The jobs are no models of ours, and so are not emptied between tests."""
    _empty()
    yield
    _empty()


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def work(monkeypatch):
    """Runs what is waiting, as a worker does; its threads leave no connection open."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)

    def run() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(
                wait=False, queues=["default"], install_signal_handlers=False, listen_notify=False
            )

    return run


def telling(user) -> Telling:
    return Telling(uuid.uuid4(), user.id, "handoff.offered", "Dana Ruiz asks for a demo")


def jobs() -> list[tuple[str, str]]:
    """Name and state of the jobs that somebody asked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text FROM procrastinate_jobs "
            "WHERE queueing_lock IS NULL ORDER BY id"
        )
        return cursor.fetchall()


def test_a_job_runs_after_the_commit(sam, work):
    with transaction.atomic():
        tell(tellings=[telling(sam)], at=NOW)
    work()
    assert [each.subject for each in mail.outbox] == ["Dana Ruiz asks for a demo"]
    assert jobs() == [("send_mail", "succeeded")]


def test_what_is_rolled_back_asks_for_nothing(sam):
    with transaction.atomic():
        tell(tellings=[telling(sam)], at=NOW)
        transaction.set_rollback(True)
    assert jobs() == []
    assert not Notification.objects.exists()


def test_the_job_of_a_killed_worker_runs_again(sam, work):
    tell(tellings=[telling(sam)], at=NOW)
    kill_worker_at_work()
    work()
    assert mail.outbox == []
    app.configure_task("rescue").defer()
    work()
    assert len(mail.outbox) == 1
    assert ("send_mail", "succeeded") in jobs()


def test_by_the_clock_before_set_up_nothing_fails(sam, work):
    tell(tellings=[telling(sam)], at=NOW)
    names = sorted(
        {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()}
    )
    assert {"send_mail", "send_digests", "watch_clocks"} <= set(names)
    for name in names:
        app.configure_task(name, queue="default").defer()
    work()
    assert {(name, state) for name, state in jobs() if state != "succeeded"} == set()
    assert len(mail.outbox) == 1


def test_the_clocks_own_job_of_a_killed_worker_is_dropped(work):
    app.configure_task("recheck", queueing_lock="recheck").defer()
    kill_worker_at_work()
    app.configure_task("rescue").defer()
    work()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs "
            "WHERE queueing_lock = 'recheck' AND status = 'doing'"
        )
        assert cursor.fetchone() == (0,)


def test_two_senders_at_once_send_each_mail_once(sam):
    tell(tellings=[telling(sam) for _ in range(60)], at=NOW)
    senders = [threading.Thread(target=send_all) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    sent = Notification.objects.filter(channel=Channel.EMAIL, state=DeliveryState.SENT, attempts=1)
    assert (len(mail.outbox), sent.count()) == (60, 60)


def send_all() -> None:
    """Send until nothing is due."""
    try:
        while send_due(at=NOW + timedelta(seconds=1), limit=7):
            pass
    finally:
        connections.close_all()


def kill_worker_at_work() -> None:
    """As if a worker had been killed a minute ago with all waiting jobs in hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - interval '1 minute') RETURNING id"
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE status = 'todo'",
            [worker],
        )


def test_a_job_ends_though_more_comes_due_meanwhile(monkeypatch, sam):
    begun = []

    def send(*, at):
        """What is due at `at` is sent at once; at any later moment more would be."""
        begun.append(at)
        assert len(begun) < 10, "it goes on for ever"
        return 1 if at not in begun[:-1] else 0

    for name in ("send_mail", "send_posts"):
        begun.clear()
        monkeypatch.setattr(f"accord.flows.send_out.{name}", send)
        getattr(tasks, name)()
        assert len(begun) == 2
