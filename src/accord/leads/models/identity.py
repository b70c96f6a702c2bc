"""By what a lead is recognised, and what it agreed to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id


class IdentityKind(models.TextChoices):
    """In order of precedence."""

    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")
    EXTERNAL = "external", _("Id in another system")
    VISITOR = "visitor", _("Visitor")


class Identity(models.Model):
    """(kind, value) → lead. No foreign key: spread by value, read before the lead."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=IdentityKind)
    value = models.CharField(max_length=300)  # external ids as "source:id"
    lead_id = models.UUIDField(db_index=True)
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["value", "kind"], name="one_lead_an_identity")
        ]

    def __str__(self) -> str:
        return self.value


class Purpose(models.TextChoices):
    """What a consent is for."""

    EMAIL = "email", _("E-mails")
    PHONE = "phone", _("Calls")
    PROFILING = "profiling", _("Profiling")


class Consent(models.Model):
    """What a lead agreed to, from when until when, with the wording and its source.

    A no without a yes before it has no `given_at`. `known_at` is when we learnt of the row, and
    `withdrawal_known_at` of its end; nothing else of a row ever changes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    purpose = models.CharField(max_length=50, choices=Purpose)
    wording = models.TextField(blank=True)
    source = models.CharField(max_length=100, blank=True)
    given_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_source = models.CharField(max_length=100, null=True)
    known_at = models.DateTimeField()
    withdrawal_known_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["lead_id"], name="consent_of_lead")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(given_at__isnull=False) | models.Q(withdrawn_at__isnull=False),
                name="a_consent_was_given_or_refused",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    withdrawn_at__isnull=True,
                    withdrawal_known_at__isnull=True,
                    withdrawal_source__isnull=True,
                )
                | models.Q(
                    withdrawn_at__isnull=False,
                    withdrawal_known_at__isnull=False,
                    withdrawal_source__isnull=False,
                ),
                name="a_withdrawal_is_told_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.purpose
