"""A lead, and where leads come from."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id
from accord.base.lifecycle import LeadStatus, Side, Stage
from accord.campaigns.models import Campaign
from accord.leads.models.company import Company
from accord.teams.models import User


class Authority(models.TextChoices):
    DECIDES = "decides", _("Decides")
    INFLUENCES = "influences", _("Influences")
    USES = "uses", _("Uses")
    NONE = "none", _("Has no say")


class Lead(models.Model):
    """One person from first touch to customer. Text that is unknown is NULL, never ''."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200, null=True)
    email = models.CharField(max_length=254, null=True)
    phone = models.CharField(max_length=32, null=True)
    job_title = models.CharField(max_length=150, null=True)
    country = models.CharField(max_length=100, null=True)
    language = models.CharField(max_length=20, null=True)
    industry = models.CharField(max_length=100, null=True)
    lead_type = models.CharField(max_length=100, null=True)
    company = models.ForeignKey(Company, models.SET_NULL, null=True, related_name="leads")

    source = models.CharField(max_length=100, null=True)
    source_detail = models.CharField(max_length=300, null=True)
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, related_name="+")

    need = models.TextField(null=True)
    authority = models.CharField(max_length=12, choices=Authority, null=True)
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    needed_by_on = models.DateField(null=True)
    do_not_contact = models.BooleanField(default=False)

    stage = models.CharField(max_length=12, choices=Stage)
    stage_entered_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=LeadStatus, default=LeadStatus.NEW)
    holder = models.CharField(max_length=10, choices=Side)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    brought_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    first_contact_at = models.DateTimeField()
    known_at = models.DateTimeField()
    merged_into_id = models.UUIDField(null=True)  # no foreign key: leads may live apart

    class Meta:
        indexes = [
            models.Index(fields=["-first_contact_at", "-id"], name="lead_newest"),
            models.Index(fields=["stage", "-first_contact_at", "-id"], name="lead_of_stage"),
            models.Index(
                fields=["owner", "-first_contact_at", "-id"],
                condition=models.Q(owner__isnull=False),
                name="lead_of_owner",
            ),
            models.Index(
                fields=["company"],
                condition=models.Q(company__isnull=False),
                name="lead_of_company",
            ),
            models.Index(
                fields=["source", "-first_contact_at", "-id"],
                condition=models.Q(source__isnull=False),
                name="lead_of_source",
            ),
            models.Index(
                fields=["merged_into_id"],
                condition=models.Q(merged_into_id__isnull=False),
                name="lead_merged",
            ),
            models.Index(
                fields=["stage", "stage_entered_at"],
                condition=models.Q(stage__in=["mql", "sal", "sql", "opportunity", "recycled"]),
                name="lead_stays_in_stage",
            ),
            GinIndex(
                SearchVector("name", "email", "phone", "job_title", config="simple"),
                name="lead_text",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or f"{self.id}"[-8:]


class Source(models.Model):
    """A source that at least one lead came from: a view, that steps from name to name."""

    name = models.CharField(primary_key=True, max_length=100)

    class Meta:
        managed = False

    def __str__(self) -> str:
        return self.name
