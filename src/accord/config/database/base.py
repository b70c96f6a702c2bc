"""The connection to the database; Django finds it by this file's name."""

import select

from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL
from psycopg.pq import TransactionStatus

_WELL = (TransactionStatus.IDLE, TransactionStatus.INTRANS)


class DatabaseWrapper(PostgreSQL):
    """Before a request, a database is only asked whether it is there when it has said something.

    One that ended has closed its side, which is to be read on this one. Nothing else is ever
    said unasked on a connection of Django's.
    """

    def is_usable(self) -> bool:
        """Whether statements can be sent."""
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.info.transaction_status not in _WELL:
            return super().is_usable()
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return super().is_usable() if poll.poll(0) else True
