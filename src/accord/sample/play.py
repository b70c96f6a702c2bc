"""Playing the year: what prospects send comes in, and the reps answer, through the real flows."""

import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accord.agreement.queries import running
from accord.flows import close, follow_up
from accord.flows.pass_back import Said, pass_back
from accord.flows.recheck import recheck
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.sample import cast, letters, queries, story
from accord.sample.plan import Prospect, Sending
from accord.sample.queries import Open
from accord.sample.replies import reply
from accord.sample.sending import send
from accord.sample.wishes import Wishes

# Reps on both sides of the ocean are at work at the first hour; the others are of late.
HOUR = (15, 45)
LATE_HOURS = ((10, 5), (13, 40), (16, 35))
LATELY, DAILY = timedelta(days=10), timedelta(days=45)
WORKING_DAYS = 5


def moments(now: datetime) -> list[datetime]:
    """The moments at which the play goes on: once a week, then each working day, then thrice."""
    zone = ZoneInfo(cast.TIME_ZONE)
    first = (now - timedelta(days=story.DAYS)).astimezone(zone)
    found = []
    for number in range(story.DAYS + 1):
        day = first + timedelta(days=number)
        for hour, minute in _hours(day, now):
            moment = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
            if moment < now - timedelta(hours=2):
                found.append(moment.astimezone(now.tzinfo))
    return [*found, now]


def _hours(day: datetime, now: datetime) -> Sequence[tuple[int, int]]:
    if day.weekday() >= WORKING_DAYS:
        return ()
    if now - day < LATELY:
        return LATE_HOURS
    weeks_day = day.isocalendar().week % WORKING_DAYS  # another one each week
    return (HOUR,) if now - day < DAILY or day.weekday() == weeks_day else ()


@dataclass
class Life:
    """What became of a prospect so far, beside what Accord itself knows."""

    prospect: Prospect
    tries: int = 0
    has_talked: bool = False


@dataclass(order=True)
class Due:
    """Something that happens with a deal at a moment: a step, or its end."""

    at: datetime
    deal_id: uuid.UUID = field(compare=False)
    rep: uuid.UUID = field(compare=False)
    step: str = field(compare=False, default="")
    is_won: bool = field(compare=False, default=False)
    life: Life | None = field(compare=False, default=None)


