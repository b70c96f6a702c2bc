"""What people are told of requests for content, for their choice of channels."""

from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import Side
from accord.outbox.kinds import Kind, register

register(
    Kind("content_request.asked", _("Sales asks for content"), Side.MARKETING),
    Kind(
        "content_request.withdrawn",
        _("Sales no longer needs what it asked for"),
        Side.MARKETING,
        is_for_digest=True,
    ),
    Kind("content_request.at_risk", _("Content that sales asked for is soon due"), Side.MARKETING),
    Kind(
        "content_request.unanswered",
        _("Sales waits for content past due"),
        Side.MARKETING,
        rings=True,
    ),
    Kind(
        "content_request.taken",
        _("Somebody of marketing makes what was asked for"),
        is_for_digest=True,
    ),
    Kind("content_request.answered", _("Marketing answered what you asked for"), Side.SALES),
)
