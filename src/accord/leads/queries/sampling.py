"""A tenth and a hundredth of all leads: always the same ones, whoever asks."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import BooleanField, Func, QuerySet

from accord.leads.models import Lead

TENTH, HUNDREDTH = 10, 100


class OneIn(Func):
    """Whether the lead of this id is among one in so many, by the id's hash.

    `filter(OneIn("lead_id", TENTH))`; a hundredth lies within the tenth.
    """

    output_field = BooleanField()
    template = "(mod(uuid_hash(%(expressions)s), %(number)s) = 0)"

    def __init__(self, column: str, number: int, **extra: Any) -> None:
        super().__init__(column, number=int(number), **extra)


def among(number: int) -> Callable[[str], str]:
    """The condition of `OneIn` on a column, as SQL."""
    return lambda column: f"mod(uuid_hash({column}), {int(number)}) = 0"


def there() -> QuerySet[Lead]:
    """The leads that are there: none that was merged into another."""
    return Lead.objects.filter(merged_into_id__isnull=True)


def sample_of(number: int) -> list[uuid.UUID]:
    """The ids of one lead in so many, sorted."""
    leads = there().filter(OneIn("id", number))
    return list(leads.order_by("id").values_list("id", flat=True))


def rest_of(number: int) -> list[uuid.UUID]:
    """The ids of all leads that are not among one in so many, sorted."""
    leads = there().exclude(OneIn("id", number))
    return list(leads.order_by("id").values_list("id", flat=True))