@dataclass
class Play:
    """The year as it unfolds. `reps` are the people of the cast by their user id."""

    reps: dict[uuid.UUID, cast.Person]
    marketers: Sequence[uuid.UUID]
    made: dict[str, Prospect]
    dice: random.Random
    steps: Sequence[str]
    lives: dict[uuid.UUID, Life] = field(default_factory=dict)
    due: list[Due] = field(default_factory=list)
    mood: tuple[story.Back, ...] = ()
    wrote_at: datetime | None = None
    wishes: Wishes = field(init=False)

    def __post_init__(self) -> None:
        """Marketing makes what sales wishes for."""
        self.wishes = Wishes([*self.reps], self.marketers)

    def go_on(self, *, sent: Sequence[Sending], at: datetime, is_last: bool) -> None:
        """Take in what was sent up to `at`, and let the reps do their part, unless it is last."""
        self._take_in(sent, at)
        reply(marketers=self.marketers, dice=self.dice, at=at)
        self.wishes.go_on(at)
        if self.wrote_at is None or at >= self.wrote_at + letters.EVERY:
            letters.write_letters(dice=self.dice, at=at)
            self.wrote_at = at
        watch_clocks(at=at)
        recheck(at=at)
        if is_last:
            return
        self._close(at)
        opened = sorted(queries.open_handoffs(), key=self._email)
        for rep, person in self.reps.items():
            mine = [handoff for handoff in opened if handoff.owner_id == rep]
            later = at + timedelta(
                minutes=self.dice.randint(4, 50 if person.diligence > 0.9 else 110)
            )
            self._work(rep, person, mine, later)

    def _email(self, handoff: Open) -> str:
        return self.lives[handoff.lead_id].prospect.email

    def _take_in(self, sent: Sequence[Sending], at: datetime) -> None:
        send([sending.body for sending in sent], at=at)
        emails = {str(sending.body["email"]) for sending in sent}
        for email, lead_id in queries.leads_by_email(emails).items():
            self.lives.setdefault(lead_id, Life(self.made[email]))

    def _work(
        self, rep: uuid.UUID, person: cast.Person, mine: Sequence[Open], at: datetime
    ) -> None:
        """One round of a rep: calls first, then answers to those who were talked with."""
        # In one round a rep hears the same thing from all who do not want: one act for all.
        reasons = (story.NOT_FOR_US, story.NOT_INTERESTED, story.NOT_NOW)
        self.mood = tuple(self.dice.choice(each) for each in reasons)
        mine = [handoff for handoff in mine if self.dice.random() <= person.diligence]
        mine = self._turn_down(mine, rep, at)
        self._call([h for h in mine if not self.lives[h.lead_id].has_talked], rep, at)
        returned: dict[story.Back, list[uuid.UUID]] = defaultdict(list)
        chances = []
        for handoff in mine:
            reason = self._judge(handoff)
            if reason:
                returned[reason].append(handoff.id)
            elif self.lives[handoff.lead_id].has_talked:
                chances.append(handoff)
        for reason in sorted(returned, key=lambda back: back.key):
            if still := queries.undisposed(returned[reason]):
                pass_back(handoffs=still, said=self._said(reason, at), by=rep, at=at)
        if chances:
            self._open(rep, chances, at)

    def _turn_down(self, mine: Sequence[Open], rep: uuid.UUID, at: datetime) -> list[Open]:
        """What the brief alone shows to be hopeless goes back uncalled; the others stay."""
        hopeless = [h for h in mine if not h.is_accepted and self._looks_hopeless(h)]
        if hopeless:
            said = self._said(story.NOT_INTERESTED[1], at)
            pass_back(handoffs=[handoff.id for handoff in hopeless], said=said, by=rep, at=at)
        return [handoff for handoff in mine if handoff not in hopeless]

    def _looks_hopeless(self, handoff: Open) -> bool:
        prospect = self.lives[handoff.lead_id].prospect
        suspect = prospect.vertical.worth < 0.1 or prospect.channel.worth < 0.2
        return suspect and self.dice.random() < 0.6

    def _call(self, silent: Sequence[Open], rep: uuid.UUID, at: datetime) -> None:
        """Try to reach those who were not talked with yet, and take them on."""
        if not silent:
            return
        attempts = [self._try(handoff, self.lives[handoff.lead_id]) for handoff in silent]
        follow_up.log_attempts(attempts=attempts, by=rep, at=at)
        taken_on = [
            handoff.id
            for handoff in silent
            if not (handoff.is_accepted or self.lives[handoff.lead_id].has_talked)
        ]
        if taken_on:
            follow_up.accept(handoffs=taken_on, by=rep, at=at)

    def _try(self, handoff: Open, life: Life) -> Attempt:
        life.tries += 1
        channel = "call" if life.prospect.has_phone and life.tries % 3 else "email"
        outcome = "no_answer" if channel == "call" else "left_message"
        if life.prospect.bad_number:
            life.tries += 2
            outcome = "wrong_contact"
        elif life.prospect.reachable and self.dice.random() < 0.6:
            life.has_talked = True
            outcome = "connected"
        return Attempt(handoff.lead_id, channel, outcome)

    def _judge(self, handoff: Open) -> story.Back | None:
        """Why a lead goes back; None where there is a chance, or still an attempt to make."""
        life = self.lives[handoff.lead_id]
        if not life.has_talked:
            done = life.tries >= running().attempts.at_least
            return story.UNREACHABLE if done else None
        prospect = life.prospect
        if prospect.vertical.worth < 0.1:
            return self.mood[0]
        if prospect.channel.worth < 0.2 and self.dice.random() < 0.85:
            return self.mood[1]
        if self.dice.random() < min(0.8, 0.18 + prospect.chance * 1.2):
            return None
        return self.mood[2]

    def _said(self, reason: story.Back, at: datetime) -> Said:
        asked = reason.asked
        if asked == "date":
            asked = (at + timedelta(days=self.dice.randint(30, 120))).date().isoformat()
        return Said(reason=reason.key, note=self.dice.choice(reason.notes), asked=asked)

    def _open(self, rep: uuid.UUID, handoffs: Sequence[Open], at: datetime) -> None:
        openings = []
        for handoff in handoffs:
            prospect = self.lives[handoff.lead_id].prospect
            title = f"{prospect.company}: {self.dice.choice(story.THINGS)}"
            openings.append(close.Opening(handoff.lead_id, title, Decimal(prospect.amount)))
        ids = close.open_deals(openings=openings, by=rep, at=at)
        for handoff, deal_id in zip(handoffs, ids, strict=True):
            life = self.lives[handoff.lead_id]
            days = life.prospect.days_to_close
            for number, step in enumerate(self.steps[1:], start=1):
                share = number / len(self.steps)
                self.due.append(Due(at + timedelta(days=days * share), deal_id, rep, step))
            is_won = self.dice.random() < min(0.8, life.prospect.chance * 1.7)
            end = at + timedelta(days=days)
            self.due.append(Due(end, deal_id, rep, is_won=is_won, life=life))

    def _close(self, at: datetime) -> None:
        """What has come due with deals: steps, wins and losses, in this order, by rep."""
        ripe = sorted(due for due in self.due if due.at <= at)
        self.due = [due for due in self.due if due.at > at]
        by_rep: dict[uuid.UUID, list[Due]] = defaultdict(list)
        for due in ripe:
            by_rep[due.rep].append(due)
        for rep, mine in by_rep.items():
            if steps := {due.deal_id: due.step for due in mine if due.step}:
                close.move_deals(steps=steps, by=rep, at=at)
            if won := {due.deal_id: None for due in mine if due.is_won}:
                close.win_deals(amounts=won, by=rep, at=at)
            lost = [due for due in mine if due.life and not due.is_won]
            if lost:
                close.lose_deals(lost=[self._lost(due) for due in lost], by=rep, at=at)

    def _lost(self, due: Due) -> close.Lost:
        if due.life and due.life.prospect.asks_sap:
            return close.Lost(due.deal_id, story.LOST_FOR_SAP, story.SAP_QUESTION)
        return close.Lost(due.deal_id, self.dice.choice(story.LOST))


def spans(
    sent: Sequence[Sending], times: Sequence[datetime], dice: random.Random
) -> Iterator[tuple[datetime, list[Sending]]]:
    """Each moment with what was sent since the one before, shortly before it.

    Nobody is at work in between: what came in earlier is moved into the hours before.
    """
    begin = 0
    for moment in times:
        end = begin
        while end < len(sent) and sent[end].at <= moment:
            end += 1
        yield moment, [_shortly_before(moment, sending, dice) for sending in sent[begin:end]]
        begin = end


def _shortly_before(moment: datetime, sending: Sending, dice: random.Random) -> Sending:
    earliest = moment - timedelta(minutes=dice.randint(2, 150))
    at = max(sending.at, earliest)
    return Sending(at=at, body={**sending.body, "happened_at": at.isoformat()})
