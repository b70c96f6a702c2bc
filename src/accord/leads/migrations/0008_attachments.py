from django.db import migrations, models

import accord.base.ids


class Migration(migrations.Migration):
    dependencies = [("leads", "0007_custom_facts")]

    operations = [
        # Tokens were kept as they are; whoever had an address makes a new one.
        migrations.RunSQL("DELETE FROM leads_mailaddress", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="mailaddress", name="token"),
        migrations.AddField(
            model_name="mailaddress",
            name="digest",
            field=models.CharField(default="", max_length=64, unique=True),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="import", name="upload_id", field=models.UUIDField(null=True)
        ),
        migrations.CreateModel(
            name="Attachment",
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
                ("lead_id", models.UUIDField()),
                ("activity_id", models.UUIDField()),
                ("name", models.CharField(max_length=200)),
                ("size", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
                ("by_id", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["lead_id", "activity_id"], name="attachments_of_lead")
                ],
            },
        ),
    ]
