"""Mails that people here copy or forward to Accord."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accord.base.ids import new_id


class MailAddress(models.Model):
    """A person's own address for copies; whoever knows it and writes as them is believed.

    Only the digest of its secret part is kept: see `accord.leads.queries.mail`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(replaced_at__isnull=True),
                name="one_mail_address_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class MailPlace(models.Model):
    """How far a mailbox was read: the last UID, good for one UIDVALIDITY only."""

    mailbox = models.CharField(primary_key=True, max_length=300)
    uid_validity = models.BigIntegerField()
    last_uid = models.BigIntegerField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.uid_validity}:{self.last_uid}"


class KeptMail(models.Model):
    """A mail that came for somebody here, each once; its words go once it stands on a lead.

    `settled_at` is empty while it has found no lead; `others` are the addresses that it is about.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=50)
    others = ArrayField(models.CharField(max_length=300), default=list)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    kept_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="a_mail_once_a_person")]
        indexes = [
            models.Index(
                fields=["user", "-happened_at"],
                condition=models.Q(settled_at__isnull=True),
                name="mail_without_lead",
            )
        ]

    def __str__(self) -> str:
        return self.kind
