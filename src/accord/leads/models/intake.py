"""What came in at the doors, kept verbatim, with its fate."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.base.ids import new_id


class Door(models.TextChoices):
    FORM = "form", _("Form")
    API = "api", _("API")
    IMPORT = "import", _("Import")
    REP = "rep", _("Brought by a rep")


class Fate(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CREATED = "created", _("Created a lead")
    MERGED = "merged", _("Added to a known lead")
    UNCHANGED = "unchanged", _("Nothing new")
    REFUSED = "refused", _("Refused")


BEING_TAKEN_IN = "Being taken in"  # the reason of what was claimed, until its fate is known


class Submission(models.Model):
    """One thing sent to us: a form, a call of the API, a row of a file.

    `nonce` makes a repeated sending the same submission; `digest` tells whether a repeated
    nonce carried another body. `line` is the row's line in the file, 1 for the header. What Accord
    failed at so many `tries` still waits, and rests until it is tried once more.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    door = models.CharField(max_length=10, choices=Door)
    nonce = models.CharField(max_length=300, null=True)
    digest = models.CharField(max_length=64, null=True)
    import_id = models.UUIDField(null=True)
    line = models.PositiveIntegerField(null=True)
    body = models.JSONField()
    received_at = models.DateTimeField()
    received_by_id = models.UUIDField(null=True)
    fate = models.CharField(max_length=10, choices=Fate)
    reason = models.CharField(max_length=500, null=True)
    field = models.CharField(max_length=100, null=True)
    lead_id = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(db_default=0)
    rests_until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["nonce"],
                condition=models.Q(nonce__isnull=False),
                name="one_submission_a_nonce",
            )
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(fate="waiting"),
                name="submission_waiting",
            ),
            models.Index(
                fields=["received_at"],
                condition=models.Q(fate="refused", import_id__isnull=True)
                & ~models.Q(reason=BEING_TAKEN_IN),
                name="submission_refused",
            ),
            models.Index(
                fields=["import_id", "line"],
                condition=models.Q(import_id__isnull=False),
                name="submission_of_import",
            ),
            models.Index(
                fields=["lead_id"],
                condition=models.Q(lead_id__isnull=False, import_id__isnull=True),
                name="submission_of_lead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.door} {self.line or ''}"


class ImportState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    UNDONE = "undone", _("Undone")


class Import(models.Model):
    """One file brought in. `lines_done` commits with its batch, so that it can resume."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12)  # leads | deals
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    source = models.CharField(max_length=50)
    mapping = models.JSONField()
    is_live = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ImportState)
    started_at = models.DateTimeField()
    started_by_id = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)
    lines_total = models.PositiveIntegerField(default=0)
    lines_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    resumed_at = models.DateTimeField(null=True)  # of the run that is at it, for its rate
    resumed_line = models.PositiveIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    upload_id = models.UUIDField(null=True)  # of the file that was sent by the page

    def __str__(self) -> str:
        return self.file_name
