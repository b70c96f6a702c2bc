"""How people want to hear of things, and where they can be reached beside by mail."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id
from accord.outbox.models.notification import Channel


class Timing(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DIGEST = "digest", _("Daily digest")
    OFF = "off", _("Not at all")


class Quiet(models.TextChoices):
    OUTSIDE_WORK = "outside_work", _("Outside my working hours")
    OWN = "own", _("Between these times")
    NEVER = "never", _("Never: tell me at any hour")


class Service(models.TextChoices):
    SLACK = "slack", _("Slack")
    TEAMS = "teams", _("Microsoft Teams")


class Wish(models.Model):
    """What a person wants of one kind by one channel, where it differs from the default."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    kind = models.CharField(max_length=50)
    channel = models.CharField(max_length=10, choices=Channel)
    timing = models.CharField(max_length=10, choices=Timing)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "kind", "channel"], name="one_wish_each")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.timing}"


class Listener(models.Model):
    """How one person wants to be told, whatever the kind; without a row, as the defaults are."""

    user_id = models.UUIDField(primary_key=True)
    quiet = models.CharField(max_length=20, choices=Quiet, default=Quiet.OUTSIDE_WORK)
    quiet_from = models.TimeField(null=True)  # on the person's wall clock
    quiet_until = models.TimeField(null=True)
    lets_urgent = models.BooleanField(default=True)  # hand-raises come through all the same
    gets_digest = models.BooleanField(default=True)
    push_says = models.BooleanField(default=True)  # the sentence itself, not just that there is one

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(quiet="own")
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="own_quiet_hours_have_times",
            )
        ]

    def __str__(self) -> str:
        return self.quiet


class Chat(models.Model):
    """Where Slack or Teams takes messages: a person's own, or a team's, which hears of `kinds`.

    The address is a secret: whoever has it can post. It is kept sealed and is never shown again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField(null=True, unique=True)  # None: a team's
    side = models.CharField(max_length=20, blank=True)  # whose, of a team's
    name = models.CharField(max_length=80)
    service = models.CharField(max_length=10, choices=Service)
    sealed_url = models.TextField()
    kinds = ArrayField(models.CharField(max_length=50), default=list)
    created_at = models.DateTimeField()
    created_by = models.UUIDField()

    def __str__(self) -> str:
        return self.name


class Browser(models.Model):
    """A browser that a person lets us push to. Its address and keys are kept sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)  # of its address
    sealed = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user_id"], name="browser_of_user")]

    def __str__(self) -> str:
        return self.name


class PushKey(models.Model):
    """The key pair by which push services know this Accord; made at first use, one row."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    public = models.CharField(max_length=100)
    sealed_private = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_push_key")]

    def __str__(self) -> str:
        return self.public
