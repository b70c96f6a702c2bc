"""Facts that a company defined itself, and their values."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id
from accord.leads.models.company import Company


class About(models.TextChoices):
    LEAD = "lead", _("Leads")
    COMPANY = "company", _("Companies")
    DEAL = "deal", _("Deals")


class FactKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Money")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of a list")
    YES_NO = "yes_no", _("Yes or no")


class CustomFact(models.Model):
    """A fact that the company defined. Its key is its name in criteria, files, API and forms.

    What it is about and its kind never change: criteria and values stand on them. A retired
    one is no longer asked for; its values stay.
    """

    key = models.CharField(primary_key=True, max_length=50)
    label = models.CharField(max_length=100)
    about = models.CharField(max_length=10, choices=About)
    kind = models.CharField(max_length=10, choices=FactKind)
    choices = ArrayField(models.CharField(max_length=100), default=list)
    in_list = models.BooleanField(default=False)
    on_form = models.BooleanField(default=False)
    defined_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label


class CustomValue(models.Model):
    """A value that was known in [known_from, known_until); without an end it holds now.

    Exactly the column that fits the fact's kind is used. No row: not known.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fact = models.ForeignKey(CustomFact, models.PROTECT, related_name="+", db_index=False)
    text_value = models.CharField(max_length=500, null=True)
    number_value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    date_value = models.DateField(null=True)
    yes_value = models.BooleanField(null=True)
    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.fact_id


NOW = models.Q(known_until__isnull=True)


class LeadValue(CustomValue):
    """A value of a fact about a lead."""

    lead_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id", "fact"], condition=NOW, name="one_value_of_a_lead"
            )
        ]
        indexes = [
            models.Index(fields=["lead_id", "fact", "known_from"], name="values_of_lead"),
            models.Index(fields=["fact", "text_value"], condition=NOW, name="leads_by_text"),
            models.Index(fields=["fact", "number_value"], condition=NOW, name="leads_by_number"),
            models.Index(fields=["fact", "date_value"], condition=NOW, name="leads_by_date"),
        ]


class CompanyValue(CustomValue):
    """A value of a fact about a company."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="values", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "fact"], condition=NOW, name="one_value_of_a_company"
            )
        ]
        indexes = [
            models.Index(fields=["company", "fact", "known_from"], name="values_of_company"),
            models.Index(fields=["fact", "text_value"], condition=NOW, name="companies_by_text"),
            models.Index(
                fields=["fact", "number_value"], condition=NOW, name="companies_by_number"
            ),
            models.Index(fields=["fact", "date_value"], condition=NOW, name="companies_by_date"),
        ]
