"""What is recorded beside the code, and recorded anew by ACCORD_RECORD=1."""

import json
import os
from pathlib import Path
from typing import Any

IS_RECORDING = bool(os.environ.get("ACCORD_RECORD"))
ANEW = "record it anew with: make record"


def as_recorded(path: Path, found: Any, reason: str) -> None:
    """Fail with the reason when what was found is not what is recorded; or record it."""
    if IS_RECORDING:
        path.write_text(_text(found), encoding="utf-8")
    recorded = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    assert recorded == json.loads(_text(found)), f"{reason} If it is meant so, {ANEW}"


def _text(found: Any) -> str:
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
