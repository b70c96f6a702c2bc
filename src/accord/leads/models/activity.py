"""The timeline: what the prospect and both sides did."""

from django.db import models

from accord.base.ids import new_id
from accord.base.lifecycle import Side


class Activity(models.Model):
    """One thing that happened. `kind` is registered with its sentence in a room's kinds.py.

    `happened_at` is the source's moment, `known_at` ours. Computed on are only the typed
    columns; `detail` feeds the sentence.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    kind = models.CharField(max_length=50)
    side = models.CharField(max_length=10, choices=Side)
    happened_at = models.DateTimeField()
    known_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    campaign_id = models.UUIDField(null=True)
    handoff_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=50, null=True)
    outcome = models.CharField(max_length=50, null=True)
    text = models.TextField(null=True)
    detail = models.JSONField(null=True)

    class Meta:
        indexes = [
            # With all that counts ask for: what a lead did lies together here, and is scattered
            # over the table by the days on which it happened.
            models.Index(
                fields=["lead_id", "-happened_at", "-id"],
                include=["kind", "outcome", "known_at"],
                name="done_by_lead",
            ),
            models.Index(fields=["kind", "happened_at", "lead_id"], name="activity_of_kind"),
            models.Index(
                fields=["lead_id", "campaign_id"],
                condition=models.Q(campaign_id__isnull=False),
                name="took_part_by_lead",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Observed(models.Model):
    """Since when a kind of activity is watched at all; before it, counts cannot tell."""

    kind = models.CharField(primary_key=True, max_length=50)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind
