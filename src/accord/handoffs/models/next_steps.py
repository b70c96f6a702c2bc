"""What a rep does next about a lead, and whether the prospect was promised it."""

from django.db import models

from accord.base.ids import new_id
from accord.handoffs.models.attempts import AttemptChannel


class NextStep(models.Model):
    """The next thing that a rep does about a lead, on this channel; one open a handoff.

    It is late once `due_at` has passed and `done_at` is None. What the rep planned is done by
    the next attempt; what was `promised_to_prospect` by talking to them, or by trying on that
    channel within the day before it is due or later. `planned_at` is when it was last set.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    handoff_id = models.UUIDField()
    channel = models.CharField(max_length=10, choices=AttemptChannel)
    due_at = models.DateTimeField()
    promised_to_prospect = models.BooleanField(default=False)
    planned_at = models.DateTimeField()
    planned_by_id = models.UUIDField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id", "handoff_id"],
                condition=models.Q(done_at__isnull=True),
                name="one_next_step_a_handoff",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at__isnull=True),
                name="next_steps_to_do",
            ),
            models.Index(fields=["handoff_id"], name="next_steps_of_handoff"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}"
