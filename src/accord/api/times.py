"""Days and instants as they are sent: in ISO 8601, an instant with its zone, never a number."""

from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from accord.base.errors import Invalid
from accord.teams.dates import within_reach

_Day = TypeVar("_Day", bound=date)


def _is_written(value: Any) -> Any:
    if not isinstance(value, str) or "-" not in value[1:]:
        raise ValueError("write 2026-05-31, and an instant as 2026-05-31T14:30Z")
    return value


def _is_within_reach(value: _Day) -> _Day:
    try:
        return within_reach(value, field="")
    except Invalid as error:
        raise ValueError(error.sentence) from error


Day = Annotated[date, BeforeValidator(_is_written), AfterValidator(_is_within_reach)]
Moment = Annotated[AwareDatetime, BeforeValidator(_is_written), AfterValidator(_is_within_reach)]
