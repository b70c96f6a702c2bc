"""Exports as HubSpot and Salesforce write them, with everything that goes wrong in them.

Every row is made for one trap, which stands beside it: what has to become of the row is known
before it is imported.
"""

import csv
import io
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.imports.files import real_data

Cells = dict[str, str]
ROWS = 10_000


@dataclass(frozen=True)
class Trap:
    """How a row differs from a clean one, and what must become of it.

    `refused` is a part of the reason it is refused with; else `stores` says, by fact, what is
    stored of it (None: nothing).
    """

    key: str
    spoils: Callable[[Cells, int], None]
    refused: str = ""
    stores: Mapping[str, object] | None = None
    fate: str = "created"


@dataclass(frozen=True)
class Columns:
    """What the columns of a system are called."""

    system: str
    labels: str
    telling: tuple[str, ...]
    email: str = "Email"
    phone: str = "Phone Number"
    created: str = "Create Date"
    industry: str = "Industry"
    employees: str = "Number of Employees"
    last_name: str = "Last Name"


HUBSPOT = Columns("HubSpot", "hubspot_contact_property_labels.csv", ("Record ID",))
SALESFORCE = Columns(
    "Salesforce",
    "salesforce_lead_fields.csv",
    ("Lead ID", "Lead Owner"),
    phone="Phone",
    created="Created Date",
    employees="No. of Employees",
)


def header_of(columns: Columns) -> list[str]:
    """The labels of an export's columns, each once."""
    path = real_data() / "crm-headers" / columns.labels
    with path.open(encoding="utf-8", newline="") as file:
        return list(dict.fromkeys(row["label"] for row in csv.DictReader(file)))


def _sets(column: str, value: str) -> Callable[[Cells, int], None]:
    return lambda cells, number: cells.update({column: value})


def traps(of: Columns) -> list[Trap]:
    """One row in seven is clean; all others hold one trap each."""

    def repeats(cells: Cells, number: int) -> None:
        cells[of.email] = "  REPEATED@Firm.Example "

    def has_no_identity(cells: Cells, number: int) -> None:
        cells[of.email] = cells[of.phone] = cells[of.telling[0]] = ""

    def exact_phone(cells: Cells, number: int) -> None:
        cells[of.phone] = f"4930{number:07d}.0"

    def plus_phone(cells: Cells, number: int) -> None:
        cells[of.phone] = f"4.930{number:07d}E+10"

    return [
        Trap("clean", lambda cells, number: None, stores={"industry": "Machines"}),
        Trap("select", _sets(of.industry, "Select"), stores={"industry": None}),
        Trap("n/a", _sets(of.industry, "N/A"), stores={"industry": None}),
        Trap("dash", _sets(of.industry, "-"), stores={"industry": None}),
        Trap("unknown", _sets(of.industry, "unknown"), stores={"industry": "unknown"}),
        Trap("called null", _sets(of.last_name, "Null"), stores={"name": "Ada Null"}),
        Trap("european number", _sets(of.employees, "1.234,00"), stores={"employees": 1234}),
        Trap("american number", _sets(of.employees, "1,234.00"), stores={"employees": 1234}),
        Trap("no number", _sets(of.employees, "many"), refused="is not a number"),
        Trap("two numbers", _sets(of.employees, "1.234"), refused="thousand or as a decimal"),
        Trap("iso date", _sets(of.created, "2025-05-31 10:30"), stores={"day": "2025-05-31"}),
        Trap("german date", _sets(of.created, "31.05.2025"), stores={"day": "2025-05-31"}),
        Trap("british date", _sets(of.created, "31/05/2025"), stores={"day": "2025-05-31"}),
        Trap("american date", _sets(of.created, "05/31/2025"), stores={"day": "2025-05-31"}),
        Trap("either date", _sets(of.created, "03/04/2025"), refused="day/month or as month/day"),
        Trap("no such day", _sets(of.created, "2025-02-30"), refused="is not a date"),
        Trap("float phone", exact_phone, stores={"phone": "+49"}),
        Trap("exact float phone", plus_phone, stores={"phone": "+49"}),
        Trap("lost phone", _sets(of.phone, "4.93E+10"), refused="digits are lost"),
        Trap("short phone", _sets(of.phone, "+49 1"), refused="phone number"),
        Trap("broken e-mail", _sets(of.email, "ada at firm"), refused="is not an e-mail address"),
        Trap("free mail", _sets("", ""), stores={"company_id": None}),
        Trap("nobody", has_no_identity, refused="by which to recognise"),
        Trap("again", repeats, fate="merged"),
        Trap("too few cells", _sets("short", "yes"), refused="columns where the header has"),
        Trap("open quote", _sets("quote", "yes"), refused="quotes do not close"),
    ]


@dataclass(frozen=True)
class Made:
    """A row of an export and its trap; `cells` by column."""

    trap: Trap
    cells: Cells
    number: int


def rows_of(of: Columns, header: list[str], count: int, seed: int = 7) -> Iterator[Made]:
    """Rows, each clean but for its trap, in an order that the seed decides."""
    dice, kinds = random.Random(seed), traps(of)
    for number in range(count):
        trap = kinds[number % len(kinds)] if number < len(kinds) else dice.choice(kinds)
        cells = dict.fromkeys(header, "")
        cells |= {
            of.telling[0]: f"{1000 + number}",
            "First Name": "Ada",
            of.last_name: f"Nr{number}",
            of.email: f"Ada.{number}@Firm{number % 400}.Example",
            of.phone: f"+4930{number:07d}",
            of.created: "2025-05-31",
            of.industry: "Machines",
            of.employees: "120",
            "Company Name" if of is HUBSPOT else "Company": f"Firm {number % 400}",
        }
        trap.spoils(cells, number)
        if trap.key == "free mail":
            cells[of.email] = f"ada.{number}@gmail.com"
            cells["Company Name" if of is HUBSPOT else "Company"] = ""
        yield Made(trap, cells, number)


def write_export(folder: Path, of: Columns, rows: list[Made], *, whole_lines: bool) -> Path:
    """The export as a file, with a byte order mark; with `whole_lines` each line in quotes."""
    header = header_of(of)
    lines = [_line(header)]
    for made in rows:
        if made.trap.key == "too few cells":
            lines.append(_line([made.cells[name] for name in header][:3]))
        elif made.trap.key == "open quote":
            line = _line([made.cells[name] for name in header])
            lines.append(line.replace("Ada", '"Ada', 1))
        else:
            lines.append(_line([made.cells[name] for name in header]))
    if whole_lines:
        lines = ['"' + line.replace('"', '""') + '"' for line in lines]
    path = folder / f"{of.system}.csv"
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode())
    return path


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().rstrip("\r\n")
