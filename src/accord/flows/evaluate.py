"""Step 4, evaluate: met, not met, or cannot tell and what is missing."""

import uuid
from collections.abc import Collection
from datetime import datetime

from accord.agreement.queries import NoAgreement, running
from accord.qualification import actions


def evaluate(*, leads: Collection[uuid.UUID] | None, at: datetime) -> int:
    """Judge leads (None: all) by every definition of the running agreement.

    Only verdicts that changed are written; their number is returned. Before set-up there is
    no agreement and nothing is judged; `begin` makes up for it.
    """
    try:
        terms = running()
    except NoAgreement:
        return 0
    return actions.judge(terms=terms, leads=leads, at=at)
