"""What a figure is counted over, as it stands in an address, and back."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.criteria.metrics import Scope
from accord.teams.dates import PLANNED


def figure_url(key: str, scope: Scope, only: str = "") -> str:
    """The address of the rows behind a figure."""
    return f"{reverse('figure', args=[key])}?{query_of(scope, only)}"


def query_of(scope: Scope, only: str) -> str:
    """A scope as the query of an address; it also says as of when, so that the rows stay."""
    said = {
        "at": scope.at.isoformat(),
        "from": scope.begins_at.isoformat() if scope.begins_at else "",
        "until": scope.ends_at.isoformat() if scope.ends_at else "",
        "only": only,
    }
    return urlencode({name: text for name, text in said.items() if text})


def read_scope(query: Mapping[str, str], at: datetime) -> Scope:
    """The scope that an address names. Raises Invalid for a moment that can't be read."""
    said = {name: _moment(query.get(name, ""), name) for name in ("at", "from", "until")}
    return Scope(at=said["at"] or at, begins_at=said["from"], ends_at=said["until"])


def _moment(text: str, name: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in PLANNED:
        raise Invalid(
            _("The address says %(name)s=%(text)s, which is not a moment; remove that part.")
            % {"name": name, "text": text},
            field=name,
        )
    return moment
