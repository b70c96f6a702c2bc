"""A lead that marketing gives to sales."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id
from accord.handoffs.models.routing import Pool
from accord.teams.models import User


class Trigger(models.TextChoices):
    READY = "ready", _("Became sales-ready")
    HAND_RAISE = "hand_raise", _("Raised a hand")
    MANUAL = "manual", _("Offered by marketing")
    BROUGHT = "brought", _("Brought by the rep")


class HandoffState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    PASSED_BACK = "passed_back", _("Passed back")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Handoff(models.Model):
    """Marketing gives a lead to sales. One open handoff a lead; one a readiness episode.

    Open = offered, or accepted and not yet disposed of (qualified, passed back,
    disqualified: `disposed_at`). `ready_at` starts speed to lead, `assigned_at` the rep's
    clock; without an owner the handoff waits in the queue of its pool since `queued_at`, and
    `waits_because` says why, step by step.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    episode_id = models.UUIDField()
    trigger = models.CharField(max_length=10, choices=Trigger)
    segment = models.CharField(
        max_length=50, blank=True, db_default=""
    )  # whose limits it has, at the offer
    state = models.CharField(max_length=12, choices=HandoffState)
    agreement_version = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    ready_at = models.DateTimeField()
    offered_at = models.DateTimeField()
    offered_by_id = models.UUIDField(null=True)
    pool = models.ForeignKey(Pool, models.SET_NULL, null=True, related_name="+")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    assigned_at = models.DateTimeField(null=True)
    queued_at = models.DateTimeField(null=True)
    waits_because = models.JSONField(null=True)
    first_attempt_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by_id = models.UUIDField(null=True)
    qualified_at = models.DateTimeField(null=True)
    passed_back_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # the earliest running clock's
    put_aside_until_at = models.DateTimeField(null=True)  # by its owner, never until it is due
    brief = models.JSONField(default=dict)  # what the rep is shown, as it was at the offer

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id", "episode_id"], name="one_handoff_an_episode"
            ),
            models.UniqueConstraint(
                fields=["lead_id"],
                condition=models.Q(disposed_at__isnull=True),
                name="one_open_handoff_a_lead",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"],
                condition=models.Q(disposed_at__isnull=True),
                name="handoffs_open_of_owner",
            ),
            models.Index(fields=["offered_at"], name="handoffs_offered"),
            models.Index(
                fields=["offered_at"],
                condition=models.Q(disposed_at__isnull=True, owner__isnull=True),
                name="handoffs_queued",
            ),
            models.Index(
                fields=["offered_at"],
                condition=models.Q(
                    disposed_at__isnull=True,
                    first_attempt_at__isnull=True,
                    accepted_at__isnull=True,
                ),
                name="handoffs_untouched",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}"
