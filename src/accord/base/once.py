"""What is asked again and again is asked once, until it is another.

Settings, such as people, hours, pools and the agreement, are asked for at every step of data's way
and seldom change. Within `asking_once` they are asked when a row of their tables is another than
at the last time; one statement says how all these tables stand.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

_known: ContextVar[dict[str, str] | None] = ContextVar("known", default=None)
_tables: set[str] = set()
_answers: dict[Any, tuple[Any, Any]] = {}
"""Of this process: how the tables stood that a question is about, and what the answer was."""

# A row that was changed is another version: it lies elsewhere, or another transaction wrote it.
_STAND = """
SELECT '{table}', md5(coalesce(string_agg(ctid::text || ' ' || xmin, ',' ORDER BY ctid), ''))
FROM {table}
"""

Args = ParamSpec("Args")
Answer = TypeVar("Answer")
Each = TypeVar("Each")


@contextmanager
def asking_once() -> Iterator[None]:
    """In here, what is marked is asked once, until it changes. Only where nothing of it changes."""
    known = _known.get()
    before = _known.set({} if known is None else known)
    try:
        yield
    finally:
        _known.reset(before)


def asked_until_changed(
    *tables: str,
) -> Callable[[Callable[Args, Answer]], Callable[Args, Answer]]:
    """Mark a question whose answer stays the same within `asking_once` while these tables do.

    Nobody may change the answer: the next one who asks gets the same.
    """
    _tables.update(tables)

    def mark(ask: Callable[Args, Answer]) -> Callable[Args, Answer]:
        @wraps(ask)
        def answer(*args: Args.args, **named: Args.kwargs) -> Answer:
            known = _known.get()
            if known is None:
                return ask(*args, **named)
            key, stand = (ask, args, tuple(sorted(named.items()))), _stand(known, tables)
            found = _answers.get(key)
            if found is None or found[0] != stand:
                found = _answers[key] = (stand, ask(*args, **named))
            kept: Answer = found[1]
            return kept

        return answer

    return mark


def each_asked_until_changed(
    *tables: str,
) -> Callable[
    [Callable[[Collection[Each]], dict[Each, Answer]]],
    Callable[[Collection[Each]], dict[Each, Answer]],
]:
    """As `asked_until_changed`, for a question about many: of each it is asked once."""
    _tables.update(tables)

    def mark(
        ask: Callable[[Collection[Each]], dict[Each, Answer]],
    ) -> Callable[[Collection[Each]], dict[Each, Answer]]:
        @wraps(ask)
        def answer(many: Collection[Each]) -> dict[Each, Answer]:
            known = _known.get()
            if known is None:
                return ask(many)
            stand = _stand(known, tables)
            before = _answers.get(ask)
            answers: dict[Each, tuple[Answer, ...]]
            answers = before[1] if before is not None and before[0] == stand else {}
            missing = {each for each in many if each not in answers}
            if missing:
                found = ask(missing)
                told = {each: (found[each],) if each in found else () for each in missing}
                answers = {**answers, **told}
                _answers[ask] = (stand, answers)
            return {each: said for each in many for said in answers[each]}

        return answer

    return mark


def _stand(known: dict[str, str], tables: tuple[str, ...]) -> tuple[str, ...]:
    """How these tables stand, as of the first question within `asking_once`.

    A table whose question was only now imported is looked at then; the others stand as they did.
    """
    if any(table not in known for table in tables):
        known |= {**_all_stand(), **known}
    return tuple(known[table] for table in tables)


def _all_stand() -> Mapping[str, str]:
    statement = "UNION ALL".join(_STAND.format(table=table) for table in sorted(_tables))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return dict(cursor.fetchall())
