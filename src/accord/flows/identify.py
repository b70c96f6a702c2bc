"""Step 2, identify: who is this? Never two leads for one person."""

from collections.abc import Sequence
from datetime import datetime

from accord.leads import actions
from accord.leads.rules import Entry


def identify(*, entries: Sequence[Entry], at: datetime) -> None:
    """Set `lead_id` and `is_new` on each entry.

    E-mail address before phone number before id in another system before visitor.
    """
    actions.claim_identities(entries=entries, at=at)
