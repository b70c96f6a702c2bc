"""Files that lie with what happened with leads."""

import uuid
from collections.abc import Collection

from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.leads.models import Attachment
from accord.leads.queries.pages import visible_to
from accord.teams.models import User


def attachments_of(
    leads: Collection[uuid.UUID], activities: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Attachment]]:
    """The files of activities, by activity, without their content. One query."""
    found: dict[uuid.UUID, list[Attachment]] = {}
    rows = Attachment.objects.filter(lead_id__in=leads, activity_id__in=activities)
    for file in rows.defer("content").order_by("id"):
        found.setdefault(file.activity_id, []).append(file)
    return found


def one_attachment(user: User, id: uuid.UUID) -> Attachment:
    """A file with its content, of a lead that the person may see. Raises Missing."""
    found = Attachment.objects.filter(id=id).first()
    if found is None or not visible_to(user).filter(id=found.lead_id).exists():
        raise Missing(_("There is no such file, or you may not see it."))
    return found
