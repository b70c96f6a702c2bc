"""The agreement: one document, in versions that never change, signed by both heads."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id


class VersionState(models.TextChoices):
    TRIAL = "trial", _("On trial")
    PROPOSED = "proposed", _("Proposed")
    SIGNED = "signed", _("Signed")  # by both, and not in force before its day
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    TURNED_DOWN = "turned_down", _("Turned down")


class Version(models.Model):
    """One version: its text never changes, only its state does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    document = models.TextField()  # YAML, as signed
    digest = models.CharField(max_length=64)  # SHA-256 of the document
    state = models.CharField(max_length=12, choices=VersionState)
    reason = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    proposed_by_id = models.UUIDField(null=True)
    in_force_from = models.DateTimeField(null=True)
    in_force_until = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)  # when all leads were judged by it
    ended_at = models.DateTimeField(null=True)  # withdrawn or turned down, with who and why
    ended_by_id = models.UUIDField(null=True)
    ended_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state__in=["trial", "in_force"]),
                name="one_version_of_each_running_state",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by_id__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by_id__isnull=False),
                name="who_ended_a_version_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Seat(models.TextChoices):
    SALES = "sales", _("Head of sales")
    MARKETING = "marketing", _("Head of marketing")


class Signature(models.Model):
    """A head's signature under one version; the name is kept as it was written."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="signatures")
    seat = models.CharField(max_length=10, choices=Seat)
    signed_at = models.DateTimeField()
    signed_by_id = models.UUIDField()
    name = models.CharField(max_length=150)
    head_id = models.UUIDField(null=True)  # whose seat it is, where another signed for them
    instead_of = models.CharField(max_length=150, blank=True)  # that head's name
    digest = models.CharField(max_length=64)  # of the document that was signed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "seat"], name="one_signature_a_seat")
        ]

    def __str__(self) -> str:
        return self.name


class Delegation(models.Model):
    """A head lets somebody else sign for the seat, up to and with the day `until_on`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seat = models.CharField(max_length=10, choices=Seat)
    head_id = models.UUIDField()
    user_id = models.UUIDField()
    given_at = models.DateTimeField()
    until_on = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "head_id"],
                condition=models.Q(ended_at__isnull=True),
                name="one_who_signs_for_a_head",
            )
        ]

    def __str__(self) -> str:
        return self.seat


class Comment(models.Model):
    """What somebody said of a proposed version; `place` as the page calls it, "" for all."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="comments")
    place = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    said_at = models.DateTimeField()
    said_by_id = models.UUIDField()
    name = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["version", "said_at"], name="comments_of_version")]

    def __str__(self) -> str:
        return self.name
