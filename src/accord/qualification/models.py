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
    `recheck_at` is when time alone could change the verdict. `to_release_at`: a new version made
    the lead ready then, and it waits until sales has time for it.
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
    to_release_at = models.DateTimeField(null=True)

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
            models.Index(
                fields=["definition", "lead_id"],
                condition=models.Q(to_release_at__isnull=False),
                name="verdict_to_release",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition}: {self.outcome}"


class Score(models.Model):
    """The points of one lead under the scorecards; rewritten only when they change.

    `X_given` holds the points of each row of scorecard X, in the order of `agreement_version`,
    and adds up to `X_points`; `fit_unknown` the rows of which nobody can tell. What a version
    has no scorecard for is empty. `recheck_at` is when time alone could change the points.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField(unique=True)
    fit_points = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    fit_grade = models.CharField(max_length=1, blank=True)
    fit_given = ArrayField(models.DecimalField(max_digits=9, decimal_places=2))
    fit_unknown = ArrayField(models.CharField(max_length=60))
    engagement_points = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    engagement_grade = models.CharField(max_length=1, blank=True)
    engagement_given = ArrayField(models.DecimalField(max_digits=9, decimal_places=2))
    agreement_version = models.PositiveIntegerField()
    evaluated_at = models.DateTimeField()
    recheck_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["recheck_at"],
                condition=models.Q(recheck_at__isnull=False),
                name="score_to_recheck",
            ),
            models.Index(
                fields=["fit_grade", "engagement_grade", "lead_id"], name="score_by_label"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Both grades in one, such as B2."""
        return f"{self.fit_grade}{self.engagement_grade}"


class BackTestState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


class BackTest(models.Model):
    """Agreements tried on a time that has passed: [begins_at, ends_at).

    `variants` holds what each is called and its text; the first is what the others differ from.
    `figures` are those of a tenth of the leads until all are judged.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    definition = models.CharField(max_length=50)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    variants = models.JSONField()
    state = models.CharField(max_length=8, choices=BackTestState)
    asked_at = models.DateTimeField()
    asked_by_id = models.UUIDField(null=True)
    done = models.PositiveIntegerField(default=0)  # leads judged, of `total`
    total = models.PositiveIntegerField(default=0)
    figures = models.JSONField(null=True)
    why = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.definition}, {self.begins_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"


class PastVerdict(models.Model):
    """When a lead first met the definition of each variant of a back-test, if it ever did.

    Leads that met none have no row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    back_test = models.ForeignKey(BackTest, models.CASCADE, related_name="+")
    met_at = ArrayField(models.DateTimeField(null=True))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["back_test", "lead_id"], name="one_past_verdict_a_lead")
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}"
