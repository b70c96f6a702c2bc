"""Who gets handoffs in turn, and who had which."""

from django.db import models

from accord.base.ids import new_id
from accord.teams.models import User


class Pool(models.Model):
    """The reps who share handoffs in turn."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_pool"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PoolMember(models.Model):
    """A rep's place in a pool. `assigned` counts what they got, `calibration` is credit.

    Next in turn is the lowest (assigned + calibration) / weight among those present.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pool = models.ForeignKey(Pool, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    weight = models.PositiveSmallIntegerField(default=100)  # per cent of a full share
    assigned = models.PositiveIntegerField(default=0)
    calibration = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pool", "user"], name="one_place_in_a_pool")]

    def __str__(self) -> str:
        return f"{self.user_id}"


class Assignment(models.Model):
    """Who had a handoff, half-open, and why: which rule, who was skipped."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    handoff_id = models.UUIDField(db_index=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    assigned_from = models.DateTimeField()
    assigned_until = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)
    rule = models.CharField(max_length=50)
    trace = models.JSONField(default=list)  # sentences, for people only

    def __str__(self) -> str:
        return self.rule
