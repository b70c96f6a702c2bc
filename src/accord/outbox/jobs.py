"""Jobs by name, deferred in the transaction of the change that asks for them.

The rooms know only names; `accord.jobs` has the tasks. A job whose transaction is rolled back
never runs.
"""

from collections.abc import Sequence
from typing import Any

from procrastinate.contrib.django import app


def defer(name: str, **args: Any) -> None:
    """Have the task called `name` run soon after the commit. Arguments must be plain JSON.

    Raises procrastinate's TaskNotFound when no task is called so.
    """
    app.configure_task(name, allow_unknown=False).defer(**args)


def defer_each(name: str, many: Sequence[dict[str, Any]]) -> None:
    """As `defer`, once for each set of arguments, in one statement."""
    if many:
        app.configure_task(name, allow_unknown=False).batch_defer(*many)
