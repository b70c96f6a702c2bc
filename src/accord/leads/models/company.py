"""Companies: what the leads of one have in common."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower

from accord.base.ids import new_id
from accord.teams.models import User


class Company(models.Model):
    """The company that people buy for. Shared by its leads, so a reference table.

    `is_target`: somebody here wants this company as a customer, whoever asks first.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, null=True, unique=True)
    industry = models.CharField(max_length=100, null=True)
    employees = models.PositiveIntegerField(null=True)
    country = models.CharField(max_length=100, null=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="subsidiaries")
    is_target = models.BooleanField(default=False, db_default=False)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=models.Q(domain__isnull=True),
                name="one_company_a_name_without_domain",
            )
        ]
        indexes = [
            models.Index(
                OpClass(Lower("name"), name="text_pattern_ops"), name="company_by_beginning"
            ),
            models.Index(Lower("name"), "id", name="company_by_name"),
            models.Index(
                Lower("name"), "id", condition=models.Q(is_target=True), name="company_targets"
            ),
        ]

    def __str__(self) -> str:
        return self.name
