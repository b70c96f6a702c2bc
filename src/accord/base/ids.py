"""Ids are UUIDs of version 7, made by the client.

Rows and the rows that refer to them can so be written with COPY, without a round trip.
"""

import hashlib
import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

import uuid_utils.compat

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


_maker: ContextVar[Callable[[], uuid.UUID] | None] = ContextVar("maker", default=None)


def new_id() -> uuid.UUID:
    """A fresh id, ordered by the moment of its making."""
    make = _maker.get()
    return make() if make else uuid_utils.compat.uuid7()


@contextmanager
def repeatable_ids(origin: uuid.UUID, began_at: datetime) -> Iterator[None]:
    """Within it, fresh ids follow from `origin` and `began_at`: the same story, the same ids."""
    of_row, numbers = derived_ids(origin, began_at, "fresh"), itertools.count()
    token = _maker.set(lambda: of_row(next(numbers)))
    try:
        yield
    finally:
        _maker.reset(token)


def derived_ids(origin: uuid.UUID, began_at: datetime, role: str) -> Callable[[int], uuid.UUID]:
    """A function from a row number (0 to 2**32 - 1) to that row's id in `role`.

    The same (origin, began_at, role, row) gives the same id, so that a resumed run writes
    the same bytes. Layout: milliseconds of `began_at`, the row number, and 42 bits of a
    digest of origin and role; ids of one run are ascending by row.
    """
    milliseconds = int(began_at.timestamp() * 1000)
    digest = hashlib.blake2b(f"{origin}:{role}".encode(), digest_size=8).digest()
    base = (milliseconds << 80) | _VERSION_7 | _VARIANT | (int.from_bytes(digest) >> 22)

    def of_row(row: int) -> uuid.UUID:
        return uuid.UUID(int=base | ((row >> 20) << 64) | ((row & 0xFFFFF) << 42))

    return of_row


def fresh_ids() -> Callable[[str], uuid.UUID]:
    """A function from a role to a fresh id, always the same for the same role."""
    made: dict[str, uuid.UUID] = {}

    def of_role(role: str) -> uuid.UUID:
        return made.setdefault(role, new_id())

    return of_role


def named_id(*parts: object) -> uuid.UUID:
    """The id that belongs to these parts, for rows that exist once for each combination.

    Equal to PostgreSQL's `md5(concat_ws(':', parts…))::uuid`.
    """
    return uuid.UUID(
        hashlib.md5(":".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()
    )
