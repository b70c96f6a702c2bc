"""The simulated week, lived by a process that may be killed at any moment and goes on.

What it has done stands in a file, act by act; the act at which it was killed is done again.

python -m accord.bench.living PLAN PROGRESS
"""

import json
import random
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Plan:
    """Who comes when (minutes after BEGIN, whether they ask for us), and who answers."""

    seed: int
    days: int
    arrivals: Sequence[tuple[int, bool]]
    reps: Sequence[str]
    at_once: int  # reps who act in a step
    minutes: int  # from one step to the next

    @property
    def step(self) -> timedelta:
        """From one step to the next."""
        return timedelta(minutes=self.minutes)

    @property
    def steps(self) -> int:
        """How many steps the week has."""
        return timedelta(days=self.days) // self.step


def body_of(number: int, *, asks: bool) -> dict[str, Any]:
    """What the person of this number sends."""
    return {
        "email": f"person-{number}@week-{number // 4}.example",
        "name": f"Person {number}",
        "asks_for": "demo" if asks else "content",
        "need": "A quote for forty seats.",
    }


def read_plan(path: Path) -> Plan:
    """The plan that was written to a file."""
    given = json.loads(path.read_text())
    return Plan(**{**given, "arrivals": [tuple(each) for each in given["arrivals"]]})


def acts(plan: Plan) -> Iterator[tuple[int, str, int]]:
    """All that happens, in its order: the step, what, and whose turn it is."""
    for step in range(plan.steps + 1):
        yield step, "arrive", 0
        yield step, "watch", 0
        yield from ((step, "answer", turn) for turn in range(plan.at_once))


def live(plan: Plan, progress: Path) -> None:
    """Go on where the process before was killed."""
    from accord.bench.shifts import BEGIN

    done = int(progress.read_text() or 0) if progress.exists() else 0
    print("at work", flush=True)  # noqa: T201 - whoever kills waits for it
    for number, (step, what, turn) in enumerate(acts(plan)):
        if number < done:
            continue
        at = BEGIN + step * plan.step
        if what == "arrive":
            _arrive(plan, step, at)
        elif what == "watch":
            _watch(at)
        else:
            _answer(plan, step, turn, at)
        _note(progress, number + 1)


def _note(progress: Path, done: int) -> None:
    """Whoever is killed at it leaves the old note or the new one: an empty one would begin anew."""
    draft = progress.with_suffix(".new")
    draft.write_text(str(done))
    draft.replace(progress)


def _arrive(plan: Plan, step: int, at: datetime) -> None:
    """Whoever came since the step before is kept, and taken in."""
    from accord.flows.receive import Door, Incoming, receive
    from accord.flows.take_in import take_in_waiting

    end = step * plan.minutes
    begin = end - plan.minutes
    sent = [
        Incoming(body_of(number, asks=asks), nonce=f"week:{number}")
        for number, (minute, asks) in enumerate(plan.arrivals)
        if begin < minute <= end
    ]
    if sent:
        receive(submissions=sent, door=Door.FORM, by=None, at=at)
    while take_in_waiting(at=at):
        pass


def _watch(at: datetime) -> None:
    """Whatever has come due is done, until nothing is left."""
    from accord.flows.stand_in import hand_over_work
    from accord.flows.watch_clocks import watch_clocks

    hand_over_work(at=at)
    while any(vars(watch_clocks(at=at)).values()):
        pass


def _answer(plan: Plan, step: int, turn: int, at: datetime) -> None:
    """One rep does something about each of some of what is with them."""
    from accord.base.errors import Refusal
    from accord.flows import follow_up
    from accord.flows.pass_back import Said, pass_back
    from accord.handoffs.actions import Attempt
    from accord.handoffs.models import Handoff
    from accord.teams.queries import present

    dice = random.Random(f"{plan.seed} {step} {turn}")  # noqa: S311 - the same week again
    rep = uuid.UUID(dice.choice(plan.reps))
    moment = at + timedelta(minutes=1 + 13 * turn // max(plan.at_once, 1))
    if rep not in present([rep], moment):
        return
    mine = list(Handoff.objects.filter(owner_id=rep, disposed_at=None).order_by("id"))
    chosen = dice.sample(mine, k=round(len(mine) * dice.choice([0.3, 0.6, 0.9])))
    tried, talked = chosen[::3], chosen[1::3]
    with suppress(Refusal):
        follow_up.log_attempts(
            attempts=[Attempt(each.lead_id, "call", "no_answer") for each in tried]
            + [Attempt(each.lead_id, "call", "connected") for each in talked],
            by=rep,
            at=moment,
        )
    ended = [each.id for each in chosen[2::3] if each.first_attempt_at]
    back, good = ended[::2], ended[1::2]
    with suppress(Refusal):
        if back:
            pass_back(handoffs=back, said=Said("no_need", note="None."), by=rep, at=moment)
    with suppress(Refusal):
        if good:
            follow_up.qualify(handoffs=good, by=rep, at=moment, note="They have a budget.")


def main() -> None:
    """Live the week of the plan in the first argument; the second is where it is noted."""
    import django

    django.setup()
    plan, progress = (Path(each) for each in sys.argv[1:])
    live(read_plan(plan), progress)


if __name__ == "__main__":
    main()
