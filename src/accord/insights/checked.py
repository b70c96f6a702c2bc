"""How well points tell leads apart that they did not learn from, and whether chances come true."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from accord.criteria.scorecards import FIT, GRADES
from accord.insights.fitting import area, chances
from accord.insights.rules import Share, share

_BANDS = 5


@dataclass(frozen=True)
class Band:
    """A fifth of the checking leads by their points: the chance foretold, and what came true."""

    lowest: float
    highest: float
    foretold: float
    won: Share


@dataclass(frozen=True)
class GradeCheck:
    """Checking leads of a grade under a card, and how many of them won."""

    grade: str
    won: Share


@dataclass(frozen=True)
class Move:
    """Checking leads with one grade under today's card and another under the suggested one."""

    today: str
    suggested: str
    won: Share


@dataclass(frozen=True)
class Checked:
    """How a card did on the leads that it did not learn from.

    `auc`: the chance that a lead that won has more points than one that did not, halves for
    equal ones; None where all won or none did.
    """

    auc: float | None
    bands: Sequence[Band]
    grades: Sequence[GradeCheck]


def checked(
    points: Mapping[uuid.UUID, float],
    grades: Mapping[str, int],
    teaching: Sequence[uuid.UUID],
    checking: Sequence[uuid.UUID],
    won: Mapping[uuid.UUID, bool],
) -> Checked:
    """How points tell the checking leads apart; chances are learnt from the teaching ones."""
    given, came = [float(points[lead]) for lead in checking], [won[lead] for lead in checking]
    foretold = chances(
        [float(points[lead]) for lead in teaching], [won[lead] for lead in teaching], given
    )
    ordered = sorted(zip(given, foretold, came, strict=True), key=lambda each: each[0])
    size = -(-len(ordered) // _BANDS) or 1
    bands = [ordered[begin : begin + size] for begin in range(0, len(ordered), size)]
    return Checked(
        auc=area(given, came),
        bands=[
            Band(
                lowest=band[0][0],
                highest=band[-1][0],
                foretold=sum(each[1] for each in band) / len(band),
                won=share(sum(each[2] for each in band), len(band)),
            )
            for band in bands
        ],
        grades=[*_by_grade(given, came, grades)],
    )


def grade_of(points: float, grades: Mapping[str, int]) -> str:
    """The grade of so many points; `grades` are the points from which each one begins."""
    begins = sorted(grades.items(), key=lambda each: -each[1])
    return next((name for name, least in begins if points >= least), GRADES[FIT][-1])


def _by_grade(
    given: Sequence[float], came: Sequence[bool], grades: Mapping[str, int]
) -> Iterator[GradeCheck]:
    of = [grade_of(number, grades) for number in given]
    for grade in GRADES[FIT]:
        won = [came[place] for place, name in enumerate(of) if name == grade]
        yield GradeCheck(grade, share(sum(won), len(won)))
