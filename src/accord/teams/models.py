"""Who works here, on which side, and when."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id
from accord.base.lifecycle import Side


class Role(models.TextChoices):
    REP = "rep", _("Rep")
    MARKETER = "marketer", _("Marketer")
    HEAD_OF_SALES = "head_of_sales", _("Head of sales")
    HEAD_OF_MARKETING = "head_of_marketing", _("Head of marketing")
    ADMIN = "admin", _("Admin")


SALES_ROLES = frozenset({Role.REP, Role.HEAD_OF_SALES})
MARKETING_ROLES = frozenset({Role.MARKETER, Role.HEAD_OF_MARKETING})
SIDE_ROLES = {
    Side.SALES: SALES_ROLES,
    Side.MARKETING: MARKETING_ROLES,
    Side.ACCORD: frozenset({Role.ADMIN}),
}


class Calendar(models.Model):
    """Working hours: ranges per weekday, wall-clock in `time_zone`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64)
    week = models.JSONField()  # {"mon": [["09:00", "12:30"], ["13:00", "17:00"]], …}
    holidays_of = models.CharField(max_length=10, blank=True)  # country as in ISO 3166

    def __str__(self) -> str:
        return self.name


class CalendarException(models.Model):
    """One day that differs from the week: other ranges, or none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="exceptions")
    on = models.DateField()
    ranges = models.JSONField(default=list)
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "on"], name="one_exception_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class Workspace(models.Model):
    """The company that runs this Accord: exactly one row."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+")
    is_sample = models.BooleanField(default=False)
    set_up_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)  # the worker watches no clock and sends nothing

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_workspace")]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who work the same hours, such as an office or a shift.

    Without a calendar of its own a team works the company's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. `roles` say what they may do; a head's role is the seat."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)  # in lower case
    name = models.CharField(max_length=150)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    time_zone = models.CharField(max_length=64)
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="people")
    languages = ArrayField(models.CharField(max_length=2), default=list)  # as in ISO 639-1
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_in_lower_case"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def side(self) -> Side:
        """The side this person works on; sales first when they hold both."""
        return self.sides[0] if self.sides else Side.ACCORD

    @property
    def sides(self) -> list[Side]:
        """All sides this person works on; Accord's own is that of admins."""
        return [side for side, roles in SIDE_ROLES.items() if roles.intersection(self.roles)]


class HandsOver(models.TextChoices):
    """What of a person's open work goes to others when an absence begins."""

    NOTHING = "nothing", _("Nothing: it waits until they are back")
    UNTOUCHED = "untouched", _("What they have not touched yet")
    ALL = "all", _("All that is open")


class Absence(models.Model):
    """A span in which a person gets no handoffs and has no working time; half-open.

    What is new for them goes to `stand_in`, if there is one. `handed_over_at` is when that was
    done which `hands_over` says is to be done at the beginning.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    absent_from = models.DateTimeField()
    absent_until = models.DateTimeField()
    reason = models.CharField(max_length=100, blank=True)
    stand_in = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    hands_over = models.CharField(
        max_length=10, choices=HandsOver, default=HandsOver.NOTHING, db_default=HandsOver.NOTHING
    )
    handed_over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(absent_from__lt=models.F("absent_until")),
                name="absence_has_length",
            )
        ]
        indexes = [
            models.Index(
                fields=["absent_from"],
                condition=models.Q(handed_over_at__isnull=True) & ~models.Q(hands_over="nothing"),
                name="absences_to_hand_over",
            )
        ]

    def __str__(self) -> str:
        return f"{self.absent_from} – {self.absent_until}"


class SettingChange(models.Model):
    """Who changed a setting of the work, when, and how it stood before and after.

    `before` is empty where something was added, `after` where it was taken out.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    changed_at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    what = models.CharField(max_length=20)  # route, pool, calendar, absence, person, team
    subject_id = models.UUIDField()
    name = models.CharField(max_length=200)  # what the subject is called
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-changed_at"], name="setting_changes_newest")]

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A key for the API; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Try(models.Model):
    """How often somebody tried something since a moment; of who it was only a digest is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    number = models.PositiveIntegerField()
    began_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.number}"


class Invitation(models.Model):
    """A link by which a person joins with the roles given; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    roles = ArrayField(models.CharField(max_length=20, choices=Role))
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_at_and_by",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.roles)
