"""Requests for content: what sales asks of marketing, and marketing's answer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id


class Piece(models.TextChoices):
    """What kind of content is asked for."""

    CASE_STUDY = "case_study", _("Case study")
    ONE_PAGER = "one_pager", _("One-pager")
    COMPARISON = "comparison", _("Comparison")
    PRICE_SHEET = "price_sheet", _("Price sheet")
    TECHNICAL_ANSWER = "technical_answer", _("Technical answer")
    OTHER = "other", _("Something else")


class RequestState(models.TextChoices):
    ASKED = "asked", _("Asked")
    TAKEN = "taken", _("Being made")
    DELIVERED = "delivered", _("Delivered")
    TURNED_DOWN = "turned_down", _("Turned down")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ANSWERS = (RequestState.DELIVERED, RequestState.TURNED_DOWN)
OPEN = Q(answered_at__isnull=True, withdrawn_at__isnull=True)


class ContentRequest(models.Model):
    """Somebody of sales asks for a piece, for a lead, for a deal with its lead, or for nobody.

    All of marketing promised an answer by `due_at`, under the version of the agreement that was
    in force then; None where that one promises no content. Kept when answered_at <= due_at.
    `escalates_at` is when the sweep has to look next: to warn at `warns_at`, which it does once,
    then past due. `next_step` counts the steps of the agreement's escalation that lie behind.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField(null=True)
    deal_id = models.UUIDField(null=True)
    piece = models.CharField(max_length=20, choices=Piece)
    need = models.TextField()
    needed_on = models.DateField(null=True)
    is_reusable = models.BooleanField()
    state = models.CharField(max_length=11, choices=RequestState)
    agreement_version = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    asked_by_id = models.UUIDField()
    taken_at = models.DateTimeField(null=True)
    taken_by_id = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.UUIDField(null=True)
    link = models.CharField(max_length=500, blank=True)
    words = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)  # by whoever asked
    due_at = models.DateTimeField(null=True)
    warns_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)  # when the sweep noticed
    next_step = models.PositiveSmallIntegerField(default=0)
    escalates_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by_id__isnull=True)
                | Q(taken_at__isnull=False, taken_by_id__isnull=False),
                name="a_request_is_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by_id__isnull=True)
                | Q(answered_at__isnull=False, answered_by_id__isnull=False),
                name="a_request_is_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ANSWERS, answered_at__isnull=False, withdrawn_at__isnull=True)
                | Q(state="withdrawn", answered_at__isnull=True, withdrawn_at__isnull=False)
                | Q(
                    state__in=["asked", "taken"],
                    answered_at__isnull=True,
                    withdrawn_at__isnull=True,
                ),
                name="a_request_ends_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["escalates_at"],
                condition=Q(escalates_at__isnull=False),
                name="requests_to_escalate",
            ),
            models.Index(fields=["due_at"], condition=OPEN, name="requests_open"),
            models.Index(fields=["asked_at"], name="requests_by_day"),
            models.Index(fields=["lead_id"], name="requests_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{Piece(self.piece).label}: {self.need}"
