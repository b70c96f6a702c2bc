"""The sample company's prospects: what they send in and when, and what is true of them.

Pure and deterministic by seed. Days are counted back from the present moment.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accord.sample import cast, story
from accord.sample.story import Channel, Effort, Vertical

LATE = timedelta(minutes=111)
THIS_MORNING = 30  # prospects who raise a hand within the last two hours


@dataclass(frozen=True)
class Sending:
    """A body sent at a moment."""

    at: datetime
    body: dict[str, Any]


@dataclass
class Prospect:
    """A made-up person: all they send, and the truth that decides what becomes of them."""

    email: str
    company: str
    has_phone: bool
    bad_number: bool
    channel: Channel
    vertical: Vertical
    chance: float  # of winning the deal
    reachable: bool
    has_need: bool
    asks_sap: bool
    amount: int
    days_to_close: int
    sendings: list[Sending] = field(default_factory=list)


def prospects(*, seed: int, now: datetime, leads: int = story.LEADS) -> list[Prospect]:
    """The prospects of twelve months up to `now`, in the order of their first sending."""
    dice = random.Random(seed)  # noqa: S311 - the same people for the same seed
    made = [_prospect(dice, number, now) for number in range(leads)]
    return sorted(made, key=lambda prospect: prospect.sendings[0].at)


def sendings(made: list[Prospect]) -> list[Sending]:
    """All that is sent, in the order of time."""
    return sorted(
        (sending for prospect in made for sending in prospect.sendings), key=lambda sent: sent.at
    )


def _pick(dice: random.Random, weighted: dict[str, float], otherwise: str | None) -> str | None:
    roll = dice.random()
    for key, share in weighted.items():
        roll -= share
        if roll < 0:
            return key
    return otherwise


def _moment(dice: random.Random, now: datetime) -> datetime:
    """A moment of the last year; mornings and working days are busier."""
    days = story.DAYS * (1 - dice.random() ** 0.85)
    moment = now - timedelta(days=days)
    if moment.weekday() >= 5 and dice.random() < 0.7:
        moment -= timedelta(days=2)
    hour = min(22, max(6, int(dice.gauss(12, 3))))
    return min(moment.replace(hour=hour), now - timedelta(minutes=dice.randint(1, 240)))


def _effort(
    dice: random.Random, channel: Channel, moment: datetime, now: datetime
) -> Effort | None:
    back = (now - moment).days
    running = [
        e for e in story.CAMPAIGNS if e.channel == channel.key and e.ends <= back <= e.begins
    ]
    return dice.choice(running) if running and dice.random() < 0.8 else None


def _prospect(dice: random.Random, number: int, now: datetime) -> Prospect:
    channel = dice.choices(story.CHANNELS, [c.share for c in story.CHANNELS])[0]
    vertical = dice.choices(story.VERTICALS, [v.share for v in story.VERTICALS])[0]
    effort: Effort | None
    if number < THIS_MORNING:  # so that clocks are running now
        channel = story.CHANNELS[number % 2]
        moment, effort = now - timedelta(minutes=dice.randint(3, 110)), None
    elif channel.key == "trade show":  # people are met at the fair, not all year round
        fair = dice.choice([e for e in story.CAMPAIGNS if e.channel == "trade show"])
        moment = now - timedelta(days=dice.uniform(fair.ends, fair.begins))
        effort = fair
    else:
        moment = _moment(dice, now)
        effort = _effort(dice, channel, moment, now)
    person = _person(dice, number, channel, vertical, moment, now)
    asks_sap = vertical.key == "Chemicals" and dice.random() < 0.4
    known_budget = person.get("budget") is not None
    chance = story.BASE_CHANCE * channel.worth * vertical.worth * (effort.worth if effort else 1)
    chance *= (1.8 if known_budget else 0.9) * (0.1 if asks_sap else 1)
    made = Prospect(
        email=person["email"],
        company=person["company"],
        has_phone="phone" in person,
        bad_number="bad_number" in person,
        channel=channel,
        vertical=vertical,
        chance=min(chance, 0.75),
        reachable=dice.random() < 0.8 and "bad_number" not in person,
        has_need="need" in person or dice.random() < 0.35 * channel.worth,
        asks_sap=asks_sap,
        amount=int(vertical.amount * dice.lognormvariate(0, 0.4)) // 100 * 100,
        days_to_close=max(3, int(vertical.days * dice.lognormvariate(0, 0.35))),
    )
    person.pop("bad_number", None)
    made.sendings = sorted(
        _sendings(dice, made, person, effort, moment, now), key=lambda sending: sending.at
    )
    return made


def _person(
    dice: random.Random,
    number: int,
    channel: Channel,
    vertical: Vertical,
    moment: datetime,
    now: datetime,
) -> dict[str, Any]:
    first, last = dice.choice(cast.FIRST_NAMES), dice.choice(cast.LAST_NAMES)
    word = dice.choice(cast.COMPANY_WORDS)
    title, authority = dice.choice(cast.TITLES)
    countries = [name for name, _ in cast.COUNTRIES]
    country = dice.choices(countries, [weight for _, weight in cast.COUNTRIES])[0]
    domain = f"{word.lower()}-{vertical.domain}{dice.randint(1, 9)}.example"
    person: dict[str, Any] = {
        "name": f"{first} {last}",
        "email": f"{first.lower()}.{last.lower()}{number}@{domain}",
        "company": f"{word} {vertical.domain.title()}",
        "company_domain": domain,
        "industry": vertical.key,
        "country": country,
        "job_title": title,
        "employees": dice.choice([12, 40, 85, 120, 260, 480, 900, 2_400]),
        "source": channel.key,
    }
    if dice.random() < 0.55:
        person["authority"] = authority
    if dice.random() < channel.need:
        person["need"] = dice.choice(story.NEEDS)
    if dice.random() < channel.budget:
        person["budget"] = dice.choice([5_000, 10_000, 20_000, 40_000])
    if dice.random() < 0.2:
        person["needed_by_on"] = (moment + timedelta(days=dice.randint(20, 200))).date().isoformat()
    if dice.random() < 0.6:
        person["phone"] = f"+4930{20_000_000 + number}"
    if (
        channel.key == "paid search"
        and story.BAD_NUMBERS[1] <= (now - moment).days <= story.BAD_NUMBERS[0]
    ):
        person["phone"] = f"+49300{1_000_000 + number}"
        person["bad_number"] = True
    return person


def _first(
    dice: random.Random,
    made: Prospect,
    person: dict[str, Any],
    effort: Effort | None,
    *,
    is_late: bool,
) -> dict[str, Any]:
    """The first thing a prospect sends: who they are, and what they ask for or came to."""
    asks = "demo" if is_late else _pick(dice, made.channel.asks, None)
    first = dict(person)
    if effort:
        first["campaign"] = effort.name
    if asks:
        first["asks_for"] = asks
    else:
        attended = made.channel.key in ("trade show", "webinar")
        otherwise = made.channel.key.capitalize() if attended else "Contact form"
        first["event"] = "event.attended" if attended else "form.submitted"
        first["event_name"] = effort.name if effort else otherwise
    if asks in ("newsletter", "content"):
        first["consents"] = [story.AGREES_TO_EMAILS]
    if person.get("need") and asks in ("demo", "price", "contact"):
        first["message"] = person["need"]
    return first


def _sendings(
    dice: random.Random,
    made: Prospect,
    person: dict[str, Any],
    effort: Effort | None,
    moment: datetime,
    now: datetime,
) -> Iterator[Sending]:
    yield _sending(_first(dice, made, person, effort, is_late=now - moment < LATE), moment, now)
    for event, name, number in _later(dice, made):
        for _ in range(number):
            later = moment + timedelta(hours=dice.expovariate(1 / 60))
            body = {"email": person["email"], "event": event, "event_name": dice.choice(name)}
            if event == "question.asked":
                body["message"] = body.pop("event_name")
            if later < now:
                yield _sending(body, later, now)


def _later(dice: random.Random, made: Prospect) -> Iterator[tuple[str, tuple[str, ...], int]]:
    yield "page.visited", story.PAGES, dice.randint(0, made.channel.visits)
    yield (
        "content.downloaded",
        story.PIECES,
        dice.randint(0, made.channel.downloads) if made.channel.downloads < 3 else 3,
    )
    if dice.random() < 0.15 + made.chance:
        yield "pricing.visited", ("Prices",), 1
    if made.asks_sap:
        yield "question.asked", (story.SAP_QUESTION,), 1
    elif dice.random() < 0.08:
        yield "question.asked", story.QUESTIONS, 1


def _sending(body: dict[str, Any], moment: datetime, now: datetime) -> Sending:
    at = min(moment, now - timedelta(minutes=1))
    return Sending(at=at, body={**body, "happened_at": at.isoformat()})
