"""Where handoffs go: routes in order, pools that take turns, and who had which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id
from accord.leads.models import Company
from accord.teams.models import User


class WhenNobody(models.TextChoices):
    """What happens to a handoff while nobody of its pool is free."""

    HOLD = "hold", _("It waits for the first who is free")
    ALERT = "alert", _("It waits, and the head of sales is told at once")
    ESCALATE = "escalate", _("It goes to another pool after a while")


class Capped(models.Model):
    """How many handoffs a person may get in turn a day, week and month; empty: any number."""

    most_a_day = models.PositiveSmallIntegerField(null=True)
    most_a_week = models.PositiveSmallIntegerField(null=True)
    most_a_month = models.PositiveSmallIntegerField(null=True)

    class Meta:
        abstract = True


class Pool(Capped):
    """The people who share handoffs in turn; the caps are those of members without own ones.

    `only_at_work`: only to people within their working hours. A lead's language and time zone
    are preferred where the pool minds them: when nobody fits, anybody free gets it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    is_default = models.BooleanField(default=False)
    only_at_work = models.BooleanField(default=False, db_default=False)
    minds_language = models.BooleanField(default=False, db_default=False)
    minds_zone = models.BooleanField(default=False, db_default=False)
    when_nobody = models.CharField(
        max_length=10, choices=WhenNobody, default=WhenNobody.ALERT, db_default=WhenNobody.ALERT
    )
    next_pool = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    moves_on_after = models.DurationField(null=True)  # on the wall clock, since it waits

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_pool"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PoolMember(Capped):
    """A person's place in a pool. `assigned` counts what they got, `calibration` is credit.

    Next in turn is the lowest (assigned + calibration) / weight among those who are free; whoever
    is not moves along by their calibration.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pool = models.ForeignKey(Pool, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    weight = models.PositiveSmallIntegerField(default=100)  # per cent of a full share
    assigned = models.PositiveIntegerField(default=0)
    calibration = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pool", "user"], name="one_place_in_a_pool")]

    def __str__(self) -> str:
        return f"{self.user_id}"


class RouteKind(models.TextChoices):
    COMPANIES = "companies", _("Named accounts")
    CRITERIA = "criteria", _("A territory or segment")


class Route(models.Model):
    """A rule for where leads go: those of named companies, or those that meet criteria.

    The first route in order that applies decides. It leads to a pool or to one person, never
    both. `criteria` is what a definition requires, in the criteria language.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=RouteKind)
    criteria = models.JSONField(default=dict)
    companies = models.ManyToManyField(Company, through="RouteCompany", related_name="+")
    pool = models.ForeignKey(Pool, models.PROTECT, null=True, related_name="routes")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pool__isnull=True, person__isnull=False)
                | models.Q(pool__isnull=False, person__isnull=True),
                name="a_route_leads_to_a_pool_or_a_person",
            )
        ]

    def __str__(self) -> str:
        return self.name


class RouteCompany(models.Model):
    """A named account of a route."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    route = models.ForeignKey(Route, models.CASCADE, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["route", "company"], name="a_company_once_a_route")
        ]

    def __str__(self) -> str:
        return f"{self.company_id}"


class Assignment(models.Model):
    """Who had a handoff, half-open, and why: which rule, who was skipped.

    `route_id` is the route that decided, if one did; `pool_id` the pool whose turn it was.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    handoff_id = models.UUIDField(db_index=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    assigned_from = models.DateTimeField()
    assigned_until = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)
    rule = models.CharField(max_length=50)
    route_id = models.UUIDField(null=True)
    pool_id = models.UUIDField(null=True)
    trace = models.JSONField(default=list)  # steps; `handoffs.kinds` has the sentences

    class Meta:
        indexes = [
            models.Index(
                fields=["pool_id", "assigned_from"],
                condition=models.Q(pool_id__isnull=False),
                name="assignments_in_turn",
            ),
            models.Index(fields=["assigned_from"], name="assignments_newest"),
        ]

    def __str__(self) -> str:
        return self.rule
