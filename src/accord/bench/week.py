"""A week of a company in which people are away and processes are killed: no lead slips through."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from accord.bench.accounts import Account, account
from accord.bench.actions.place import address_of, open_shop, own_database
from accord.bench.figures import Figure, stopwatch
from accord.bench.living import Plan
from accord.bench.shifts import BEGIN, DAYS, SHIFTS, Minutes, Shift, Span
from accord.flows.begin import add_person
from accord.handoffs.actions import pools
from accord.handoffs.actions.pool_settings import Place, PoolSettings, set_pool
from accord.teams import actions as teams
from accord.teams.actions import Newcomer
from accord.teams.models import Role

LEADS = 5_000
LEADS_A_REP = 100
A_WEEKS_LEADS = 1_000  # with fewer, a few days show as much
A_FEW_DAYS = 3  # a weekend and a working day
STEP, LONG_STEP = 15, 45  # minutes, in a week and in a few days
SEED = 7
WEIGHTS = (50, 75, 100, 100, 125, 150)
ASK_FOR_US = 0.8  # of those who come; the others want to read something
KILLS_A_LEAD = 1 / 150
LIVES_FOR = (0.3, 4.0)  # seconds at work until a process is killed


@dataclass(frozen=True)
class Rep:
    """Somebody who works leads, when, and when they are away."""

    id: uuid.UUID
    weight: int
    shift: Shift
    absences: Sequence[Span]


def week(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """So many leads and a hundredth as many reps; `at` does not matter, the week is a past one."""
    leads = leads or LEADS
    days, step = (DAYS, STEP) if leads >= A_WEEKS_LEADS else (A_FEW_DAYS, LONG_STEP)
    dice = random.Random(SEED)  # noqa: S311 - the same week again
    with own_database() as database, tempfile.TemporaryDirectory() as folder, stopwatch() as taken:
        reps = _hire(max(leads // LEADS_A_REP, 10), dice)
        plan = Plan(
            seed=SEED,
            days=days,
            arrivals=_arrivals(leads, days, dice),
            reps=[str(rep.id) for rep in reps],
            at_once=max(len(reps) // 12, 1),
            minutes=step,
        )
        killed = _live(database, Path(folder), plan, round(leads * KILLS_A_LEAD), dice)
        minutes = {rep.id: Minutes(rep.shift, rep.absences) for rep in reps}
        found = account(plan, minutes, {rep.id: rep.absences for rep in reps})
    yield from _figures(leads, found, killed, len(reps), taken())


def _hire(number: int, dice: random.Random) -> list[Rep]:
    """People of several zones and weights; a third of them is away for a while."""
    before = BEGIN - timedelta(days=30)
    head = open_shop(at=before)
    calendars = {
        shift.name: teams.add_calendar(
            name=shift.name, time_zone=shift.time_zone, week=shift.week, country=shift.country
        )
        for shift in SHIFTS
    }
    reps = []
    for n in range(number):
        shift = dice.choice(SHIFTS)
        newcomer = Newcomer(f"rep-{n}@example.com", f"Rep {n}", [Role.REP], None, shift.time_zone)
        user = add_person(newcomer=newcomer, at=before)
        teams.set_calendar(user_id=user.id, calendar_id=calendars[shift.name].id)
        absences = [_absence(dice) for _ in range(dice.choice([0, 0, 1]))]
        for begin, end in absences:
            teams.add_absence(user_id=user.id, absent_from=begin, absent_until=end)
        reps.append(Rep(user.id, dice.choice(WEIGHTS), shift, absences))
    pool = pools.default_pool()
    if pool is not None:
        members = {rep.id: Place(rep.weight) for rep in reps}
        set_pool(pool_id=pool.id, settings=PoolSettings(pool.name, members), by=head.id, at=before)
    return reps


def _absence(dice: random.Random) -> Span:
    begin = BEGIN + timedelta(minutes=dice.randrange(DAYS * 24 * 60))
    return begin, begin + timedelta(hours=dice.choice([3, 9, 24, 60]))


def _arrivals(leads: int, days: int, dice: random.Random) -> list[tuple[int, bool]]:
    """When each comes, in minutes, and whether they ask for us: any hour, mostly by day."""
    found = []
    for _ in range(leads):
        day, hour = dice.randrange(days), min(max(round(dice.gauss(13, 4)), 0), 23)
        minute = (day * 24 + hour) * 60 + dice.randrange(60)
        found.append((minute, dice.random() < ASK_FOR_US))
    return sorted(found)


def _live(database: str, folder: Path, plan: Plan, kills: int, dice: random.Random) -> int:
    """Have the week lived by one process after the other, each killed but the last; how many."""
    file, progress = folder / "plan.json", folder / "progress"
    file.write_text(json.dumps(asdict(plan)))
    command = [sys.executable, "-m", "accord.bench.living", str(file), str(progress)]
    environment = {
        **os.environ,
        "DATABASE_URL": address_of(database),
        "DJANGO_SETTINGS_MODULE": "accord.config.settings",
    }
    killed = 0
    while True:
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout  # noqa: S101 - it is a pipe
            process.stdout.readline()
            if killed < kills:
                time.sleep(dice.uniform(*LIVES_FOR))
                killed += process.poll() is None
                process.kill()
            if process.wait() == 0:
                return killed
            if killed >= kills and process.returncode > 0:
                raise AssertionError("The process that lives the week failed.")


def _figures(
    leads: int, found: Account, killed: int, reps: int, seconds: float
) -> Iterator[Figure]:
    def line(name: str, figure: float, unit: str, limit: float | None, says: str) -> Figure:
        return Figure(f"week.{name}", leads, figure, unit, limit, "at_most", says=says)

    yield line("killed", killed, "processes", None, f"{reps} reps, {seconds:.0f} s")
    yield line("lost", found.lost, "leads", 0, f"of {found.asked:,} that asked for us")
    yield line("twice", found.twice, "leads", 0, f"{found.handed_over:,} were handed over")
    says = "offered = open + accepted + passed back before it + withdrawn"
    yield line("unbalanced", found.unbalanced, "handoffs", 0, says)
    yield line("wrong_due", found.wrong_due, "clocks", 0, "first attempts, counted by the minute")
    says = f"{found.misses:,} missed clocks, {found.steps:,} steps, each once and at its moment"
    yield line("wrong_steps", found.wrong_steps, "steps", 0, says)
    yield line(
        "wrong_told", found.wrong_told, "times", 0, f"{found.told:,} times somebody was told"
    )
    says = f"{found.turns:,} turns; the furthest from weight and presence, beyond one turn"
    yield line("unfair", round(100 * found.unfair, 1), "%", 5, says)
