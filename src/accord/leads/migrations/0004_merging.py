"""Leads that were one person, and those that may be."""

import accord.base.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_initial'),
        ('leads', '0003_undo'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=accord.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('lead_id', models.UUIDField()),
                ('winner_id', models.UUIDField(db_index=True)),
                ('merged_at', models.DateTimeField()),
                ('by_id', models.UUIDField(null=True)),
                ('moved', models.JSONField(default=dict)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Suspect',
            fields=[
                ('id', models.UUIDField(default=accord.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('lead_id', models.UUIDField()),
                ('other_id', models.UUIDField(db_index=True)),
                ('likeness', models.CharField(choices=[('name', 'The same name at the same company'), ('identities', 'One submission named both'), ('said', 'Sales says so')], max_length=10)),
                ('found_at', models.DateTimeField()),
                ('answer', models.CharField(choices=[('merged', 'Merged'), ('different', 'Two people')], max_length=9, null=True)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('merged_into_id__isnull', False)), fields=['merged_into_id'], name='lead_merged'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('lead_id',), name='merged_once'),
        ),
        migrations.AddIndex(
            model_name='suspect',
            index=models.Index(condition=models.Q(('answer__isnull', True)), fields=['-found_at', '-id'], name='suspects_to_answer'),
        ),
        migrations.AddConstraint(
            model_name='suspect',
            constraint=models.UniqueConstraint(fields=('lead_id', 'other_id'), name='a_pair_is_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='suspect',
            constraint=models.CheckConstraint(condition=models.Q(('lead_id__lt', models.F('other_id'))), name='smaller_id_first'),
        ),
    ]
