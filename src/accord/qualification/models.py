"""What a lead is under the agreement: met, not met, or cannot tell and what is missing."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id


class Outcome(models.TextChoices):
    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    CANNOT_TELL = "cannot_tell", _("Cannot tell")


class Verdict(models.Model):
    """The verdict on one lead under one definition; rewritten only when it changes.

    `episode_id` names the readiness episode: it is new each time the outcome becomes met.
    `recheck_at` is when time alone could change the verdict.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    definition = models.CharField(max_length=50)
    outcome = models.CharField(max_length=11, choices=Outcome)
    met = ArrayField(models.CharField(max_length=60))
    unmet = ArrayField(models.CharField(max_length=60))
    missing = ArrayField(models.CharField(max_length=60))
    agreement_version = models.PositiveIntegerField()
    evaluated_at = models.DateTimeField()
    since_at = models.DateTimeField()
    episode_id = models.UUIDField()
    recheck_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id", "definition"], name="one_verdict_a_definition"
            )
        ]
        indexes = [
            models.Index(
                fields=["recheck_at"],
                condition=models.Q(recheck_at__isnull=False),
                name="verdict_to_recheck",
            ),
            models.Index(
                fields=["definition", "lead_id"],
                condition=models.Q(outcome="met"),
                name="verdict_met",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition}: {self.outcome}"
