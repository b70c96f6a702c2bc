"""The timeline as people read it: each activity with its sentence and who did it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.leads import kinds, queries
from accord.teams import queries as teams

if TYPE_CHECKING:
    from accord.leads.models import Activity, Attachment


@dataclass(frozen=True, slots=True)
class Line:
    """One activity, ready to be read."""

    activity: "Activity"
    icon: str
    sentence: str
    text: str
    by: str
    files: Sequence["Attachment"] = ()


def tell(activities: Sequence["Activity"]) -> list[Line]:
    """The lines of a timeline, in the order given."""
    names = teams.names({each.by_id for each in activities if each.by_id})
    files = queries.attachments_of(
        {each.lead_id for each in activities}, [each.id for each in activities]
    )
    return [_line(each, names, files.get(each.id, ())) for each in activities]


def _line(
    activity: "Activity", names: Mapping[uuid.UUID, str], files: Sequence["Attachment"]
) -> Line:
    kind = kinds.of(activity.kind)
    return Line(
        activity=activity,
        icon=kind.icon,
        sentence=kind.sentence(activity),
        text=(activity.text or "") if kind.shows_text else "",
        by=names.get(activity.by_id, "") if activity.by_id else "",
        files=files,
    )


def kind_choices(sides: Collection[str] = ()) -> list[tuple[str, str]]:
    """The kinds of activity that a timeline can be narrowed to, by their word."""
    return sorted(
        ((kind.key, str(kind.label)) for kind in kinds.registered().values()),
        key=lambda row: row[1],
    )
