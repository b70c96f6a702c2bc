"""What people are told of handoffs, for their choice of channels."""

from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import Side
from accord.outbox.kinds import Kind, register

register(
    Kind("handoff.offered", _("A lead is yours"), Side.SALES, rings=True, is_personal=True),
    Kind("lead.raised_a_hand", _("A lead of yours asks for us again"), Side.SALES, rings=True),
    Kind("handoff.resumed", _("A lead asked to hear from you now"), Side.SALES, rings=True),
    Kind(
        "clock.at_risk",
        _("A promise of yours is soon due"),
        Side.SALES,
        rings=True,
        is_personal=True,
    ),
    Kind(
        "clock.missed",
        _("A promise of sales is past due"),
        Side.SALES,
        rings=True,
        comes_together=True,
    ),
    Kind("handoff.queued", _("A lead waits and nobody is there"), Side.SALES, rings=True),
    Kind("handoff.reassigned", _("A lead of yours went to a colleague"), Side.SALES),
    Kind("work.passed_on", _("Leads of somebody who is gone are yours"), Side.SALES, rings=True),
    Kind("handoff.withdrawn", _("A handoff was withdrawn"), Side.SALES, is_for_digest=True),
    Kind("pass_back.answered", _("Marketing answered what you passed back"), Side.SALES),
    Kind(
        "handoff.accepted",
        _("Sales accepted a lead you offered"),
        Side.MARKETING,
        is_for_digest=True,
    ),
    Kind("handoff.passed_back", _("A lead came back"), Side.MARKETING),
    Kind(
        "handoff.pass_back_undone",
        _("A lead that came back stays with sales"),
        Side.MARKETING,
        is_for_digest=True,
    ),
    Kind("pass_back.at_risk", _("An answer of marketing's is soon due"), Side.MARKETING),
    Kind(
        "pass_back.unanswered", _("Sales waits for marketing's answer"), Side.MARKETING, rings=True
    ),
)
