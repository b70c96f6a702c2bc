"""What the worker does when asked, and by the clock."""

import uuid
from datetime import UTC, datetime
from pathlib import Path

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

EVERY_5_SECONDS = "* * * * * */5"  # six fields: the last one is seconds
IN_TIME = 10  # the priority of what is promised to be on time
# A deadlock, or a database that was started anew: 2, 4, 8 and 16 seconds later it works.
AGAIN = RetryStrategy(max_attempts=5, exponential_wait=2)


def every_15_seconds(*, after: int) -> str:
    """Beginning so many seconds after the minute: not all strike at once, so that none waits."""
    return f"* * * * * {after}-59/15"


# A job that waits is enough: `queueing_lock` keeps the clock from piling them up.
@app.periodic(cron=EVERY_5_SECONDS, queue="clock", queueing_lock="watch_clocks")
@app.task(name="watch_clocks", priority=IN_TIME)
def watch_clocks(timestamp: int | None = None) -> None:
    """Take the steps that missed promises call for, and end pauses."""
    from accord.flows.watch_clocks import watch_clocks
    from accord.teams.queries import is_paused

    if not is_paused():
        watch_clocks(at=datetime.now(UTC))


@app.periodic(cron=every_15_seconds(after=2), queue="clock", queueing_lock="hand_over_work")
@app.task(name="hand_over_work")
def hand_over_work(timestamp: int | None = None) -> None:
    """Hand over the work of those who are away from now on, or gone."""
    from accord.flows.stand_in import hand_over_work
    from accord.teams.queries import is_paused

    if not is_paused():
        hand_over_work(at=datetime.now(UTC))


@app.periodic(cron=every_15_seconds(after=14), queue="clock", queueing_lock="take_in_rested")
@app.task(name="take_in_rested")
def take_in_rested(timestamp: int | None = None) -> None:
    """Try once more what could not be taken in, and has rested."""
    from accord.flows.take_in import take_in_rested

    take_in_rested(at=datetime.now(UTC))


@app.task(name="reschedule", retry=AGAIN)
def reschedule(*, users: list[str] | None) -> None:
    """Work out anew what is due, because people's hours changed."""
    from accord.flows.reschedule import reschedule

    reschedule(users=None if users is None else [uuid.UUID(user) for user in users])


@app.periodic(cron=every_15_seconds(after=4), queue="clock", queueing_lock="recheck")
@app.task(name="recheck")
def recheck(timestamp: int | None = None) -> None:
    """Judge again the leads whose verdict time alone may have changed."""
    from accord.flows.recheck import recheck
    from accord.teams.queries import is_paused

    if not is_paused():
        recheck(at=datetime.now(UTC))


@app.periodic(cron=every_15_seconds(after=7), queue="clock", queueing_lock="send_mail by the clock")
@app.task(name="send_mail", retry=AGAIN)
def send_mail(timestamp: int | None = None) -> None:
    """Send the mails that are due."""
    from accord.flows.send_out import send_mail
    from accord.teams.queries import is_paused

    began = datetime.now(UTC)  # what comes due later is another job's, or this one never ends
    while not is_paused() and send_mail(at=began):
        pass


@app.periodic(
    cron=every_15_seconds(after=9), queue="clock", queueing_lock="send_posts by the clock"
)
@app.task(name="send_posts", retry=AGAIN)
def send_posts(timestamp: int | None = None) -> None:
    """Send what is due to browsers and chats."""
    from accord.flows.send_out import send_posts
    from accord.teams.queries import is_paused

    began = datetime.now(UTC)  # what comes due later is another job's, or this one never ends
    while not is_paused() and send_posts(at=began):
        pass


@app.periodic(cron="* * * * *", queue="clock", queueing_lock="send_digests")
@app.task(name="send_digests")
def send_digests(timestamp: int | None = None) -> None:
    """Put the day's digests of those whose working day has begun into the outbox."""
    from accord.flows.digest import send_digests
    from accord.teams.queries import is_paused

    if not is_paused():
        send_digests(at=datetime.now(UTC))


@app.periodic(cron="* * * * *", queue="clock", queueing_lock="come_into_force")
@app.task(name="come_into_force")
def come_into_force(timestamp: int | None = None) -> None:
    """Put in force what both heads have signed and whose day has come."""
    from accord.agreement.actions import come_into_force

    come_into_force(at=datetime.now(UTC))


@app.periodic(cron="*/15 * * * *", queue="clock", queueing_lock="release")
@app.task(name="release")
def release(timestamp: int | None = None) -> None:
    """Hand over what a new version made ready, as the reps have time for it."""
    from accord.flows.release import release
    from accord.teams.queries import is_paused

    if not is_paused():
        release(at=datetime.now(UTC))


@app.periodic(cron="7 * * * *", queue="clock", queueing_lock="suspect")
@app.task(name="suspect")
def suspect(timestamp: int | None = None) -> None:
    """Look for leads that may be one person, among those that files brought in too."""
    from accord.leads.actions.suspecting import suspect_alike

    suspect_alike(leads=None, at=datetime.now(UTC))


@app.task(name="re_evaluate", retry=AGAIN)
def re_evaluate() -> None:
    """Judge all leads by the agreement that has come into force."""
    from accord.flows.recheck import re_evaluate

    re_evaluate(at=datetime.now(UTC))


@app.task(name="run_import", queue="imports")
def run_import(
    *,
    path: str,
    kind: str,
    map_path: str | None,
    live: bool,
    by: str | None,
    upload: str | None = None,
) -> None:
    """Bring in a file; a second run goes on where the first was stopped."""
    from accord.flows.import_file import import_file, plan_import

    plan = plan_import(path=Path(path), kind=kind, map_path=Path(map_path) if map_path else None)
    import_file(
        plan=plan,
        by=uuid.UUID(by) if by else None,
        at=datetime.now(UTC),
        live=live,
        upload=uuid.UUID(upload) if upload else None,
    )


@app.task(name="run_back_test", queue="imports", retry=AGAIN)
def run_back_test(*, back_test_id: str) -> None:
    """Try agreements on a time that has passed."""
    from accord.flows.back_test import try_back_test

    try_back_test(back_test_id=uuid.UUID(back_test_id))


@app.task(name="fill_sample_company")
def fill_sample_company() -> None:
    """Fill an empty Accord with the sample company; begun and not finished, it begins anew."""
    from accord.sample.actions import fill

    fill(at=datetime.now(UTC))


@app.periodic(cron="* * * * *", queue="clock", queueing_lock="read_mailbox")
@app.task(name="read_mailbox")
def read_mailbox(timestamp: int | None = None) -> None:
    """Take the mails that people here copied or forwarded."""
    from accord.flows.take_mail import read_mailbox
    from accord.teams.queries import is_paused

    while not is_paused() and read_mailbox(at=datetime.now(UTC)):
        pass
