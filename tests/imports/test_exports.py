"""Exports of 10,000 rows with every trap: no question asked, nothing stored wrong silently."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accord.flows.import_file import import_file, plan_import
from accord.leads.models import Lead, Submission
from tests.imports.exports import (
    HUBSPOT,
    ROWS,
    SALESFORCE,
    Columns,
    Made,
    header_of,
    rows_of,
    write_export,
)

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)


def bring_in(
    folder: Path, of: Columns, *, whole_lines: bool = False, count: int = ROWS
) -> list[Made]:
    """Import an export without a map; its rows."""
    rows = list(rows_of(of, header_of(of), count))
    plan = plan_import(path=write_export(folder, of, rows, whole_lines=whole_lines), kind="leads")
    assert plan.mapping.recognised_as == of.system
    import_file(plan=plan, by=None, at=AT)
    return rows


def stored(lead: Lead, name: str) -> Any:
    """What is stored of a fact, by the name that the traps use."""
    if name == "day":
        return f"{lead.first_contact_at:%Y-%m-%d}"
    return lead.company and lead.company.employees if name == "employees" else getattr(lead, name)


def faults(made: Made, row: Submission, lead: Lead | None) -> Iterator[str]:
    """What became of a row that should not have."""
    trap = made.trap
    if trap.refused:
        if row.fate != "refused" or trap.refused not in (row.reason or ""):
            yield f"{trap.key}: {row.fate}, {row.reason}"
    elif lead is None or row.fate not in (trap.fate, "created", "unchanged"):
        yield f"{trap.key}: {row.fate}, {row.reason}"
    else:
        for name, value in (trap.stores or {}).items():
            found = stored(lead, name)
            if name == "employees":  # a company keeps what it was first known by
                fits = found in (120, value)
            elif name == "phone":
                fits = found == f"+4930{made.number:07d}"
            else:
                fits = found == value
            if not fits:
                yield f"{trap.key}: {name} is {found!r}"


@pytest.mark.parametrize("of", [HUBSPOT, SALESFORCE], ids=lambda of: of.system)
def test_every_trap_lands_where_it_has_to(tmp_path: Path, of: Columns) -> None:
    rows = bring_in(tmp_path, of)
    kept = {row.line: row for row in Submission.objects.all()}
    leads = Lead.objects.select_related("company").in_bulk()
    assert len(kept) == len(rows) == ROWS

    wrong = Counter(
        fault
        for made in rows
        for row in [kept[made.number + 2]]
        for fault in faults(made, row, leads.get(row.lead_id) if row.lead_id else None)
    )
    assert not wrong, wrong.most_common(12)


def test_lines_quoted_as_a_whole_are_the_same_rows(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "quoted").mkdir()
    bring_in(tmp_path / "plain", HUBSPOT, count=200)
    fates = list(Submission.objects.order_by("line").values_list("line", "fate"))
    rows = list(rows_of(HUBSPOT, header_of(HUBSPOT), 200))
    path = write_export(tmp_path / "quoted", HUBSPOT, rows, whole_lines=True)
    plan = plan_import(path=path, kind="leads")
    assert list(plan.header) == header_of(HUBSPOT)
    again = import_file(plan=plan, by=None, at=AT)
    assert again.rows == len(fates)
    assert again.created == 0
