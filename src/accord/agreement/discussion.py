"""What is said of a proposal: beside each change, and of the clauses that stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.agreement import queries
from accord.agreement.comparing import Change, changes
from accord.agreement.models import Comment
from accord.agreement.saying import said
from accord.agreement.terms import Terms

_MOST = 90  # characters of a clause in the list to choose from


@dataclass(frozen=True)
class Discussed:
    """A change with what is said of it."""

    change: Change
    comments: Sequence[Comment]


@dataclass(frozen=True)
class Discussion:
    """Each change with its thread; `others` are of other clauses, with their place ("" for all).

    `clauses` are those that stay as they are: (key, place and the beginning of what it says).
    """

    changes: Sequence[Discussed]
    others: Sequence[tuple[str, Comment]]
    clauses: Sequence[tuple[str, str]]


def discussion(terms: Terms, older: int | None) -> Discussion:
    """What is said of a version, and what it changes to the one before it."""
    changed = changes(queries.terms_of(older), terms) if older else []
    threads: dict[str, list[Comment]] = {}
    for each in queries.comments(terms.number):
        threads.setdefault(each.place, []).append(each)
    lines = said(terms)
    own = {change.key for change in changed}
    names = {key: line.place for key, line in lines.items()}
    return Discussion(
        changes=[Discussed(change, threads.get(change.key, ())) for change in changed],
        others=[
            (names.get(place, place), each)
            for place, thread in threads.items()
            if place not in own
            for each in thread
        ],
        clauses=[
            (key, f"{line.place}: {line.text}"[:_MOST])
            for key, line in lines.items()
            if key not in own and line.text and not line.is_group
        ],
    )
