"""Files to import, written for a test."""

import os
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from accord.bench.generated import PARTS
from accord.leads.files import Layout, Row, open_table, survey


def write(folder: Path, text: str, *, name: str = "leads.csv", encoding: str = "utf-8") -> Path:
    """A file with this text, its line ends as they are."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def rows_of(path: Path, layout: Layout | None = None) -> list[Row]:
    """All rows of a file."""
    return list(open_table(survey(path), layout).rows)


def real_data() -> Path:
    """The folder of real inputs; skips the test where there is none."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("ACCORD_DATA") or beside)
    if not folder.is_dir():
        pytest.skip("the real inputs are not here; name their folder by ACCORD_DATA")
    return folder


@dataclass(frozen=True)
class Formula:
    """A cell that a spreadsheet works out, with the result that it kept."""

    text: str
    result: float


def protected_workbook(folder: Path) -> Path:
    """What a spreadsheet saves under a password: a compound file with one encrypted stream.

    [MS-CFB]: a header, one sector of the allocation table, one of the directory.
    """
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0
    )
    header += struct.pack("<108I", *[free] * 108)
    allocated = struct.pack("<128I", table, end, *[free] * 126)

    def entry(name: str, kind: int, child: int) -> bytes:
        text = name.encode("utf-16-le")
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text) + 2 if text else 0, kind, 1, free, free, child)
            + bytes(36)
            + struct.pack("<IQ", end, 0)
        )

    entries = entry("Root Entry", 5, 1) + entry("EncryptedPackage", 2, free)
    path = folder / "secret.xlsx"
    path.write_bytes(header + allocated + entries + entry("", 0, free) * 2)
    return path


def write_workbook(
    folder: Path,
    rows: Sequence[Sequence[object]],
    *,
    name: str = "leads.xlsx",
    parts: Mapping[str, str] = PARTS,
) -> Path:
    """A workbook of one sheet; texts, numbers, yes and no, dates and blanks."""
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"<sheetData>{lines}</sheetData></worksheet>",
        )
    return path


def _cell(value: object) -> str:
    match value:
        case None:
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case Formula():
            return f"<c><f>{escape(value.text)}</f><v>{value.result}</v></c>"
        case int() | float():
            return f"<c><v>{value}</v></c>"
        case date():
            return f'<c t="d"><v>{value.isoformat()}</v></c>'
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
