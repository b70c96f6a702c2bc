"""A small company for looking at pages: two teams, some hundred leads, work under way.

python -m tests.web.fill        fills an empty Accord and prints the logins
"""

import os
import random
from datetime import UTC, datetime, timedelta
from itertools import count

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.config.settings")
    django.setup()

from accord.agreement import actions as agreement
from accord.agreement.queries import running
from accord.flows import begin, follow_up, pass_back
from accord.flows.begin import Company
from accord.flows.pass_back import Said
from accord.flows.receive import Incoming, receive
from accord.flows.take_in import take_in_waiting
from accord.handoffs import queries as handoffs
from accord.handoffs.actions import Attempt
from accord.handoffs.actions.pools import default_pool, join_pool
from accord.leads.models import Door
from accord.teams.actions import SAMPLE_WEEK, Newcomer, add_user
from accord.teams.models import User
from tests.scenes import set_up_once

PASSWORD = "a quiet harbour"
ZONE = "Europe/Berlin"
FIRST = [
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Elif",
    "Felix",
    "Greta",
    "Hugo",
    "Ines",
    "Jakob",
    "Karin",
    "Leon",
    "Maria",
    "Nils",
    "Olga",
    "Peter",
]
LAST = [
    "Adler",
    "Bauer",
    "Conti",
    "Dietrich",
    "Ekberg",
    "Fuchs",
    "Gruber",
    "Hofer",
    "Ivanov",
    "Jansen",
    "Kaya",
    "Lang",
    "Meyer",
]
FIRMS = [
    "Alpen",
    "Baltic",
    "Cedar",
    "Delta",
    "Eifel",
    "Fjord",
    "Garda",
    "Harbor",
    "Isar",
    "Juniper",
    "Kepler",
    "Lumen",
]
TITLES = ["Head of Operations", "Plant Manager", "Purchasing Manager", "Process Engineer"]
SOURCES = ["organic search", "paid search", "webinar", "trade show", "referral"]
NEEDS = [
    "We need to replace our spreadsheets before June",
    "Readings have to reach our SAP without typing them again",
    "Our present meters drift; we lose a day a month to calibration",
    "Please send a price for forty sensors",
]


@set_up_once
def people(at: datetime) -> dict[str, User]:
    """The company with a person for each role; the agreement is signed by both heads."""
    first = Newcomer("sofia@example.org", "Sofia Brandt", ["head_of_sales"], PASSWORD, ZONE)
    company = Company("Halden Instruments", "EUR", ZONE, SAMPLE_WEEK, "DE")
    cast = {"head_of_sales": begin.begin(company=company, first=first, at=at)}
    for role, name in (
        ("head_of_marketing", "Marek Nowak"),
        ("rep", "Sam Okafor"),
        ("marketer", "Mira Lind"),
        ("admin", "Ada Keller"),
    ):
        email = f"{name.split()[0].lower()}@example.org"
        cast[role] = add_user(newcomer=Newcomer(email, name, [role], PASSWORD, ZONE), at=at)
    pool = default_pool()
    assert pool is not None
    join_pool(pool=pool, user=cast["rep"].id, at=at)
    for seat, role in (("sales", "head_of_sales"), ("marketing", "head_of_marketing")):
        agreement.sign(number=running().number, seat=seat, by=cast[role].id, at=at)
    return cast


def bodies(dice: random.Random) -> list[dict[str, str]]:
    """What one prospect sends in."""
    first, last, firm = dice.choice(FIRST), dice.choice(LAST), dice.choice(FIRMS)
    domain = f"{firm.lower()}-{dice.choice(['tools', 'werke', 'water', 'foods'])}.example"
    body = {
        "name": f"{first} {last}",
        "email": f"{first}.{last}@{domain}".lower(),
        "company": domain.split(".")[0].replace("-", " ").title(),
        "job_title": dice.choice(TITLES),
        "employees": str(dice.choice([12, 40, 120, 600, 2400])),
        "source": dice.choice(SOURCES),
        "country": dice.choice(["Germany", "Austria", "Netherlands"]),
    }
    if dice.random() < 0.6:
        body["phone"] = f"+4930{dice.randint(1000000, 9999999)}"
    if dice.random() < 0.5:
        body["message"] = body["need"] = dice.choice(NEEDS)
    if dice.random() < 0.35:
        body["asks_for"] = dice.choice(["demo", "price", "contact"])
    visits = [{"email": body["email"], "event": "pricing.visited", "event_name": "Prices"}]
    return [body, *(visits if dice.random() < 0.4 else [])]


def fill(*, leads: int = 240, seed: int = 7, now: datetime | None = None) -> dict[str, User]:
    """Play some months up to now; the people by role."""
    dice = random.Random(seed)
    now = now or datetime.now(UTC)
    begin_at = now - timedelta(days=200)
    cast = people(begin_at)
    moments = sorted(begin_at + timedelta(days=200 * dice.random()) for _ in range(leads))
    numbers = count()
    for moment in moments:
        sent = [Incoming(body, nonce=f"fill:{next(numbers)}") for body in bodies(dice)]
        receive(submissions=sent, door=Door.FORM, by=None, at=moment)
        take_in_waiting(at=moment)
        if dice.random() < 0.3:
            _work(cast, dice, moment + timedelta(hours=2))
    return cast


def _work(cast: dict[str, User], dice: random.Random, at: datetime) -> None:
    """A rep answers what is open: talks, accepts, passes back, qualifies."""
    for user in (cast["rep"], cast["head_of_sales"]):
        for item in handoffs.shown(handoffs.Show.MINE, user=user, at=at, limit=3):
            outcome = dice.choice(["no_answer", "left_message", "connected", "connected"])
            attempt = Attempt(lead_id=item.lead.id, channel="call", outcome=outcome)
            follow_up.log_attempts(attempts=[attempt], by=user.id, at=at)
            if outcome == "connected" and dice.random() < 0.6:
                note = "They have a date and a budget line."
                follow_up.qualify(handoffs=[item.id], note=note, by=user.id, at=at)
            elif dice.random() < 0.5:
                said = Said(
                    reason=dice.choice(["no_need", "unreachable", "no_budget"]),
                    note="Not before spring",
                )
                pass_back.pass_back(handoffs=[item.id], said=said, by=user.id, at=at)


if __name__ == "__main__":
    for role, user in fill().items():
        print(f"{role:20} {user.email:24} {PASSWORD}")  # noqa: T201 - that is what it is for
