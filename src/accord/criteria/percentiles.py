"""Percentiles as the database works them out."""

from typing import Any

from django.db.models import Aggregate, DurationField


class Percentile(Aggregate):
    """The value below which the fraction `at` (0 to 1) of the rows lies, interpolated.

    PostgreSQL's `percentile_cont` over a duration.
    """

    function = "PERCENTILE_CONT"
    name = "percentile"
    output_field = DurationField()

    def __init__(self, expression: Any, at: float, **extra: Any) -> None:
        if not 0 <= at <= 1:
            raise ValueError("A percentile lies between 0 and 1.")
        super().__init__(
            expression,
            template=f"%(function)s({float(at)}) WITHIN GROUP (ORDER BY %(expressions)s)",
            **extra,
        )
