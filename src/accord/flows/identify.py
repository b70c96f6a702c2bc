"""Step 2, identify: who is this? Never two leads for one person."""

from collections.abc import Sequence
from datetime import datetime

from accord.leads import actions
from accord.leads.actions.suspecting import suspect
from accord.leads.models import Likeness
from accord.leads.rules import Entry


def identify(*, entries: Sequence[Entry], at: datetime) -> None:
    """Set `lead_id` and `is_new` on each entry.

    E-mail address before phone number before id in another system before visitor. Where one
    submission names two leads, somebody is asked whether they are one person.
    """
    both = actions.claim_identities(entries=entries, at=at)
    if both:
        suspect(pairs=both, likeness=Likeness.IDENTITIES, at=at)
