"""Points from outcomes: a logistic regression with few weights, rounded to readable points."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DOUBLES = 20  # points that double the odds
STEP = 5  # points are multiples of it
MOST_ROWS = 12
_STRENGTH = 0.1  # the smaller, the fewer weights


@dataclass(frozen=True)
class Fitted:
    """Points by the place of the answer that they are given for."""

    points: Mapping[int, int]

    def points_of(self, answers: Sequence[bool]) -> int:
        """The sum for one lead."""
        return sum(points for place, points in self.points.items() if answers[place])


def fit(answers: Sequence[Sequence[bool]], won: Sequence[bool]) -> Fitted:
    """Points for the answers that tell the won from the others, at most MOST_ROWS of them.

    A first fit with an L1 penalty chooses the answers, a second one weighs them. A weight w is
    `DOUBLES * w / ln 2` points, so that DOUBLES points double the odds; rounded to STEP.
    """
    # Loading it takes a second, which only who asks for a suggestion waits.
    from sklearn.linear_model import LogisticRegression

    if len(set(won)) < 2:
        return Fitted({})
    rows = [[float(answer) for answer in each] for each in answers]
    chooser = LogisticRegression(
        l1_ratio=1.0, solver="liblinear", C=_STRENGTH, random_state=0, max_iter=1_000
    ).fit(rows, won)
    weights = sorted(enumerate(chooser.coef_[0]), key=lambda each: (-abs(each[1]), each[0]))
    chosen = sorted(place for place, weight in weights[:MOST_ROWS] if weight)
    if not chosen:
        return Fitted({})
    weigher = LogisticRegression(C=1.0, max_iter=1_000).fit(
        [[row[place] for place in chosen] for row in rows], won
    )
    points = {
        place: STEP * round(DOUBLES * float(weight) / math.log(2) / STEP)
        for place, weight in zip(chosen, weigher.coef_[0], strict=True)
    }
    return Fitted({place: given for place, given in points.items() if given})


def chances(
    points: Sequence[float], won: Sequence[bool], asked: Sequence[float]
) -> Sequence[float]:
    """The chance to win at each of the asked points, as points and wins taught it."""
    from sklearn.linear_model import LogisticRegression

    if len(set(won)) < 2:
        return [float(bool(won and won[0]))] * len(asked)
    if not asked:
        return []
    model = LogisticRegression(C=1e6, max_iter=1_000)
    model.fit([[each / 100] for each in points], won)
    return [float(row[1]) for row in model.predict_proba([[each / 100] for each in asked])]


def area(points: Sequence[float], won: Sequence[bool]) -> float | None:
    """The area under the ROC curve; None where all won or none did."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(won, points)) if len(set(won)) > 1 else None
