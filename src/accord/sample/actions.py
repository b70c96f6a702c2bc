"""Filling an empty Accord with the sample company, and emptying it again."""

import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accord.agreement import actions as agreement
from accord.base.errors import Conflict
from accord.base.ids import named_id, new_id, repeatable_ids
from accord.deals.queries import sales_steps
from accord.flows import begin
from accord.leads import actions as leads
from accord.leads import kinds
from accord.leads.models import Import, ImportState
from accord.outbox import actions as outbox
from accord.sample import cast, plan, queries, story
from accord.sample.play import Play, moments, spans
from accord.teams import actions as teams
from accord.teams.actions import Newcomer
from accord.teams.queries import workspace

SEED = 7
SIZE = story.LEADS
FILLING = 0x5A3B1E  # the lock that whoever fills holds

NEWS = timedelta(hours=20)  # what was told so lately is still to be read


def fill(
    *,
    at: datetime,
    password: str | None = None,
    seed: int = SEED,
    size: int = SIZE,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Play twelve months of the sample company up to `at`; everybody has the same password.

    Meanwhile the worker rests: it would watch the clocks of last spring. Killed on the way, it
    begins anew. Raises Conflict when there is a company already, or somebody else is at it.
    `progress` is told the submissions done and their number.
    """
    with _alone(), repeatable_ids(named_id(queries.KIND, seed), at):
        if workspace() is not None and queries.progress().is_done:
            raise Conflict(_("This Accord already has a company; the sample is for an empty one."))
        if workspace() is not None:  # what a killed filling left
            remove()
        made = plan.prospects(seed=seed, now=at, leads=size)
        sent = plan.sendings(made)
        people = _open_shop(at - timedelta(days=story.DAYS + 1), password, len(sent), at)
        dice = random.Random(seed)  # noqa: S311 - the same year for the same seed
        play = Play(
            reps={people[person.email]: person for person in cast.REPS},
            marketers=[people[person.email] for person in cast.MARKETERS],
            made={prospect.email: prospect for prospect in made},
            dice=dice,
            steps=[step.key for step in sales_steps()],
        )
        _play(play, sent, dice, progress or (lambda done, total: None), at)


def _play(
    play: Play,
    sent: Sequence[plan.Sending],
    dice: random.Random,
    progress: Callable[[int, int], None],
    at: datetime,
) -> None:
    done, times = 0, moments(at)
    for moment, batch in spans(sent, times, dice):
        with transaction.atomic():
            play.go_on(sent=batch, at=moment, is_last=moment == times[-1])
            done += len(batch)
            Import.objects.filter(kind=queries.KIND).update(lines_done=done)
        progress(done, len(sent))
    with transaction.atomic():
        outbox.settle_past(before=at - NEWS, at=at)
        Import.objects.filter(kind=queries.KIND).update(state=ImportState.DONE, finished_at=at)
        teams.resume()


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else fills meanwhile. Raises Conflict when somebody does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [FILLING])
        if not cursor.fetchone()[0]:
            raise Conflict(_("The sample company is being filled already."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [FILLING])


def _open_shop(
    began_at: datetime, password: str | None, total: int, at: datetime
) -> dict[str, uuid.UUID]:
    """The company, its people and their agreement, signed; user ids by address."""
    with transaction.atomic():
        company = begin.Company(
            name=cast.COMPANY,
            currency=cast.CURRENCY,
            time_zone=cast.TIME_ZONE,
            week=cast.WEEK,
            country=cast.HOLIDAYS_OF,
            is_sample=True,
        )
        first, *others = cast.EVERYBODY
        users = [begin.begin(company=company, first=_newcomer(first, password), at=began_at)]
        users += [
            begin.add_person(newcomer=_newcomer(other, password), at=began_at) for other in others
        ]
        ids = {user.email: user.id for user in users}
        _open_overseas(ids)
        number = _propose(ids[cast.HEAD_OF_SALES.email], began_at)
        for seat, head in (("sales", cast.HEAD_OF_SALES), ("marketing", cast.HEAD_OF_MARKETING)):
            agreement.sign(number=number, seat=seat, by=ids[head.email], at=began_at)
        leads.watch(
            kinds=[kind.key for kind in kinds.registered().values() if kind.is_new_event],
            since=began_at,
        )
        teams.pause(at=at)
        Import.objects.create(
            id=new_id(),
            kind=queries.KIND,
            file_name=cast.COMPANY,
            file_digest="",
            source=queries.KIND,
            mapping={},
            state=ImportState.RUNNING,
            started_at=at,
            lines_total=total,
        )
    return ids


def _propose(by: uuid.UUID, at: datetime) -> int:
    """The agreement with this company's own figures; its version."""
    document = agreement.default_document()
    for figure, own in story.OWN_FIGURES:
        if figure not in document:
            raise LookupError(f"The agreement that ships with Accord does not state “{figure}”.")
        document = document.replace(figure, own)
    return agreement.propose(document=document, by=by, at=at, reason=story.OWN_FIGURES_REASON)


def _newcomer(person: cast.Person, password: str | None) -> Newcomer:
    return Newcomer(
        email=person.email,
        name=person.name,
        roles=person.roles,
        password=password,
        time_zone=person.time_zone,
    )


def _open_overseas(ids: dict[str, uuid.UUID]) -> None:
    """The reps overseas work by their own clock."""
    overseas = teams.add_calendar(
        name="New York", time_zone="America/New_York", week=teams.SAMPLE_WEEK, country="US"
    )
    for rep in cast.REPS:
        if rep.time_zone == overseas.time_zone:
            teams.set_calendar(user_id=ids[rep.email], calendar_id=overseas.id)


# What stays: the database's own bookkeeping, the job queue, and who is signed in.
_KEPT = {"contenttypes", "auth", "sessions", "procrastinate", "migrations"}


def remove() -> None:
    """Empty the sample company: every row of every room. Raises Conflict for one's own company."""
    here = workspace()
    if here is None or not here.is_sample:
        raise Conflict(_("This is not the sample company; it is not emptied."))
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.managed
        and model._meta.app_label not in _KEPT
        and model.__module__.startswith("accord.")
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
