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


class Consent(models.Model):
    """What a lead agreed to, from when until when, with the wording and its source."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    purpose = models.CharField(max_length=50)
    wording = models.TextField(blank=True)
    source = models.CharField(max_length=100, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["lead_id"], name="consent_of_lead")]

    def __str__(self) -> str:
        return self.purpose
