"""Files that people put beside what they wrote about a lead."""

from django.db import models

from accord.base.ids import new_id


class Attachment(models.Model):
    """A file of an activity. Its content lies in the database: one backup holds all of a lead."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead_id = models.UUIDField()
    activity_id = models.UUIDField()
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()  # bytes
    content = models.BinaryField()
    kept_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["lead_id", "activity_id"], name="attachments_of_lead")]

    def __str__(self) -> str:
        return self.name
