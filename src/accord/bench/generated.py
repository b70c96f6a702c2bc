"""Generated people: the same for the same seed."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

SEED = 7
COLUMNS = (
    *("name", "email", "phone", "company", "country", "job title", "source", "need", "date"),
)
MAP = """
[file]
source = "bench"

[columns]
name = "name"
email = "email"
phone = "phone"
company = "company"
country = "country"
"job title" = "job_title"
source = "source"
need = "need"
date = "happened_at"
"""
FIRST_NAMES = (
    *("Ada", "Ben", "Carla", "David", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas"),
    *("Kira", "Luca", "Maria", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Sven", "Tara"),
)
LAST_NAMES = (
    *("Abel", "Berg", "Costa", "Dahl", "Evans", "Fuchs", "Garcia", "Holm", "Ivanova", "Jansen"),
    *("Kaya", "Lindt", "Moreau", "Novak", "Olsen", "Park", "Rossi", "Silva", "Tanaka", "Weber"),
)
COUNTRIES = ("Germany", "France", "Brazil", "United States", "India", "Japan", "Spain")
JOBS = ("Head of operations", "Buyer", "Engineer", "Managing director", "Consultant", "Owner")
SOURCES = ("organic search", "paid search", "social", "referral", "event", "e-mail")
NEEDS = (
    "We want to replace our spreadsheets before the end of the year.",
    "Three plants, one process, and nobody sees the whole of it.",
    "A quote for forty seats.",
    "Our present supplier cannot deliver to Spain.",
)
PEOPLE_A_COMPANY = 5


def write_leads(path: Path, *, leads: int, until: date) -> None:
    """A file of `leads` people who came in the year before `until`, oldest first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows(_people(leads, until))


def _people(leads: int, until: date) -> Iterator[tuple[str, ...]]:
    dice = random.Random(SEED)  # noqa: S311 - the same people for the same seed
    for number in range(leads):
        first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
        company = dice.randrange(max(leads // PEOPLE_A_COMPANY, 1))
        yield (
            f"{first} {last}",
            f"{first}.{last}.{number}@company-{company}.example".lower(),
            f"+49 30 {10_000_000 + number}",
            f"Company {company}",
            dice.choice(COUNTRIES),
            dice.choice(JOBS),
            dice.choice(SOURCES),
            dice.choice(NEEDS),
            (until - timedelta(days=365 - 364 * number // leads)).isoformat(),
        )
