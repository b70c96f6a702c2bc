"""A small company with a person for each role, and clients signed in as them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from accord.flows.receive import Incoming, receive
from accord.flows.take_in import take_in_waiting
from accord.handoffs.models import Clock, Handoff
from accord.leads.models import Door, Lead
from accord.teams.models import User
from tests.web.fill import people

READY = {
    "name": "Dana Ruiz",
    "email": "dana@acme-tools.example",
    "phone": "+4930123456",
    "company": "Acme Tools",
    "job_title": "Head of Operations",
    "employees": "120",
    "need": "We need to replace our spreadsheets before June",
    "message": "We need to replace our spreadsheets before June",
    "asks_for": "demo",
    "source": "webinar",
}
Sends = Callable[..., Lead]
A_MONTH_AGO = datetime.now(UTC) - timedelta(days=30)


@pytest.fixture(autouse=True)
def _no_tries_counted(db: None) -> None:
    cache.clear()


@pytest.fixture
def cast(db: None) -> dict[str, User]:
    return people(A_MONTH_AGO)


@pytest.fixture
def signed_in(cast: dict[str, User]) -> Callable[[str], Client]:
    def as_role(role: str) -> Client:
        client = Client()
        client.force_login(cast[role])
        return client

    return as_role


@pytest.fixture
def handoff(cast: dict[str, User], sends: Sends) -> Handoff:
    """Dana has asked for a demo, and is Sam's to call."""
    found = Handoff.objects.get(lead_id=sends().id)
    Handoff.objects.filter(id=found.id).update(owner=cast["rep"])
    Clock.objects.filter(handoff_id=found.id).update(user_id=cast["rep"].id)
    Lead.objects.filter(id=found.lead_id).update(owner=cast["rep"])
    return found


@pytest.fixture
def sends(cast: dict[str, User]) -> Sends:
    """Somebody fills in a form and is taken in; their lead."""

    def send(**body: str) -> Lead:
        at = datetime.now(UTC)
        said = READY | body
        receive(submissions=[Incoming(said)], door=Door.FORM, by=None, at=at)
        take_in_waiting(at=at)
        return Lead.objects.get(email=said["email"])

    return send
