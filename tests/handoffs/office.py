"""A company with two reps and a marketer, for tests, and leads that come to it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accord.agreement import actions as agreement
from accord.agreement.models import Seat
from accord.flows import begin
from accord.flows.receive import Incoming, receive
from accord.flows.take_in import take_in_waiting
from accord.handoffs.models import Handoff
from accord.leads.models import Door, Lead, Submission
from accord.teams.actions import Newcomer
from accord.teams.models import Role, User
from tests.scenes import set_up_once

# A Monday, 10:00 in Berlin.
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
# How to strike the promise of content from the agreement, and the duty that goes with it.
NO_CONTENT = (
    (
        """  content:
    text: Content that sales asks for is there, or marketing says why not.
    within: {working_days: 10}
""",
        "",
    ),
    (
        """  - what: Make the content that sales asks for
    steps: [content]
    responsible: [marketer]
    accountable: head_of_marketing
    consulted: [rep]
""",
        "",
    ),
)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass
class Office:
    """The people of the tests' company."""

    head: User
    mira: User
    tom: User
    max: User

    @property
    def reps(self) -> set[uuid.UUID]:
        """Who takes turns."""
        return {self.mira.id, self.tom.id}


@set_up_once
def open_office(*, time_zone: str = "Europe/Berlin") -> Office:
    """Set up the company: a head of sales who does not sell, two reps, a head of marketing."""
    at = AT - timedelta(days=400)
    company = begin.Company(name="Halden", currency="EUR", time_zone=time_zone, week=WEEK)
    head = begin.begin(company=company, first=person("sofia", [Role.ADMIN]), at=at)
    User.objects.filter(id=head.id).update(roles=[Role.ADMIN, Role.HEAD_OF_SALES])
    head.refresh_from_db()
    return Office(
        head=head,
        mira=begin.add_person(newcomer=person("mira", [Role.REP]), at=at),
        tom=begin.add_person(newcomer=person("tom", [Role.REP]), at=at),
        max=begin.add_person(newcomer=person("max", [Role.HEAD_OF_MARKETING]), at=at),
    )


def person(name: str, roles: list[str]) -> Newcomer:
    """Somebody to add."""
    return Newcomer(
        email=f"{name}@halden.example",
        name=name.title(),
        roles=roles,
        password="long-enough-for-all",
        time_zone="Europe/Berlin",
    )


def send(
    *bodies: dict[str, object],
    at: datetime = AT,
    door: Door = Door.FORM,
    by: uuid.UUID | None = None,
) -> list[Lead]:
    """Send bodies in and take them in; their leads, in the order given."""
    receipts = receive(
        submissions=[Incoming(body=body) for body in bodies], door=door, by=by, at=at
    )
    take_in_waiting(at=at)
    of = dict(
        Submission.objects.filter(id__in=[r.id for r in receipts]).values_list("id", "lead_id")
    )
    leads = Lead.objects.in_bulk(of.values())
    return [leads[of[receipt.id]] for receipt in receipts]


def demo(name: str = "dana", **more: object) -> dict[str, object]:
    """The body of a form that asks for a demo."""
    return {
        "email": f"{name}@acme.example",
        "name": f"{name.title()} Ruiz",
        "asks_for": "demo",
        "need": "to replace our spreadsheets before June",
        **more,
    }


def hand_raise(name: str = "dana", *, at: datetime = AT, **more: object) -> Handoff:
    """The handoff of somebody who asks for a demo."""
    (lead,) = send(demo(name, **more), at=at)
    return Handoff.objects.get(lead_id=lead.id, disposed_at=None)


def change_agreement(office: Office, *changes: tuple[str, str], at: datetime = AT) -> None:
    """Sign an agreement in which texts of the default one are replaced."""
    document = agreement.default_document()
    for old, new in changes:
        assert document.count(old) == 1, old
        document = document.replace(old, new)
    number = agreement.propose(document=document, by=office.head.id, at=at, reason="A test")
    agreement.sign(number=number, seat=Seat.SALES, by=office.head.id, at=at)
    agreement.sign(number=number, seat=Seat.MARKETING, by=office.max.id, at=at)
