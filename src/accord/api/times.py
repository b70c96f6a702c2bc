"""Days and instants as they are sent: in ISO 8601, an instant with its zone, never a number."""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator


def _is_written(value: Any) -> Any:
    if not isinstance(value, str) or "-" not in value[1:]:
        raise ValueError("write 2026-05-31, and an instant as 2026-05-31T14:30Z")
    return value


Day = Annotated[date, BeforeValidator(_is_written)]
Moment = Annotated[AwareDatetime, BeforeValidator(_is_written)]
