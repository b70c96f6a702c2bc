"""The oracle: a pure three-valued judge, written from the language and not from the compiler.

True, False, and None for cannot tell. A lead is a dict of facts; what was done is a list of
(kind, outcome, moment, ...); `watched` says since when each kind is watched.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from accord.criteria.language import Count, Group, Reference, Score
from accord.criteria.scorecards import ClauseRow

CLOSED = {"yes_no": False, "number": 0, "money": 0, "text": "", "choice": "", "texts": []}


@dataclass
class World:
    registry: object
    definitions: dict
    at: datetime
    watched: dict
    facts: dict = field(default_factory=dict)
    done: list = field(default_factory=list)
    scorecards: dict = field(default_factory=dict)


def outcome(clause, world):
    if isinstance(clause, Reference):
        return outcome(world.definitions[clause.definition].must, world)
    if isinstance(clause, Group):
        below = [outcome(item, world) for item in clause.items]
        if clause.kind == "not":
            return None if below[0] is None else not below[0]
        decisive = clause.kind == "any"
        if decisive in below:
            return decisive
        if not below:
            return False if clause.kind == "any" else None
        return None if None in below else not decisive
    if isinstance(clause, Score):
        return score(clause, world)
    return count(clause, world) if isinstance(clause, Count) else test(clause, world)


def test(clause, world):
    fact = world.registry.facts[clause.fact]
    value = world.facts.get(fact.key)
    if value is None and not fact.is_open:
        value = CLOSED[fact.type]
    if clause.operator == "known":
        return (value is not None) == clause.value
    if value is None:
        return None
    if fact.type in ("date", "moment"):
        return dated(clause, fact, value, world.at)
    if fact.type == "texts":
        asked = fold(clause.value if isinstance(clause.value, list) else [clause.value])
        return bool(set(asked) & set(fold(value))) == (clause.operator in ("is", "one_of"))
    return compare(clause.operator, fold(value), fold(clause.value))


def fold(value):
    if isinstance(value, list):
        return [fold(item) for item in value]
    return value.lower() if isinstance(value, str) else value


def compare(operator, value, wanted):
    return {
        "is": lambda: value == wanted,
        "is_not": lambda: value != wanted,
        "one_of": lambda: value in wanted,
        "none_of": lambda: value not in wanted,
        "contains": lambda: wanted in value,
        "at_least": lambda: value >= wanted,
        "at_most": lambda: value <= wanted,
        "more_than": lambda: value > wanted,
        "less_than": lambda: value < wanted,
    }[operator]()


def dated(clause, fact, value, at):
    if clause.operator in ("before", "after"):
        day = value.astimezone(UTC).date() if fact.type == "moment" else value
        wanted = date.fromisoformat(str(clause.value))
        return day < wanted if clause.operator == "before" else day > wanted
    if fact.type == "date":
        ago = (at.astimezone(UTC).date() - value).days
        return {
            "in_last_days": 0 <= ago <= clause.value,
            "in_next_days": 0 <= -ago <= clause.value,
            "older_than_days": ago > clause.value,
        }[clause.operator]
    span, ago = timedelta(days=clause.value), at - value
    return {
        "in_last_days": timedelta(0) <= ago < span,
        "in_next_days": timedelta(0) < -ago <= span,
        "older_than_days": ago >= span,
    }[clause.operator]


def count(clause, world):
    behaviour = world.registry.behaviours[clause.behaviour]
    begins = None if clause.within_days is None else world.at - timedelta(days=clause.within_days)
    number = sum(
        kind in behaviour.kinds
        and (not behaviour.outcomes or what in behaviour.outcomes)
        and moment <= world.at
        and (begins is None or moment > begins)
        for kind, what, moment, *_ in world.done
    )
    limit = clause.number + (clause.operator in ("more_than", "at_most"))
    since = [world.watched.get(kind) for kind in behaviour.kinds]
    is_watched = begins is not None and None not in since and max(since) <= begins
    reached = True if number >= limit else (False if is_watched else None)
    if limit == 0:
        reached = True
    if clause.operator in ("at_most", "less_than"):
        return None if reached is None else not reached
    return reached


def worth(row, world):
    """The points of a row for what was done, the newest times first."""
    behaviour = world.registry.behaviours[row.behaviour]
    ages = sorted(
        world.at - moment
        for kind, what, moment, *_ in world.done
        if kind in behaviour.kinds
        and (not behaviour.outcomes or what in behaviour.outcomes)
        and moment <= world.at
    )
    total = Decimal(0)
    for age in ages[: row.at_most]:
        if row.loses:
            steps = age // timedelta(days=row.loses.every_days)
            left = max(0, 100 - row.loses.percent * steps)
        else:
            left = 100 * (row.within_days is None or age < timedelta(days=row.within_days))
        total += Decimal(row.points) * left / 100
    return total


def given(card, world):
    """(points of each row, keys of the rows of which nobody can tell)."""
    points, unknown = [], []
    for row in card.rows:
        if not isinstance(row, ClauseRow):
            points.append(worth(row, world))
            continue
        met = outcome(row.clause, world)
        points.append(Decimal(row.points if met else 0))
        unknown += [row.key] if met is None else []
    return points, unknown


def score(clause, world):
    """Three-valued: what the rows of which nobody can tell might give decides."""
    card = world.scorecards[clause.scorecard]
    points, unknown = given(card, world)
    open_rows = [row.points for row in card.rows if row.key in unknown]
    totals = {sum(points)}
    for each in open_rows:
        totals |= {total + each for total in totals}
    answers = {
        compare(clause.operator, total, clause.number) for total in (min(totals), max(totals))
    }
    return answers.pop() if len(answers) == 1 else None


def missing(must, world):
    """The facts whose leaves are unknown below groups that are all unknown."""

    def walk(clause):
        if outcome(clause, world) is not None:
            return set()
        if isinstance(clause, Reference):
            return walk(world.definitions[clause.definition].must)
        if isinstance(clause, Group):
            return set().union(*(walk(item) for item in clause.items), set())
        if isinstance(clause, Score):
            rows = world.scorecards[clause.scorecard].rows
            clauses = [row.clause for row in rows if isinstance(row, ClauseRow)]
            return set().union(*map(walk, clauses))
        return {clause.behaviour if isinstance(clause, Count) else clause.fact}

    return sorted(walk(must))


def judge(definition, world):
    """(verdict, met, unmet, missing) as the compiler gives them."""
    leaves = list(definition.leaves())
    return (
        outcome(definition.must, world),
        [leaf.key for leaf in leaves if outcome(leaf, world) is True],
        [leaf.key for leaf in leaves if outcome(leaf, world) is False],
        missing(definition.must, world),
    )
