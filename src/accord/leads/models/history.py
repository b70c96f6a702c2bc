"""As it was: the old value of a fact when it changes, and intervals."""

from django.db import models

from accord.base.ids import new_id
from accord.teams.models import User


class OldValue(models.Model):
    """A value that held in [known_from, known_until); all value columns NULL: was unknown.

    Exactly the column that fits the fact's type is used. The value that holds now is on the
    record itself, so that a new record costs nothing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fact = models.CharField(max_length=50)
    text_value = models.TextField(null=True)
    number_value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    date_value = models.DateField(null=True)
    moment_value = models.DateTimeField(null=True)
    yes_value = models.BooleanField(null=True)
    known_from = models.DateTimeField()
    known_until = models.DateTimeField()

    class Meta:
        abstract = True


class FactChange(OldValue):
    """An old value of a lead's fact. The company link is the fact `company` (id as text)."""

    lead_id = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["lead_id", "fact", "known_until"], name="old_value_of_lead")
        ]

    def __str__(self) -> str:
        return self.fact


class CompanyFactChange(OldValue):
    """An old value of a company's fact, and who changed it."""

    company_id = models.UUIDField()
    by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company_id", "fact", "known_until"], name="old_value_of_company")
        ]

    def __str__(self) -> str:
        return self.fact


class Ownership(models.Model):
    """Who owned a lead, half-open; the last one is open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    owned_from = models.DateTimeField()
    owned_until = models.DateTimeField(null=True)
    why = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id"],
                condition=models.Q(owned_until__isnull=True),
                name="one_owner_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["lead_id", "owned_from"], name="ownership_of_lead")]

    def __str__(self) -> str:
        return self.why
