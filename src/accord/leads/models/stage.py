"""Every entry into a lifecycle stage."""

from django.db import models

from accord.base.ids import new_id
from accord.base.lifecycle import Cause, Stage


class StageEntry(models.Model):
    """A lead was in `stage` in [entered_at, left_at); the last one is open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    stage = models.CharField(max_length=12, choices=Stage)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField()
    cause = models.CharField(max_length=12, choices=Cause)
    why = models.CharField(max_length=200, blank=True)
    by_id = models.UUIDField(null=True)
    agreement_version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id"],
                condition=models.Q(left_at__isnull=True),
                name="one_stage_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["lead_id", "entered_at"], name="stages_of_lead"),
            models.Index(fields=["stage", "entered_at"], name="entries_of_stage"),
            models.Index(
                fields=["left_at", "stage", "entered_at"],
                condition=models.Q(
                    stage__in=["mql", "sal", "sql", "opportunity"], left_at__isnull=False
                ),
                name="stays_that_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.stage
