"""Marketing's letters: every few weeks to those who are in nurture; a few read them."""

import random
from datetime import datetime, timedelta

from accord.sample import queries, story
from accord.sample.sending import send

EVERY = timedelta(days=20)


def write_letters(*, dice: random.Random, at: datetime) -> None:
    """Write to all in nurture; of some the letter is lost."""
    name = story.LETTERS[at.month % len(story.LETTERS)]
    reached = [email for email in queries.in_nurture() if dice.random() >= story.LETTER_LOST]
    bodies = [
        {
            "email": email,
            "event": "email.clicked" if dice.random() < story.LETTER_CLICKED else "email.sent",
            "event_name": name,
            "happened_at": at.isoformat(),
        }
        for email in reached
    ]
    send(bodies, at=at)
