"""Routing, handoffs, their clocks, and pass-backs."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id
from accord.teams.models import User


class Pool(models.Model):
    """The reps who share handoffs in turn."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_pool"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PoolMember(models.Model):
    """A rep's place in a pool. `assigned` counts what they got, `calibration` is credit.

    Next in turn is the lowest (assigned + calibration) / weight among those present.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pool = models.ForeignKey(Pool, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    weight = models.PositiveSmallIntegerField(default=100)  # per cent of a full share
    assigned = models.PositiveIntegerField(default=0)
    calibration = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pool", "user"], name="one_place_in_a_pool")]

    def __str__(self) -> str:
        return f"{self.user_id}"


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
    clock; without an owner the handoff waits in the queue.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    episode_id = models.UUIDField()
    trigger = models.CharField(max_length=10, choices=Trigger)
    state = models.CharField(max_length=12, choices=HandoffState)
    agreement_version = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    ready_at = models.DateTimeField()
    offered_at = models.DateTimeField()
    offered_by_id = models.UUIDField(null=True)
    pool = models.ForeignKey(Pool, models.SET_NULL, null=True, related_name="+")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    assigned_at = models.DateTimeField(null=True)
    first_attempt_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by_id = models.UUIDField(null=True)
    qualified_at = models.DateTimeField(null=True)
    passed_back_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # the earliest running clock's
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
        ]

    def __str__(self) -> str:
        return f"{self.id}"


class Assignment(models.Model):
    """Who had a handoff, half-open, and why: which rule, who was skipped."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    handoff_id = models.UUIDField(db_index=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    assigned_from = models.DateTimeField()
    assigned_until = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)
    rule = models.CharField(max_length=50)
    trace = models.JSONField(default=list)  # sentences, for people only

    def __str__(self) -> str:
        return self.rule


class AttemptChannel(models.TextChoices):
    """How a rep tries to reach a lead: an activity's channel."""

    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    MESSAGE = "message", _("Message")
    VISIT = "visit", _("Visit")


class AttemptOutcome(models.TextChoices):
    """What came of trying: an activity's outcome."""

    NO_ANSWER = "no_answer", _("No answer")
    LEFT_MESSAGE = "left_message", _("Left a message")
    CONNECTED = "connected", _("Talked with them")
    WRONG_CONTACT = "wrong_contact", _("Wrong address or number")


class ClockKind(models.TextChoices):
    FIRST_ATTEMPT = "first_attempt", _("First attempt")
    ANSWER = "answer", _("Accept or pass back")
    DISPOSITION = "disposition", _("Disposition")
    PASS_BACK_ANSWER = "pass_back_answer", _("Answer to what came back")


class ClockState(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    MISSED = "missed", _("Missed")  # past due and still to be done
    CANCELLED = "cancelled", _("Cancelled")


class Clock(models.Model):
    """One promised moment of one handoff; `due_at` is worked out once and stored.

    `user_id` is who promised it; None while that is the whole marketing team.
    Kept when stopped_at <= due_at; late when stopped after it. A clock that a rep missed stays
    theirs when the handoff goes to somebody else, whose own clock starts anew.
    `escalates_at` is when the sweep has to look next; `next_step` counts the steps of the
    agreement's escalation that lie behind.
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


class Escalation(models.Model):
    """A step taken because a clock was missed; once for each (clock, step)."""

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


class Answer(models.TextChoices):
    """What marketing says to a pass-back."""

    AGREED = "agreed", _("Agreed")
    MENDED = "mended", _("Mended, and handed over again")
    DISAGREED = "disagreed", _("Disagreed, for the meeting")
    ITSELF = "itself", _("Answered by itself")


class PassBack(models.Model):
    """Sales returns a lead to marketing, with a reason of the agreement it was offered under.

    `is_early`: given up before as many attempts, on as many channels, as are promised.
    Marketing answers once; a mechanical reason answers itself.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField(db_index=True)
    handoff_id = models.UUIDField()
    reason = models.CharField(max_length=50)
    destination = models.CharField(max_length=12)
    note = models.TextField(blank=True)
    asked = models.CharField(
        max_length=200, blank=True
    )  # what the reason asks for: which competitor, …
    attempts = models.PositiveSmallIntegerField(default=0)  # made before it was passed back
    is_early = models.BooleanField(default=False)
    blamed_clauses = ArrayField(
        models.CharField(max_length=120), default=list
    )  # "mql:asked-for-us"
    re_enter_on = models.DateField(null=True)
    round = models.PositiveSmallIntegerField()
    after_acceptance = models.BooleanField()
    agreement_version = models.PositiveIntegerField()
    passed_back_at = models.DateTimeField()
    passed_back_by_id = models.UUIDField()
    undone_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, choices=Answer, null=True)
    answer_note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.UUIDField(null=True)  # None when it answered itself

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id", "handoff_id"],
                condition=models.Q(undone_at__isnull=True),
                name="one_pass_back_a_handoff",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    answer__isnull=True, answered_at__isnull=True, answered_by_id__isnull=True
                )
                | models.Q(answer="itself", answered_at__isnull=False, answered_by_id__isnull=True)
                | models.Q(answered_at__isnull=False, answered_by_id__isnull=False),
                name="an_answer_has_a_moment_and_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["passed_back_at"], name="pass_backs_by_time"),
            models.Index(
                fields=["passed_back_at"],
                condition=models.Q(answered_at__isnull=True, undone_at__isnull=True),
                name="pass_backs_to_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
