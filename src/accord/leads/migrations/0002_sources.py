"""The sources of leads as a view, and the indexes that finding leads stands on."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


# From each name to the next by the index: as many steps as there are sources, however many leads.
SOURCES = """
CREATE VIEW leads_source AS
WITH RECURSIVE step AS (
    (SELECT source AS name FROM leads_lead WHERE source IS NOT NULL ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (
        SELECT source FROM leads_lead
        WHERE source IS NOT NULL AND source > step.name ORDER BY source LIMIT 1
    )
    FROM step WHERE step.name IS NOT NULL
)
SELECT name FROM step WHERE name IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_initial'),
        ('leads', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Source',
            fields=[
                ('name', models.CharField(max_length=100, primary_key=True, serialize=False)),
            ],
            options={
                'managed': False,
            },
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower('name'), name='text_pattern_ops'), name='company_by_beginning'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('source__isnull', False)), fields=['source', '-first_contact_at', '-id'], name='lead_of_source'),
        ),
        migrations.RunSQL(SOURCES, "DROP VIEW leads_source"),
    ]
