import django.db.models.deletion
from django.db import migrations, models

import accord.base.ids


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
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=accord.base.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField()),
                ("said_at", models.DateTimeField()),
                ("said_by_id", models.UUIDField()),
                ("name", models.CharField(max_length=150)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="agreement.version",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["version", "said_at"], name="comments_of_version")
                ],
            },
        ),
    ]
