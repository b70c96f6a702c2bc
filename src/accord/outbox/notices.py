"""What people are told of the outbox itself, for their choice of channels."""

from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import Side
from accord.outbox.kinds import Kind, register

# By mail it waits for the digest: what could not be sent may have been mails.
register(
    Kind(
        "outbox.given_up",
        _("What people are told could not be delivered"),
        Side.ACCORD,
        is_for_digest=True,
    ),
)
