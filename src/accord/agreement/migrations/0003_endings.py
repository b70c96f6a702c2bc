from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agreement", "0002_text_never_changes")]

    operations = [
        migrations.AddField(
            model_name="version", name="ended_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="version", name="ended_by_id", field=models.UUIDField(null=True)
        ),
        migrations.AddField(
            model_name="version",
            name="ended_why",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="version",
            name="state",
            field=models.CharField(
                choices=[
                    ("trial", "On trial"),
                    ("proposed", "Proposed"),
                    ("in_force", "In force"),
                    ("superseded", "Superseded"),
                    ("withdrawn", "Withdrawn"),
                    ("turned_down", "Turned down"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by_id__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by_id__isnull=False),
                name="who_ended_a_version_and_when",
            ),
        ),
    ]
