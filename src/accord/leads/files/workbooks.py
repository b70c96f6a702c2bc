"""Rows of a workbook: XLSX, XLS and ODS."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine

from accord.base.errors import _
from accord.leads.files.rows import Row, UnreadableFile


def read_rows(path: Path, sheet: str | None = None) -> Iterator[Row]:
    """The rows of a sheet (the first one seen that holds something), blank ones left out.

    Raises UnreadableFile when the workbook or the sheet cannot be opened.
    """
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise UnreadableFile(
            _("%(name)s is protected by a password. Save it without one, or as CSV.")
            % {"name": path.name},
            field="file",
        ) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableFile(
            _("%(name)s cannot be read as a workbook: %(error)s. Save it again, or as CSV.")
            % {"name": path.name, "error": error},
            field="file",
        ) from error
    found = _sheet(workbook, path, sheet)
    first = (found.start or (0, 0))[0]
    for number, values in enumerate(found.to_python(skip_empty_area=True), start=first + 1):
        cells = [as_text(value) for value in values]
        if any(cells):
            yield Row(number, cells)


def _sheet(
    workbook: python_calamine.CalamineWorkbook, path: Path, name: str | None
) -> python_calamine.CalamineSheet:
    names = workbook.sheet_names
    if name is not None and name not in names:
        raise UnreadableFile(
            _("%(name)s has no sheet “%(sheet)s”; it has %(names)s.")
            % {"name": path.name, "sheet": name, "names": ", ".join(names)},
            field="sheet",
        )
    hidden = {
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible != python_calamine.SheetVisibleEnum.Visible
    }
    shown = [each for each in names if each not in hidden]
    for candidate in [name] if name is not None else shown:
        sheet = workbook.get_sheet_by_name(candidate)
        if sheet.height:
            return sheet
    raise UnreadableFile(_("%(name)s holds no rows.") % {"name": path.name}, field="file")


def as_text(value: Any) -> str:
    """A cell as it would stand in a CSV; a whole number has no decimal point.

    So a phone number that the spreadsheet keeps as a number is read as it was typed.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case None:
            return ""
    return str(value)
