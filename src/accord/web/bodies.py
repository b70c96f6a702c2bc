"""Checks what a form says while the person is still there to mend it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accord.base.ids import fresh_ids, new_id
from accord.leads.rules import Reading, read_body


def check_body(body: Mapping[str, Any], *, at: datetime) -> None:
    """Raises Invalid, naming the field, when this would be refused later on."""
    read_body(body, submission_id=new_id(), id_of=fresh_ids(), reading=Reading(at=at))
