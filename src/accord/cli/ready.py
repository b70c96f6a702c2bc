"""What a command does before it works: the database runs, and is of this version."""

import os

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accord.base.errors import Refusal, _
from accord.config import postgres
from accord.config.home import home

# Any number that no other software on the same database is likely to choose.
MIGRATION_LOCK = 7_223_112


class NotMigrated(Refusal):
    """The database is of an older version than this Accord."""


def ready(*, migrated: bool = True) -> None:
    """Starts the embedded database where there is no other, and Django.

    An embedded database is also brought to this version; another one only by `accord migrate`,
    because others may be at work on it. Raises NotMigrated then.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.config.settings")
    if is_embedded():
        postgres.start(home())
    django.setup()
    if not migrated or is_migrated():
        return
    if not is_embedded():
        raise NotMigrated(
            _("The database is of an older version than this Accord. Run: accord migrate")
        )
    migrate()


def is_embedded() -> bool:
    """Whether the database is the one that Accord brings along."""
    return not os.environ.get("DATABASE_URL")


def is_migrated() -> bool:
    """Whether the database has all migrations of this version."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def migrate(*, verbosity: int = 0) -> None:
    """Brings the database to this version; of several that try at once, one does it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    try:
        if not is_migrated():
            # First: killed in between, the next start still sees something left to do.
            call_command("createcachetable", verbosity=0)
            call_command("migrate", interactive=False, verbosity=verbosity)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
