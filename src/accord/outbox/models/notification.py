"""What was told to whom by which channel, and what became of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id


class Channel(models.TextChoices):
    APP = "app", _("In Accord")
    EMAIL = "email", _("E-mail")
    PUSH = "push", _("Browser")
    CHAT = "chat", _("Slack or Teams")


class DeliveryState(models.TextChoices):
    DUE = "due", _("To be sent")
    KEPT = "kept", _("Kept for the digest")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")
    DROPPED = "dropped", _("Dropped")


class Notification(models.Model):
    """One thing told to one person by one channel; unique, whatever is retried.

    `user_id` is the person, or a team's chat. What goes out does so at least once: `lease_until`
    keeps a second sender away while one is at it. What shares a `bundle_id` goes out as one
    message; its Message-ID is derived from that, else from `id`, so that a repeated one can be
    recognised. What `is_urgent` does not wait for quiet hours to end.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event_id = models.UUIDField()
    user_id = models.UUIDField()
    channel = models.CharField(max_length=10, choices=Channel)
    kind = models.CharField(max_length=50)
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=DeliveryState)
    attempts = models.SmallIntegerField(default=0)
    send_after = models.DateTimeField(null=True)
    bundle_id = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "user_id", "channel"], name="told_once_by_each_channel"
            )
        ]
        indexes = [
            models.Index(
                fields=["user_id", "-created_at"],
                condition=models.Q(channel="app"),
                name="notification_of_user",
            ),
            models.Index(
                fields=["user_id", "-created_at", "-id"],
                condition=models.Q(channel="app", seen_at__isnull=True),
                name="notification_unseen_newest",
            ),
            models.Index(
                fields=["send_after"], condition=models.Q(state="due"), name="notification_due"
            ),
            models.Index(
                fields=["channel", "state", "-created_at"],
                condition=models.Q(state__in=["due", "kept", "dead"]),
                name="notification_not_sent",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
