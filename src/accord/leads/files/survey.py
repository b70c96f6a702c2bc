"""What a file is, before a row of it is read: its kind, size, digest and encoding.

Files that are too large, or that would unpack to something too large, are refused here.
"""

import codecs
import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from accord.base.errors import _
from accord.leads.files.rows import UnreadableFile

MAX_BYTES = 2 * 1024**3
MAX_WORKBOOK_BYTES = 200 * 1024**2
MAX_UNPACKED_BYTES = 1024**3
MAX_PACKING = 400  # times that a part of a workbook may grow when it is unpacked
_SMALL_PART_BYTES = 10 * 1024**2  # below it, how far a part grows is of no concern

_CHUNK = 1024**2
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NEWLINE = re.compile(r"\r\n|\n|\r")
_BROKEN = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")
_UNDEFINED_IN_CP1252 = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))


class FileKind(StrEnum):
    TEXT = "text"
    WORKBOOK = "workbook"


@dataclass(frozen=True)
class Survey:
    """`lines` is the number of lines of a text, 0 for a workbook.

    `is_damaged`: some of its bytes do not fit the encoding; the rows with them are refused.
    """

    path: Path
    kind: FileKind
    size: int
    digest: str
    encoding: str
    lines: int
    is_damaged: bool = False


def survey(path: Path, encoding: str | None = None) -> Survey:
    """Look at a file from begin to end, once. `encoding`: what somebody said it is.

    Raises UnreadableFile with the reason when nothing of it could be imported.
    """
    size = _size(path)
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04") or start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        _check_workbook(path, size, is_zip=start.startswith(b"PK"))
        return Survey(path, FileKind.WORKBOOK, size, _digest(path), "", 0)
    if size > MAX_BYTES:
        raise UnreadableFile(
            _(
                "%(name)s has %(size)s GB; at most %(most)s GB are taken. Split "
                "it into several files."
            )
            % {
                "name": path.name,
                "size": f"{size / 1024**3:.1f}",
                "most": MAX_BYTES // 1024**3,
            },
            field="file",
        )
    return _survey_text(path, size, encoding)


def _size(path: Path) -> int:
    try:
        if path.is_dir():
            raise UnreadableFile(
                _("%(path)s is a folder; name a file in it.") % {"path": path}, field="file"
            )
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise UnreadableFile(
            _("There is no file %(path)s; check its name and folder.") % {"path": path},
            field="file",
        ) from error
    except OSError as error:
        raise UnreadableFile(
            _("%(path)s cannot be opened: %(strerror)s.")
            % {"path": path, "strerror": error.strerror},
            field="file",
        ) from error
    if size == 0:
        raise UnreadableFile(_("%(name)s is empty.") % {"name": path.name}, field="file")
    return size


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_workbook(path: Path, size: int, *, is_zip: bool) -> None:
    if size > MAX_WORKBOOK_BYTES:
        raise UnreadableFile(
            _(
                "%(name)s has %(size)s MB; a workbook may have at most "
                "%(most)s MB. Save it as CSV, which may be larger."
            )
            % {
                "name": path.name,
                "size": size // 1024**2,
                "most": MAX_WORKBOOK_BYTES // 1024**2,
            },
            field="file",
        )
    if not is_zip:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile(
            _("%(name)s is a damaged workbook; save it again.") % {"name": path.name}, field="file"
        ) from error
    unpacked = sum(part.file_size for part in parts)
    is_bomb = any(
        part.file_size > _SMALL_PART_BYTES
        and part.file_size > MAX_PACKING * max(part.compress_size, 1)
        for part in parts
    )
    if is_bomb or unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableFile(
            _(
                "%(name)s would unpack to %(unpacked)s MB; that is more than is taken. "
                "Save it as CSV."
            )
            % {"name": path.name, "unpacked": f"{unpacked // 1024**2:,}"},
            field="file",
        )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _survey_text(path: Path, size: int, stated: str | None) -> Survey:
    digest = hashlib.sha256()
    lines, foreign, broken = 1, 0, set[int]()
    with path.open("rb") as file:
        start = file.read(4096)
    encoding = stated or _by_its_start(start) or "utf-8"
    _check_text(path, start, encoding)
    decoder = _decoder(encoding)
    for chunk in _chunks(path):
        digest.update(chunk)
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise UnreadableFile(
                _("%(name)s is not %(encoding)s: %(reason)s. Save it as UTF-8.")
                % {"name": path.name, "encoding": encoding, "reason": error.reason},
                field="file",
            ) from error
        lines += text.count("\n") or text.count("\r")
        if not text.isascii():
            found = _BROKEN.findall(text)
            broken.update(ord(character) - 0xDC00 for character in found)
            foreign += len(_BEYOND_ASCII.findall(text)) if not foreign else 0
    is_western = encoding == "utf-8" and not stated and broken and not foreign
    if is_western:
        encoding = "latin-1" if broken & _UNDEFINED_IN_CP1252 else "cp1252"
    return Survey(
        path,
        FileKind.TEXT,
        size,
        digest.hexdigest(),
        encoding,
        lines,
        bool(broken) and not is_western,
    )


def _check_text(path: Path, start: bytes, encoding: str) -> None:
    """Pictures, archives and the like are full of control characters; a text may hold one."""
    if encoding.startswith(("utf-16", "utf-32")):
        return
    controls = [byte for byte in start if byte in _CONTROLS]
    if len(set(controls)) > 1 and len(controls) > 0.02 * len(start):
        raise UnreadableFile(
            _("%(name)s is neither a text such as CSV nor a workbook (XLSX, XLS, ODS).")
            % {"name": path.name},
            field="file",
        )


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        return codecs.getincrementaldecoder(encoding)("surrogateescape")
    except LookupError as error:
        raise UnreadableFile(
            _("“%(encoding)s” is not an encoding; write utf-8, cp1252 or utf-16.")
            % {"encoding": encoding},
            field="encoding",
        ) from error


def _by_its_start(start: bytes) -> str | None:
    """The encoding that a byte order mark names, or UTF-16 by where its zero bytes stand."""
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    pairs = len(start) // 2
    if pairs and start[1::2].count(0) > pairs * 0.4 and start[::2].count(0) < pairs * 0.1:
        return "utf-16-le"
    if pairs and start[::2].count(0) > pairs * 0.4 and start[1::2].count(0) < pairs * 0.1:
        return "utf-16-be"
    return None
