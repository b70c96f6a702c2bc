"""What sales asks marketing for over the year, and what marketing makes of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from accord.content.actions import Wanted
from accord.flows.ask_for_content import answer_requests, ask_for_content, take_requests
from accord.sample import queries

EVERY = timedelta(days=6)  # sooner than any answer, so that something is always open
_ADDRESS = "https://www.halden-instruments.example/content/"


class Wish(NamedTuple):
    """A piece that sales asks for, and after how many days marketing says what.

    `page` is where it stands then; "" where marketing says why there will be none.
    """

    piece: str
    need: str
    days: int
    page: str
    words: str
    is_reusable: bool = True


WISHES = (
    Wish(
        "technical_answer",
        "How do readings get into SAP without anybody typing them again?",
        9,
        "sap-interface",
        "The engineers wrote down which interface, with a picture.",
    ),
    Wish(
        "case_study",
        "A water utility of their size, for the board: what did it save in the first year?",
        11,
        "case-water-utility",
        "Two pages, with their figures and a name to call.",
    ),
    Wish(
        "price_sheet",
        "Prices for twenty and for forty sensors, calibration included",
        8,
        "prices-level-sensors",
        "Valid until the end of the quarter.",
    ),
    Wish(
        "comparison",
        "We against the spreadsheets they have now, on one page",
        10,
        "comparison-spreadsheets",
        "",
    ),
    Wish(
        "other",
        "A film of their own plant, with a drone",
        7,
        "",
        "Only they would see it; the film of the plant in Ulm shows the same.",
        is_reusable=False,
    ),
    Wish(
        "one_pager",
        "Approvals for food contact, as a page that purchasing can file",
        17,
        "food-contact",
        "It took until the laboratory had signed.",
    ),
    Wish(
        "case_study",
        "Somebody from chemicals, with an explosive atmosphere",
        12,
        "",
        "No customer there lets us write about them yet; two were asked.",
        is_reusable=False,
    ),
)


@dataclass
class Wishes:
    """The wishes of the year, one after the other; `open` are those not answered yet."""

    reps: Sequence[uuid.UUID]
    marketers: Sequence[uuid.UUID]
    asked: int = 0
    asked_at: datetime | None = None
    open: list[tuple[uuid.UUID, Wish, datetime, uuid.UUID]] = field(default_factory=list)
    taken: set[uuid.UUID] = field(default_factory=set)

    def go_on(self, at: datetime) -> None:
        """Answer what has waited long enough by `at`, take on the rest, and ask for more."""
        still = []
        for id, wish, since, marketer in self.open:
            begun, done = since + timedelta(days=wish.days) / 2, since + timedelta(days=wish.days)
            if begun <= at and id not in self.taken:
                take_requests(requests=[id], by=marketer, at=begun)
                self.taken.add(id)
            if done <= at:
                _answer(id, wish, marketer, done)
            else:
                still.append((id, wish, since, marketer))
        self.open = still
        if self.asked_at is None or at >= self.asked_at + EVERY:
            self._ask(at)

    def _ask(self, at: datetime) -> None:
        """For the deal that was opened last; without one, for nobody in particular."""
        deal = queries.newest_open_deal()
        wish = WISHES[self.asked % len(WISHES)]
        rep = deal.owner_id if deal else self.reps[self.asked % len(self.reps)]
        wanted = Wanted(
            wish.piece, wish.need, deal=deal.id if deal else None, is_reusable=wish.is_reusable
        )
        (request,) = ask_for_content(wanted=[wanted], by=rep, at=at)
        marketer = self.marketers[self.asked % len(self.marketers)]
        self.open.append((request.id, wish, at, marketer))
        self.asked, self.asked_at = self.asked + 1, at


def _answer(id: uuid.UUID, wish: Wish, by: uuid.UUID, at: datetime) -> None:
    answer_requests(
        requests=[id],
        answer="delivered" if wish.page else "turned_down",
        words=wish.words,
        link=f"{_ADDRESS}{wish.page}" if wish.page else "",
        by=by,
        at=at,
    )
