"""Leads that were one person, and those that may be."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id


class Merge(models.Model):
    """The lead `lead_id` went into `winner_id`, with what is needed to take that back.

    `moved` holds the ids of the rows that moved, by table; `before` and `after` what the
    winner's own row said of owner, status and first contact. A merge that was taken back
    has `undone_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    winner_id = models.UUIDField(db_index=True)
    merged_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    moved = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id"], condition=Q(undone_at__isnull=True), name="merged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} into {self.winner_id}"


class Likeness(models.TextChoices):
    """Why two leads may be one person."""

    NAME = "name", _("The same name at the same company")
    IDENTITIES = "identities", _("One submission named both")
    SAID = "said", _("Sales says so")


class Answer(models.TextChoices):
    MERGED = "merged", _("Merged")
    DIFFERENT = "different", _("Two people")


class Suspect(models.Model):
    """Two leads that may be one person; `lead_id` is the smaller id. Asked about once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    other_id = models.UUIDField(db_index=True)
    likeness = models.CharField(max_length=10, choices=Likeness)
    found_at = models.DateTimeField()
    answer = models.CharField(max_length=9, choices=Answer, null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead_id", "other_id"], name="a_pair_is_asked_once"),
            models.CheckConstraint(condition=Q(lead_id__lt=F("other_id")), name="smaller_id_first"),
        ]
        indexes = [
            models.Index(
                fields=["-found_at", "-id"],
                condition=Q(answer__isnull=True),
                name="suspects_to_answer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} and {self.other_id}"
