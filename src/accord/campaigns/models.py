"""Campaigns: planned marketing efforts with dates and cost."""

from django.db import models

from accord.base.ids import new_id


class Campaign(models.Model):
    """A planned effort. Shared by all leads, so a reference table."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
