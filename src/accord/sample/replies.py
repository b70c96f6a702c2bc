"""Marketing's part of the year: it answers what came back, mostly in time."""

import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from accord.flows.answer_pass_back import answer_pass_backs
from accord.sample import queries
from accord.sample.queries import Unanswered

# What marketing says to each reason, with how often it is said; an empty note agrees.
_SAYS: Mapping[str, Sequence[tuple[str, int]]] = {
    "not_ideal": (("", 9), ("Fits the profile: buys instruments for two plants.", 1)),
    "no_need": (("", 8), ("Read the price list twice in the week before.", 2)),
    "unreachable": (("", 7), ("Too few attempts; they answered our newsletter since.", 3)),
}
_SOON, _LATE = (3, 40), (50, 90)  # hours until the answer, in time and not
_LATE_ONE_IN = 12


def reply(*, marketers: Sequence[uuid.UUID], dice: random.Random, at: datetime) -> None:
    """Answer what has come back and has lain long enough by `at`, each on its own moment."""
    for (moment, _reason), acts in groupby(queries.unanswered(), key=_act):
        reached = moment + timedelta(hours=dice.uniform(*_hours(dice)))
        if reached <= at:
            _answer(list(acts), dice.choice(marketers), dice, reached)


def _act(each: Unanswered) -> tuple[datetime, str]:
    return each.passed_back_at, each.reason


def _hours(dice: random.Random) -> tuple[int, int]:
    return _LATE if dice.randrange(_LATE_ONE_IN) == 0 else _SOON


def _answer(backs: Sequence[Unanswered], by: uuid.UUID, dice: random.Random, at: datetime) -> None:
    says = _SAYS.get(backs[0].reason, (("", 1),))
    (note,) = dice.choices([note for note, _ in says], [weight for _, weight in says])
    answer = "disagreed" if note else "agreed"
    ids = [back.id for back in backs]
    answer_pass_backs(backs=ids, answer=answer, note=note, by=by, at=at)
