"""The steps of the sales process."""

from django.db import transaction
from django.utils.translation import gettext as _

from accord.deals.models import SalesStep


def add_default_steps() -> None:
    """Add the steps to begin with, from first talk to decision; known ones stay as they are."""
    steps = (
        ("qualification", _("Qualification"), 10),
        ("demo", _("Demo"), 25),
        ("proposal", _("Proposal"), 50),
        ("negotiation", _("Negotiation"), 70),
        ("ready_to_close", _("Ready to close"), 90),
    )
    with transaction.atomic():
        SalesStep.objects.bulk_create(
            [
                SalesStep(key=key, name=name, position=place, probability=probability)
                for place, (key, name, probability) in enumerate(steps, start=1)
            ],
            ignore_conflicts=True,
        )
