"""What somebody here found out about a lead walks the way like everything else."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accord.base.lifecycle import Side
from accord.flows.advance import advance
from accord.flows.evaluate import evaluate
from accord.flows.hand_off import hand_off
from accord.leads import actions
from accord.leads.actions.holding import hold_leads

_RECOGNISED_BY = ("email", "phone")


def learn(
    *, lead: uuid.UUID, facts: Mapping[str, Any], by: uuid.UUID, side: Side, at: datetime
) -> list[str]:
    """Set facts of a lead, judge it anew, and hand it over if that makes it ready.

    Returns the facts that changed; their old values stay behind. Raises Conflict when an
    address or number already belongs to another lead.
    """
    identities = [(kind, facts[kind]) for kind in _RECOGNISED_BY if facts.get(kind)]
    with transaction.atomic():
        hold_leads(leads={lead})
        actions.add_identities(lead=lead, identities=identities, at=at)
        changed = actions.change_facts(changes={lead: facts}, by=by, side=side, at=at)
        if changed:
            evaluate(leads=[lead], at=at)
            advance(leads=[lead], at=at)
            hand_off(leads=[lead], at=at)
    return changed.get(lead, [])
