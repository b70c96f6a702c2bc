"""What time alone changes, and what a new version of the agreement changes."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from accord.agreement import actions as agreement
from accord.agreement.queries import NoAgreement, running
from accord.flows.advance import advance
from accord.flows.evaluate import evaluate
from accord.flows.hand_off import hand_off
from accord.leads.queries import any_leads
from accord.qualification import actions as qualification
from accord.qualification import queries

BATCH = 1_000


def recheck(*, at: datetime, limit: int = BATCH) -> int:
    """Judge again the leads whose verdict the passing of time may have changed; how many.

    A count within so many days falls as the days go by: the verdict says when to look again.
    Whoever waits for its release goes on waiting.
    """
    leads = queries.to_recheck(at=at, limit=limit)
    if leads:
        with transaction.atomic():
            evaluate(leads=leads, at=at)
            advance(leads=leads, at=at)
            kept_back = queries.kept_back(leads)
            hand_off(leads=[lead for lead in leads if lead not in kept_back], at=at)
    return len(leads)


def re_evaluate(*, at: datetime) -> int:
    """Judge all leads by the agreement that now runs, and move those on that meet it.

    Hands nothing over: what a new version makes ready would come in a flood, so `release` lets
    it go bit by bit. The past stays as it is. Returns the number of verdicts that changed.
    """
    changed = 0
    with transaction.atomic():
        if any_leads():
            changed = evaluate(leads=None, at=at)
            advance(leads=None, at=at)
        with suppress(NoAgreement):  # before set-up
            terms = running()
            qualification.keep_back(gate=terms.gate, at=at)
            agreement.note_judged(number=terms.number, at=at)
    return changed
