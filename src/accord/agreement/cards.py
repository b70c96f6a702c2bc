"""Scorecards as a page reads them: what each row gives points for, and the grades."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accord.agreement.terms import Terms
from accord.criteria.explain import row_exactly, row_rule, row_sentence
from accord.criteria.registry import registry
from accord.criteria.scorecards import Scorecard


@dataclass(frozen=True)
class RowRead:
    """What points are given for, and how they are counted ("" where they are given once).

    `exactly` is what is asked, where the sentence says it in words of its own.
    """

    key: str
    sentence: str
    rule: str
    points: int
    exactly: str = ""


@dataclass(frozen=True)
class CardRead:
    """One scorecard, its rows in the order of the document."""

    key: str
    title: str
    text: str
    rows: Sequence[RowRead]
    grades: str


def read_cards(terms: Terms) -> list[CardRead]:
    """The scorecards of these terms, in words."""
    return [
        CardRead(key, card.title, card.text, _rows(card, terms.titles), _grades(card))
        for key, card in terms.scorecards.items()
    ]


def _rows(card: Scorecard, titles: Mapping[str, str]) -> list[RowRead]:
    return [
        RowRead(
            key=row.key,
            sentence=row_sentence(row, registry=registry, titles=titles),
            rule=row_rule(row, registry=registry),
            points=row.points,
            exactly=row_exactly(row, registry=registry, titles=titles),
        )
        for row in card.rows
    ]


def _grades(card: Scorecard) -> str:
    begins = [
        _("%(grade)s from %(points)s points on") % {"grade": name, "points": points}
        for name, points in card.grades
    ]
    last = _("%(grade)s below") % {"grade": card.last_grade}
    return ", ".join([*begins, last])
