"""What people are told of leads, for their choice of channels."""

from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import Side
from accord.outbox.kinds import Kind, register

register(
    Kind("lead.wrote", _("A lead of yours wrote"), rings=True),
    Kind(
        "submission.failed",
        _("Something sent to us cannot be taken in"),
        Side.ACCORD,
        rings=True,
    ),
    Kind("note.mentioned", _("Somebody mentions you"), rings=True, is_personal=True),
)
