"""Files that people have sent and not yet imported, each in a folder of its own, with its map."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accord.base.errors import Invalid, Missing
from accord.base.ids import new_id

KINDS = ("leads", "deals")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; `map_path` is None while nobody has changed its map."""

    id: uuid.UUID
    kind: str
    path: Path
    map_path: Path | None


def _folder(id: uuid.UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / str(id)


def keep(file: "UploadedFile[Any]", kind: str) -> Upload:
    """Keep a file. Raises Invalid when there is none, or when we do not import its kind."""
    if kind not in KINDS:
        raise Invalid(_("Choose whether the file holds leads or deals."), field="kind")
    id = new_id()
    folder = _folder(id) / kind
    folder.mkdir(parents=True, mode=0o700)
    path = folder / (Path(file.name or "").name[:200] or "file")
    with path.open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    return Upload(id=id, kind=kind, path=path, map_path=None)


def find(id: uuid.UUID) -> Upload:
    """A file that was kept. Raises Missing."""
    for kind in KINDS:
        folder = _folder(id) / kind
        if folder.is_dir():
            path = next(folder.iterdir())
            map_path = _folder(id) / "map.toml"
            return Upload(id, kind, path, map_path if map_path.is_file() else None)
    raise Missing(_("This file is no longer here; send it once more."))


@dataclass(frozen=True)
class Answers:
    """What a person said about a file; `keep` are words by column that mean what they say."""

    columns: Mapping[str, str]
    source: str
    dates: str = ""
    keep: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write_map(upload: Upload, answers: Answers) -> None:
    """Keep which column says what, beside the file."""
    lines = ["[file]", f"source = {json.dumps(answers.source)}"]
    if answers.dates:
        lines.append(f"dates = {json.dumps(answers.dates)}")
    lines += ["", "[columns]"]
    lines += [
        f"{_quoted(column)} = {_quoted(target)}" for column, target in answers.columns.items()
    ]
    lines += ["", "[keep]"]
    lines += [
        f"{_quoted(column)} = [{', '.join(map(_quoted, words))}]"
        for column, words in answers.keep.items()
        if words
    ]
    text = "\n".join([*lines, ""])
    (_folder(upload.id) / "map.toml").write_text(text, encoding="utf-8")


def _quoted(text: str) -> str:
    """A basic string of TOML; JSON's escapes are valid in it, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
