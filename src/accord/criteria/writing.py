"""What definitions and scorecards say, as SQL over the answers of their clauses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accord.criteria.checking import expand
from accord.criteria.expressions import COMPARE, Asked, Parts, ask, points_for, points_turn
from accord.criteria.language import Clause, Count, Definition, Group, Reference, Score, Test
from accord.criteria.scorecards import ClauseRow, EventRow, Scorecard


@dataclass
class Writer:
    """Writes the clauses. Each that asks something stands once in the inner query: its answer
    in the array `said`, its next boundary in time as a column."""

    parts: Parts
    definitions: Mapping[str, Definition]
    _asked: dict[str, Asked] = field(default_factory=dict)
    _boundary: dict[str, str] = field(default_factory=dict)
    _given: dict[str, str] = field(default_factory=dict)

    def asked(self) -> list[Asked]:
        """What the clauses ask, in the order of `said`."""
        return list(self._asked.values())

    def columns(self) -> list[str]:
        """The columns of boundaries in time, and of points for what was done."""
        both = {**self._boundary, **self._given}
        return [f"{sql} AS {name}" for sql, name in both.items()]

    def row(self, number: int, key: str, definition: Definition) -> str:
        """The row of one definition, in terms of `said`."""
        must = self._expanded(definition.must)
        verdict = self._outcome(must)
        stated = [(leaf.key, self._outcome(self._expanded(leaf))) for leaf in definition.leaves()]
        columns = (
            str(number),
            self.parts.param(key, "text"),
            verdict,
            self._keys(stated),
            self._keys([(name, f"NOT {sql}") for name, sql in stated]),
            f"CASE WHEN {verdict} IS NULL THEN {self._missing(must)} ELSE '{{}}'::text[] END",
        )
        return f"({', '.join(columns)})"

    def verdict(self, key: str, definition: Definition) -> str:
        """The row of one definition without its reasons."""
        verdict = self._outcome(self._expanded(definition.must))
        return f"({self.parts.param(key, 'text')}, {verdict})"

    def look(self, number: int, definition: Definition) -> str:
        """When to look at a lead again because of one definition, in terms of the boundaries."""
        stated = (definition.must, *definition.should)
        everything = Group("", "", "all", tuple(map(self._expanded, stated)))
        return f"WHEN {number} THEN {self._first(self._boundaries(everything))}"

    def scores(self, scorecards: Mapping[str, Scorecard]) -> str:
        """The points of each lead, in terms of `said` and of the points for what was done."""
        columns, totals, looks = [], [], set[str]()
        for key, card in scorecards.items():
            given, unknown = self._points_of(card)
            columns += [f"{given} AS {key}_given", f"{unknown} AS {key}_unknown"]
            each = (f"{key}_given[{place}]" for place in range(1, len(card.rows) + 1))
            totals.append(f"{' + '.join(each)} AS {key}_points")
            looks |= self._turns_of(key, card)
        return (
            f"SELECT scored.*, {', '.join(totals)} FROM (SELECT leaf.lead_id, "
            f"{', '.join(columns)}, {self._first(looks)} AS recheck_at FROM leaf) AS scored"
        )

    def _points_of(self, card: Scorecard) -> tuple[str, str]:
        """What each row gives, in one array, and the keys of the rows of which nobody can tell."""
        events = [points_for(row, self.parts) for row in card.rows if isinstance(row, EventRow)]
        if events:
            given = f"ARRAY[{', '.join(events)}]::numeric[]"
            name = self._given.setdefault(given, f"s{len(self._given)}")
            return f"leaf.{name}", "'{}'::text[]"
        clauses = [row for row in card.rows if isinstance(row, ClauseRow)]
        outcomes = [(row, self._outcome(self._expanded(row.clause))) for row in clauses]
        points = [f"CASE WHEN {sql} THEN {row.points} ELSE 0 END" for row, sql in outcomes]
        unknown = self._keys([(row.key, f"{sql} IS NULL") for row, sql in outcomes])
        return f"ARRAY[{', '.join(points)}]::numeric[]", unknown

    def _turns_of(self, key: str, card: Scorecard) -> set[str]:
        """The boundaries at which time alone changes the points of a card."""
        turns = set[str]()
        for row in card.rows:
            if isinstance(row, ClauseRow):
                turns |= self._boundaries(self._expanded(row.clause))
        if any(isinstance(row, EventRow) for row in card.rows):
            turn = points_turn(key, self.parts)
            turns.add(f"leaf.{self._boundary.setdefault(turn, f'r{len(self._boundary)}')}")
        return turns

    def _expanded(self, clause: Clause) -> Clause:
        return expand(clause, self.definitions)

    @staticmethod
    def _first(boundaries: set[str]) -> str:
        if not boundaries:
            return "NULL::timestamptz"
        return f"LEAST({', '.join(sorted(boundaries))})"

    def _keys(self, stated: Sequence[tuple[str, str]]) -> str:
        if not stated:
            return "'{}'::text[]"
        cases = [
            f"CASE WHEN {sql} THEN {self.parts.param(name, 'text')} END" for name, sql in stated
        ]
        return f"array_remove(ARRAY[{', '.join(cases)}], NULL)"

    def _outcome(self, clause: Clause) -> str:
        if isinstance(clause, Group):
            return self._group(clause)
        if isinstance(clause, Reference):
            raise TypeError("References are replaced before they are written.")
        if isinstance(clause, Score) and (rows := self._fit(clause)):
            return self._points(clause, rows)
        return self._leaf(clause)

    def _fit(self, score: Score) -> list[ClauseRow]:
        """The clauses that give points; none where points are for what was done."""
        rows = self.parts.scorecards[score.scorecard].rows
        return [row for row in rows if isinstance(row, ClauseRow)]

    def _points(self, score: Score, rows: Sequence[ClauseRow]) -> str:
        """Whether there are so many points, whatever the rows of which nobody can tell give."""
        outcomes = [(row.points, self._outcome(self._expanded(row.clause))) for row in rows]
        least = " + ".join(
            f"CASE WHEN {sql} THEN {points} WHEN {sql} IS NULL THEN {min(points, 0)} ELSE 0 END"
            for points, sql in outcomes
        )
        most = " + ".join(
            f"CASE WHEN {sql} THEN {points} WHEN {sql} IS NULL THEN {max(points, 0)} ELSE 0 END"
            for points, sql in outcomes
        )
        sign, number = COMPARE[score.operator], self.parts.param(score.number, "int")
        # What holds for the least and for the most holds for all between them.
        return (
            f"(CASE WHEN ({least} {sign} {number}) = ({most} {sign} {number}) "
            f"THEN {least} {sign} {number} END)"
        )

    def _group(self, group: Group) -> str:
        if group.kind == "not":
            return f"(NOT {self._outcome(group.items[0])})"
        if not group.items:
            return "FALSE" if group.kind == "any" else "NULL::boolean"
        joint = " AND " if group.kind == "all" else " OR "
        return f"({joint.join(self._outcome(item) for item in group.items)})"

    def _leaf(self, leaf: Test | Count | Score) -> str:
        asked = ask(leaf, self.parts)
        self._asked.setdefault(asked.outcome, asked)
        place = list(self._asked).index(asked.outcome) + 1
        if asked.recheck:
            self._boundary.setdefault(asked.recheck, f"r{len(self._boundary)}")
        return f"leaf.said[{place}]"

    def _boundaries(self, clause: Clause) -> set[str]:
        if isinstance(clause, Group):
            return {name for item in clause.items for name in self._boundaries(item)}
        if isinstance(clause, Reference):
            raise TypeError("References are replaced before they are written.")
        if isinstance(clause, Score) and (rows := self._fit(clause)):
            of_rows = [self._boundaries(self._expanded(row.clause)) for row in rows]
            return set().union(*of_rows)
        recheck = ask(clause, self.parts).recheck
        return {f"leaf.{self._boundary[recheck]}"} if recheck else set()

    def _missing(self, must: Clause) -> str:
        """The facts of leaves that are unknown below groups that are all unknown."""
        open_leaves: dict[str, list[str]] = {}
        self._open(must, [], open_leaves)
        return self._keys(
            [(name, " OR ".join(dict.fromkeys(ways))) for name, ways in sorted(open_leaves.items())]
        )

    def _open(self, clause: Clause, above: list[str], found: dict[str, list[str]]) -> None:
        unknown = [*above, f"{self._outcome(clause)} IS NULL"]
        if isinstance(clause, Group):
            for item in clause.items:
                self._open(item, unknown, found)
        elif isinstance(clause, Score):
            for row in self._fit(clause):
                self._open(self._expanded(row.clause), unknown, found)
        elif not isinstance(clause, Reference):
            name = clause.fact if isinstance(clause, Test) else clause.behaviour
            found.setdefault(name, []).append(f"({' AND '.join(unknown)})")
