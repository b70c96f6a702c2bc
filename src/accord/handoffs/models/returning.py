"""What sales returns to marketing, and what marketing says to it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id


class Answer(models.TextChoices):
    """What marketing says to a pass-back."""

    AGREED = "agreed", _("Agreed")
    MENDED = "mended", _("Mended, and handed over again")
    DISAGREED = "disagreed", _("Disagreed, for the meeting")
    ITSELF = "itself", _("Answered by itself")


class PassBack(models.Model):
    """Sales returns a lead to marketing, with a reason of the agreement it was offered under.

    `is_early`: given up before as many attempts, on as many channels, as are promised; only
    those by which the lead can be reached count.
    Marketing answers once; a mechanical reason answers itself. `gives_turn_back`: the lead was
    no use to anybody, so that it did not count as a turn of whoever had it.
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
    attempts = models.PositiveSmallIntegerField(default=0)  # that count, made before
    is_early = models.BooleanField(default=False)
    gives_turn_back = models.BooleanField(default=False, db_default=False)
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
