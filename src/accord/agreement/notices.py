"""What people are told of the agreement, for their choice of channels."""

from django.utils.translation import gettext_lazy as _

from accord.outbox.kinds import Kind, register

register(
    Kind("agreement.proposed", _("A new agreement is proposed, discussed, answered or signed")),
    Kind("agreement.in_force", _("A new agreement comes into force"), is_for_digest=True),
)
