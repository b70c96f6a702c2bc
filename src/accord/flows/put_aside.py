"""What Accord fails to take in rests at the door, and whoever looks after this Accord is told."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.leads import actions
from accord.outbox.actions import Telling, tell
from accord.teams.queries import admins


def put_aside(*, submission: uuid.UUID, at: datetime) -> None:
    """Let a submission rest, longer each time; admins are told once, and nobody is shown its text.

    Nothing happens when somebody else has taken it in meanwhile.
    """
    with transaction.atomic():
        if not actions.let_rest(id=submission, at=at):
            return
        text = _(
            "It is kept as it was sent and tried again by itself, at least once an hour; a new "
            "version of Accord may take it in. The log says why it failed, under %(id)s."
        )
        tell(
            tellings=[
                Telling(
                    event_id=submission,
                    user_id=admin.id,
                    kind="submission.failed",
                    subject=_("Something that was sent to us could not be taken in"),
                    text=text % {"id": submission},
                    link="/submissions/",
                )
                for admin in admins()
            ],
            at=at,
        )
