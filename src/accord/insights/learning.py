"""Points for who a lead is, learnt from what became of leads: a suggestion, applied by nobody.

Only what was known when a lead came may teach. The older leads teach, the newer ones check: on
them it is compared with the scorecard of today.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accord.agreement.terms import Terms
from accord.base.errors import Invalid
from accord.criteria.checking import expand
from accord.criteria.explain import row_sentence, sentence
from accord.criteria.language import Clause, Test, leaves
from accord.criteria.registry import Fact, registry
from accord.criteria.scorecards import FIT, GRADES, ClauseRow, Row
from accord.insights.candidates import Candidate, candidates, holds
from accord.insights.checked import Checked, Move, checked, grade_of
from accord.insights.fitting import Fitted, fit
from accord.insights.outcomes import Known, known_outcomes
from accord.insights.rules import Share, share
from accord.qualification.asking import card_at_first, facts_at_first

FEWEST_OUTCOMES = 200
FEWEST_WINS = 20
_TAUGHT = 0.7  # of the leads, the older ones; the rest check
_LEARNT_LATER = 0.9  # of those of whom a fact is known won: it was learnt because they won


class TooFew(Invalid):
    """There are too few outcomes to learn from."""


@dataclass(frozen=True)
class LearntRow:
    """A row of the suggested card: its points, and of how many leads it held, with the wins."""

    raw: Mapping[str, Any]
    sentence: str
    points: int
    won: Share


@dataclass(frozen=True)
class Learnt:
    """A suggested scorecard with how it compares; `left_out` are facts learnt after the win.

    `today` is the card that runs, without the rows `not_asked`, which ask for those facts; None
    where nothing is left of it. `moves` are the checking leads by their grade now and then.
    """

    outcomes: int
    wins: int
    patience: float
    taught: int
    checked: int
    rows: Sequence[LearntRow]
    grades: Mapping[str, int]
    suggested: Checked
    today: Checked | None
    moves: Sequence[Move]
    left_out: Sequence[str]
    not_asked: Sequence[str]

    def scorecard(self, title: str, text: str) -> dict[str, Any]:
        """The card as a document writes it."""
        rows = [{"points": row.points, **row.raw} for row in self.rows]
        return {"title": title, "text": text, "rows": rows, "grades": dict(self.grades)}


def learn_fit(terms: Terms, *, at: datetime) -> Learnt:
    """A fit scorecard that tells those who won from those who did not.

    Raises TooFew under FEWEST_OUTCOMES outcomes or FEWEST_WINS wins, or where nothing that is
    known of leads tells them apart; the sentence names the numbers.
    """
    known = known_outcomes(at=at)
    _check(known)
    names = [key for key, fact in registry.facts.items() if _may_teach(fact)]
    values = facts_at_first(names, leads=list(known.won), at=at)
    leads = [lead for lead in known.won if lead in values]
    cut = round(len(leads) * _TAUGHT)
    teaching, checking = leads[:cut], leads[cut:]
    columns = {name: place for place, name in enumerate(names)}
    left_out = [name for name in names if _is_learnt_later(name, columns, values, known.won)]
    found = [
        candidate
        for name in names
        if name not in left_out
        for candidate in candidates(
            registry.fact(name), [values[lead][columns[name]] for lead in teaching]
        )
    ]
    answers = {
        lead: [holds(each.test, values[lead][columns[each.test.fact]]) for each in found]
        for lead in leads
    }
    won = [known.won[lead] for lead in teaching]
    fitted = fit([answers[lead] for lead in teaching], won) if found and any(won) else None
    if fitted is None or not fitted.points:
        raise TooFew(
            _(
                "Nothing that was known of %(leads)s leads when they came tells those "
                "who won from those who did not."
            )
            % {"leads": f"{len(leads):,}"}
        )
    points = {lead: fitted.points_of(answers[lead]) for lead in leads}
    grades = _grades([points[lead] for lead in teaching])
    today, not_asked = _fair(terms, left_out)
    given = _points(today, leads=leads, at=at)
    return Learnt(
        outcomes=len(leads),
        wins=sum(known.won[lead] for lead in leads),
        patience=known.patience,
        taught=len(teaching),
        checked=len(checking),
        rows=[*_rows(fitted, found, answers, known.won)],
        grades=grades,
        suggested=checked(points, grades, teaching, checking, known.won),
        today=_checked(given, today, teaching, checking, known.won),
        moves=_moves(given, today, points, grades, checking, known.won),
        not_asked=not_asked,
        left_out=[str(registry.fact(name).label) for name in left_out],
    )


def _check(known: Known) -> None:
    leads, wins = f"{len(known.won):,}", f"{known.wins:,}"
    if len(known.won) < FEWEST_OUTCOMES:
        raise TooFew(
            _(
                "%(leads)s leads have a known outcome; %(fewest)s are needed "
                "to learn from. A lead counts once it won, or had as much time as nine "
                "in ten winners took."
            )
            % {"leads": leads, "fewest": FEWEST_OUTCOMES}
        )
    if known.wins < FEWEST_WINS:
        raise TooFew(
            _("%(wins)s of %(leads)s leads won; %(fewest)s wins are needed to learn from.")
            % {"wins": wins, "leads": leads, "fewest": FEWEST_WINS}
        )


def _may_teach(fact: Fact) -> bool:
    kinds = ("text", "choice", "number", "money", "yes_no")
    return not fact.tells_who and not fact.follows and fact.type in kinds


def _is_learnt_later(
    name: str,
    columns: Mapping[str, int],
    values: Mapping[uuid.UUID, Sequence[Any]],
    won: Mapping[uuid.UUID, bool],
) -> bool:
    """Whether nearly all of whom a fact is known won: then the win is why it is known."""
    if not registry.fact(name).is_open:
        return False
    known = [won[lead] for lead, row in values.items() if row[columns[name]] is not None]
    share_of_all = sum(won[lead] for lead in values) / max(len(values), 1)
    return bool(known) and sum(known) / len(known) >= max(_LEARNT_LATER, share_of_all + 0.05)


def _rows(
    fitted: Fitted,
    found: Sequence[Candidate],
    answers: Mapping[uuid.UUID, Sequence[bool]],
    won: Mapping[uuid.UUID, bool],
) -> Iterator[LearntRow]:
    for place, points in sorted(fitted.points.items(), key=lambda each: -each[1]):
        candidate = found[place]
        clause: Clause = replace(candidate.test, key=candidate.key)
        held = [won[lead] for lead, said in answers.items() if said[place]]
        yield LearntRow(
            raw=candidate.raw,
            sentence=sentence(clause, registry=registry, titles={}),  # a row asks facts only
            points=points,
            won=share(sum(held), len(held)),
        )


def _grades(points: Sequence[int]) -> dict[str, int]:
    """The best grade for about the best fifth, the next for the best half."""
    ordered = sorted(points, reverse=True)
    best, good = ordered[len(ordered) // 5], ordered[len(ordered) // 2]
    first, second, _last = GRADES[FIT]
    return {first: best if best > good else good + 1, second: good}


def _fair(terms: Terms, left_out: Sequence[str]) -> tuple[Terms | None, list[str]]:
    """The terms with the card of today as far as it asks nothing that only winners have, and
    what its other rows ask; None where no row is left."""
    card = terms.scorecards.get(FIT)
    if card is None:
        return None, []
    unfair = [row for row in card.rows if _facts_of(row, terms) & set(left_out)]
    kept = tuple(row for row in card.rows if row not in unfair)
    said = [row_sentence(row, registry=registry, titles=terms.titles) for row in unfair]
    if not kept:
        return None, said
    return replace(terms, scorecards={**terms.scorecards, FIT: replace(card, rows=kept)}), said


def _points(
    terms: Terms | None, *, leads: Sequence[uuid.UUID], at: datetime
) -> Mapping[uuid.UUID, float]:
    return card_at_first(terms, FIT, leads=leads, at=at) if terms else {}


def _checked(
    given: Mapping[uuid.UUID, float],
    terms: Terms | None,
    teaching: Sequence[uuid.UUID],
    checking: Sequence[uuid.UUID],
    won: Mapping[uuid.UUID, bool],
) -> Checked | None:
    """How the card of today does."""
    if terms is None:
        return None
    taught, tried = ([lead for lead in leads if lead in given] for leads in (teaching, checking))
    return checked(given, dict(terms.scorecards[FIT].grades), taught, tried, won)


def _moves(
    given: Mapping[uuid.UUID, float],
    terms: Terms | None,
    points: Mapping[uuid.UUID, float],
    grades: Mapping[str, int],
    checking: Sequence[uuid.UUID],
    won: Mapping[uuid.UUID, bool],
) -> list[Move]:
    """What the suggested card makes of each grade of today's."""
    if terms is None:
        return []
    now = dict(terms.scorecards[FIT].grades)
    found = [
        (grade_of(given[lead], now), grade_of(points[lead], grades), won[lead])
        for lead in checking
        if lead in given
    ]
    return [
        Move(then, later, share(sum(cases), len(cases)))
        for then in GRADES[FIT]
        for later in GRADES[FIT]
        for cases in [[is_won for one, other, is_won in found if (one, other) == (then, later)]]
    ]


def _facts_of(row: Row, terms: Terms) -> set[str]:
    """What a row asks, itself or by the definitions it names."""
    if not isinstance(row, ClauseRow):
        return set()
    asked = leaves(expand(row.clause, terms.definitions))
    return {leaf.fact for leaf in asked if isinstance(leaf, Test)}
