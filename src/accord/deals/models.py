"""The sales process, its steps, deals and their outcomes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id
from accord.leads.models import NOW, Company, CustomValue
from accord.teams.models import User


class SalesStep(models.Model):
    """A step of the sales process, with the chance of winning from it (0 to 100)."""

    key = models.CharField(primary_key=True, max_length=50)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(unique=True)
    probability = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.name


class DealState(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class Deal(models.Model):
    """A possible sale. Carries its main lead's id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField(db_index=True)
    company = models.ForeignKey(Company, models.SET_NULL, null=True, related_name="deals")
    external_id = models.CharField(max_length=200, null=True)  # "source:id"
    title = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=5, choices=DealState)
    step = models.ForeignKey(SalesStep, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closing_known_at = models.DateTimeField(null=True)  # files tell late; else when it was closed
    loss_reason = models.CharField(max_length=50, null=True)
    re_enter_on = models.DateField(null=True)  # lost for now: not before this day again
    note = models.TextField(blank=True)
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | models.Q(state__in=["won", "lost"], closed_at__isnull=False),
                name="closed_deals_have_a_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="lost") | models.Q(loss_reason__isnull=False),
                name="a_lost_deal_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=["lead_id", "external_id"], name="one_deal_an_external_id"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "closed_at"], name="deals_closed"),
            models.Index(
                fields=["step"], condition=models.Q(state="open"), name="deals_open_by_step"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DealLead(models.Model):
    """A further lead of a deal: a colleague of the main lead, whose deal it is too."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    deal_id = models.UUIDField(db_index=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead_id", "deal_id"], name="a_lead_joins_a_deal_once")
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} in {self.deal_id}"


class StepEntry(models.Model):
    """A deal was in `step` in [entered_at, left_at)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    deal_id = models.UUIDField(db_index=True)
    step = models.ForeignKey(SalesStep, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.step_id}"


class FormerAmount(models.Model):
    """The amount of a deal as it was known in [known_from, known_until); the deal has today's.

    NULL was not known; not `is_kept`: nobody can say any more what was.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    deal_id = models.UUIDField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    is_kept = models.BooleanField()
    known_from = models.DateTimeField()
    known_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["deal_id", "known_until"], name="former_amounts_of_deal"),
            models.Index(
                fields=["known_until"],
                condition=models.Q(is_kept=False),
                name="amounts_that_were_not_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class DealValue(CustomValue):
    """A value of a fact that the company defined about its deals."""

    lead_id = models.UUIDField()
    deal_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_id", "deal_id", "fact"], condition=NOW, name="one_value_of_a_deal"
            )
        ]
        indexes = [
            models.Index(fields=["deal_id", "fact", "known_from"], name="values_of_deal"),
            models.Index(fields=["fact", "text_value"], condition=NOW, name="deals_by_text"),
            models.Index(fields=["fact", "number_value"], condition=NOW, name="deals_by_number"),
            models.Index(fields=["fact", "date_value"], condition=NOW, name="deals_by_date"),
        ]
