"""The promised moments of handoffs, and what is done when one is missed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id


class ClockKind(models.TextChoices):
    FIRST_ATTEMPT = "first_attempt", _("First attempt")
    ANSWER = "answer", _("Accept or pass back")
    DISPOSITION = "disposition", _("Disposition")
    ATTEMPTS = "attempts", _("Attempts over days")
    PASS_BACK_ANSWER = "pass_back_answer", _("Answer to what came back")


class ClockState(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    MISSED = "missed", _("Missed")  # past due, and not done by whoever promised
    CANCELLED = "cancelled", _("Cancelled")


class Clock(models.Model):
    """One promised moment of one handoff; `due_at` is stored, and worked out by the hours of now.

    `user_id` is who promised it; None while that is the whole marketing team.
    Kept when stopped_at <= due_at; late when stopped after it. A clock that a rep missed stays
    theirs when the handoff goes to somebody else, whose own clock starts anew.
    `escalates_at` is when the sweep has to look next: to warn at `warns_at`, which it does once,
    then past due. `next_step` counts the steps of the agreement's escalation that lie behind.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    handoff_id = models.UUIDField()
    kind = models.CharField(max_length=20, choices=ClockKind)
    state = models.CharField(max_length=10, choices=ClockState)
    user_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    resumes_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    warns_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)  # when the sweep noticed
    next_step = models.PositiveSmallIntegerField(default=0)
    escalates_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id", "handoff_id", "kind"],
                condition=models.Q(state__in=["running", "paused"]),
                name="one_running_clock_of_a_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["escalates_at"],
                condition=models.Q(escalates_at__isnull=False),
                name="clocks_to_escalate",
            ),
            models.Index(
                fields=["resumes_at"], condition=models.Q(state="paused"), name="clocks_to_resume"
            ),
            models.Index(fields=["handoff_id"], name="clocks_of_handoff"),
            models.Index(fields=["user_id", "due_at"], name="clocks_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Pause(models.Model):
    """A span in which the promises on a handoff stand still, half-open; never two at a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    handoff_id = models.UUIDField()
    paused_from = models.DateTimeField()
    paused_until = models.DateTimeField()
    by_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["handoff_id"], name="pauses_of_handoff")]

    def __str__(self) -> str:
        return f"{self.paused_from} – {self.paused_until}"


class Escalation(models.Model):
    """A step taken because a clock was at risk or missed; once for each (clock, step)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    clock_id = models.UUIDField()
    step = models.CharField(max_length=20)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead_id", "clock_id", "step"], name="one_step_a_clock")
        ]

    def __str__(self) -> str:
        return self.step
