"""The points of one lead, row by row; they add up exactly to its score."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accord.agreement.cards import CardRead, RowRead, read_cards
from accord.agreement.queries import terms_of
from accord.criteria.scorecards import CARDS
from accord.qualification.models import Score


@dataclass(frozen=True)
class RowGiven:
    """What a row gives this lead; `is_unknown`: a fact is missing, and it may yet give more."""

    row: RowRead
    points: Decimal
    is_unknown: bool


@dataclass(frozen=True)
class CardGiven:
    """One scorecard of a lead: its grade, and the rows whose points add up to `points`."""

    card: CardRead
    grade: str
    points: Decimal
    rows: Sequence[RowGiven]


@dataclass(frozen=True)
class Points:
    """The label, such as B2, the version of the agreement that gave it, and each scorecard."""

    label: str
    version: int
    cards: Sequence[CardGiven]


def points_of(lead_id: uuid.UUID) -> Points | None:
    """The points of a lead; None where it has none yet. Two queries at most."""
    score = Score.objects.filter(lead_id=lead_id).first()
    if score is None or not score.label:
        return None
    cards = {card.key: card for card in read_cards(terms_of(score.agreement_version))}
    return Points(
        label=score.label,
        version=score.agreement_version,
        cards=[_given(cards[key], score) for key in CARDS if key in cards],
    )


def _given(card: CardRead, score: Score) -> CardGiven:
    unknown = score.fit_unknown if card.key == CARDS[0] else []
    given: Sequence[Decimal] = getattr(score, f"{card.key}_given")
    return CardGiven(
        card=card,
        grade=getattr(score, f"{card.key}_grade"),
        points=getattr(score, f"{card.key}_points"),
        rows=[
            RowGiven(row, points, row.key in unknown)
            for row, points in zip(card.rows, given, strict=True)
        ],
    )
