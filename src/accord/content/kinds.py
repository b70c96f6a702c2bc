"""What happens to requests for content, as sentences."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import Side
from accord.content.models import Piece
from accord.leads.kinds import Kind, Told, register


def _of_piece(named: Any, plain: Any) -> Callable[[Told], str]:
    """A sentence that names the kind of piece, where it is told."""

    def sentence(told: Told) -> str:
        if told.outcome not in Piece.values:
            return str(plain)
        return str(named) % {"piece": Piece(told.outcome).label}

    return sentence


register(
    Kind(
        "content_request.asked",
        _("Content asked for"),
        Side.SALES,
        "file-plus",
        _of_piece(_("Asked marketing for content: %(piece)s"), _("Asked marketing for content")),
    ),
    Kind(
        "content_request.taken",
        _("Content taken on"),
        Side.MARKETING,
        "file-pencil",
        _of_piece(
            _("Makes what sales asked for: %(piece)s"), _("Makes the content that sales asked for")
        ),
    ),
    Kind(
        "content_request.delivered",
        _("Content delivered"),
        Side.MARKETING,
        "file-check",
        _of_piece(
            _("Delivered what sales asked for: %(piece)s"),
            _("Delivered the content that sales asked for"),
        ),
    ),
    Kind(
        "content_request.turned_down",
        _("Content turned down"),
        Side.MARKETING,
        "file-x",
        _of_piece(
            _("Said why there will be none: %(piece)s"),
            _("Said why there will be no content"),
        ),
    ),
    Kind(
        "content_request.withdrawn",
        _("Content no longer needed"),
        Side.SALES,
        "file-minus",
        _of_piece(
            _("Does not need it any more: %(piece)s"), _("Does not need the content any more")
        ),
    ),
    Kind(
        "content_request.missed",
        _("Content past due"),
        Side.ACCORD,
        "alarm",
        _of_piece(
            _("Marketing had promised it by now: %(piece)s"),
            _("Marketing had promised the content by now"),
        ),
    ),
)
