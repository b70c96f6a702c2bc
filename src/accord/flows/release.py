"""Release: hand over what a new version of the agreement made ready, by what sales has time for."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accord.agreement.queries import NoAgreement, running
from accord.agreement.terms import Terms
from accord.criteria.metrics import Scope
from accord.flows.hand_off import hand_off
from accord.handoffs.metrics import offered
from accord.handoffs.queries import newly_ready
from accord.teams.queries import company_calendar, present, reps
from accord.teams.rules import Calendar, elapsed

_BATCH = 500
_A_MOMENT = timedelta(minutes=1)


def release(*, at: datetime) -> int:
    """Hand over leads that a new version made ready, those with the most points first; how many.

    `reps present x attempts a day / attempts promised for each` a day, less what was handed over
    today. Nothing goes out where the agreement does not say how many attempts a rep can make,
    nor outside the company's hours.
    """
    try:
        terms = running()
    except NoAgreement:
        return 0
    room = _room(terms, company_calendar(), at)
    if room < 1:
        return 0
    leads = newly_ready(terms=terms, limit=_BATCH)
    return len(hand_off(leads=leads, at=at, most=room))


def _room(terms: Terms, calendar: Calendar, at: datetime) -> int:
    """How many more leads the reps can take on today."""
    if not terms.sales.attempts_a_day or not elapsed(calendar, at, at + _A_MOMENT):
        return 0
    zone = ZoneInfo(calendar.time_zone)
    begins = datetime.combine(at.astimezone(zone).date(), time(), tzinfo=zone)
    handed_over = offered(Scope(at=at, begins_at=begins)).count()
    here = len(present({rep.id for rep in reps()}, at))
    return here * terms.sales.attempts_a_day // terms.attempts.at_least - handed_over
