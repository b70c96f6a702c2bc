"""What somebody here writes about a lead; who is meant by an @ is told."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.lifecycle import Side
from accord.leads import actions
from accord.leads.actions.attachments import NewFile, attach
from accord.leads.models import Lead
from accord.leads.rules.mentions import mentioned
from accord.outbox.actions import Telling, tell
from accord.teams.queries import people


def take_note(
    *,
    lead: Lead,
    text: str,
    kind: str,
    side: Side,
    by: uuid.UUID,
    at: datetime,
    files: Sequence[NewFile] = (),
) -> set[uuid.UUID]:
    """Keep a note or a question with its files; whom it mentions is told, and returned.

    Raises Invalid for a file that cannot be kept; then nothing is.
    """
    names = {user.id: user.name for user in people()}
    meant = mentioned(text, names) - {by} if "@" in text else set()
    with transaction.atomic():
        kept = actions.add_notes(notes={lead.id: text}, side=side, by=by, at=at, kind=kind)
        attach(files=files, lead=lead.id, activity=kept[lead.id], by=by, at=at)
        subject = _("%(name)s mentions you: %(lead)s") % {
            "name": names.get(by, _("Somebody")),
            "lead": lead,
        }
        tell(
            tellings=[
                Telling(
                    event_id=kept[lead.id],
                    user_id=user,
                    kind="note.mentioned",
                    subject=subject,
                    text=text,
                    link=f"/leads/{lead.id}/",
                )
                for user in sorted(meant)
            ],
            at=at,
        )
    return meant
