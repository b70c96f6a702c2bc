"""A large company at work, for looking at its pages: handoffs, answers, deals."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count

from accord.agreement.queries import running
from accord.bench.actions.filling import fill
from accord.bench.actions.place import open_shop, vacuum
from accord.bench.repeated import SMALL
from accord.flows import close, follow_up, pass_back
from accord.flows.begin import add_person
from accord.flows.close import Lost, Opening
from accord.flows.hand_off import offer
from accord.flows.pass_back import Said
from accord.flows.recheck import re_evaluate
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Handoff
from accord.leads.models import Lead
from accord.qualification.models import Outcome, Verdict
from accord.teams.actions import Newcomer
from accord.teams.models import Role, User

DAYS = 60
A_FEW_DAYS = 10  # for a trial: the first deals are closed
REPS = 12
ONE_IN = 1_000  # of the leads are handed over each day, one at least
OPEN_FOR = 3  # days after which a handoff is answered
SOLD_AFTER = 5  # days after which a deal is closed


@dataclass
class Company:
    """Who works there, and what they have done so far."""

    head: User
    reps: Sequence[User]
    offered: list[list[Handoff]] = field(default_factory=list)
    deals: list[list[uuid.UUID]] = field(default_factory=list)


def grow(*, leads: int, at: datetime) -> Company:
    """So many leads of a year, and two months of work on those that were ready, up to `at`.

    With few leads it is a few weeks.
    """
    days = A_FEW_DAYS if leads < SMALL else DAYS
    began_at = at - timedelta(days=600)
    company = Company(
        head=open_shop(at=began_at),
        reps=[
            add_person(newcomer=Newcomer(f"rep-{n}@example.com", f"Rep {n}", [Role.REP]), at=at)
            for n in range(REPS)
        ],
    )
    fill(leads=leads, at=at)
    vacuum()
    re_evaluate(at=at - timedelta(days=days))
    terms = running()
    met = Verdict.objects.filter(definition=terms.gate, outcome=Outcome.MET)
    ready = list(
        met.order_by("id").values_list("lead_id", flat=True)[: days * max(leads // ONE_IN, 1)]
    )
    for day in range(days):
        moment = at - timedelta(days=days - day)
        _work(company, ready[day::days], moment)
    vacuum()
    return company


def _work(company: Company, ready: Sequence[uuid.UUID], at: datetime) -> None:
    """A day: some leads are handed over, older handoffs answered, older deals closed."""
    by = company.head.id
    company.offered.append(list(offer(leads=ready, by=by, why="They fit.", at=at)))
    answered = company.offered[-OPEN_FOR - 1] if len(company.offered) > OPEN_FOR else []
    company.deals.append(_answer(answered, by, at + timedelta(hours=1)))
    closed = company.deals[-SOLD_AFTER - 1] if len(company.deals) > SOLD_AFTER else []
    if closed:
        _close(closed, by, at + timedelta(hours=2))


def _answer(handoffs: Sequence[Handoff], by: uuid.UUID, at: datetime) -> list[uuid.UUID]:
    """Three in ten become deals, one in twenty stays open, the rest is passed back; the deals."""
    if not handoffs:
        return []
    tried = [
        Attempt(lead_id=each.lead_id, channel="call", outcome="no_answer") for each in handoffs
    ]
    follow_up.log_attempts(attempts=tried, by=by, at=at)
    count = len(handoffs)
    sold, returned = handoffs[: 3 * count // 10], handoffs[3 * count // 10 : 19 * count // 20]
    reason = next(key for key, each in running().reasons.items() if each.asks is None)
    if returned:
        ids = [each.id for each in returned]
        pass_back.pass_back(handoffs=ids, said=Said(reason=reason), by=by, at=at)
    leads = [Opening(lead_id=each.lead_id, title="Forty seats") for each in sold]
    return close.open_deals(openings=leads, by=by, at=at) if leads else []


def _close(deals: Sequence[uuid.UUID], by: uuid.UUID, at: datetime) -> None:
    """Half of them are won, most of the others lost."""
    half, most = len(deals) // 2, 9 * len(deals) // 10
    if half:
        close.win_deals(amounts=dict.fromkeys(deals[:half]), by=by, at=at)
    reason = next(iter(running().loss_reasons))
    lost = [Lost(deal_id=deal, reason=reason) for deal in deals[half:most]]
    if lost:
        close.lose_deals(lost=lost, by=by, at=at)


def busiest(number: int) -> list[uuid.UUID]:
    """Leads that were handed over, the newest first."""
    worked = Handoff.objects.order_by("-offered_at", "id").values_list("lead_id", flat=True)
    return list(worked[:number])


def first_source() -> str:
    """A source that leads came from."""
    return str(Lead.objects.values_list("source", flat=True).first())


def largest(number: int) -> list[uuid.UUID]:
    """The companies that most leads belong to."""
    counted = Lead.objects.filter(company__isnull=False).values_list("company_id")
    return [row[0] for row in counted.annotate(n=Count("id")).order_by("-n", "company_id")[:number]]
