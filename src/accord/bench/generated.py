"""Generated people: the same for the same seed."""

import csv
import random
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from xml.sax.saxutils import escape

SEED = 7
COLUMNS = (
    *("name", "email", "phone", "company", "country", "job title", "source", "need", "date"),
    "language",
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
language = "language"
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
            "de",
        )


PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
    'package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName='
    '"/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    'main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Leads" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.'
    'org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


def write_workbook(path: Path, *, leads: int, until: date) -> None:
    """The same as `write_leads`, as a workbook of one sheet."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in PARTS.items():
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(
                b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                b"<sheetData>"
            )
            for row in chain([COLUMNS], _people(leads, until)):
                cells = (f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row)
                sheet.write(f"<row>{''.join(cells)}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")
