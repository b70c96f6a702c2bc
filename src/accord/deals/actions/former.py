"""What was expected of deals before their amounts changed."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from accord.base.ids import new_id
from accord.base.rows import copy_rows
from accord.deals.models import Deal, FormerAmount

_COLUMNS = ("id", "lead_id", "deal_id", "amount", "is_kept", "known_from", "known_until")


def keep_former_amounts(*, changing: Iterable[tuple[Deal, Decimal | None]], at: datetime) -> None:
    """Keep the amounts of deals, as they still are, of which another one becomes known at `at`.

    An amount of None says nothing new.
    """
    former = [deal for deal, amount in changing if amount is not None and amount != deal.amount]
    if former:
        rows = (
            (new_id(), deal.lead_id, deal.id, deal.amount, True, deal.known_at, at)
            for deal in sorted(former, key=lambda deal: (deal.lead_id, deal.id))
            if deal.known_at < at
        )
        copy_rows(FormerAmount, _COLUMNS, rows)
