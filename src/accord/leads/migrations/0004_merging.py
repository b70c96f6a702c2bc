
import accord.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0003_undo'),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=accord.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('lead_id', models.UUIDField(db_index=True)),
                ('loser_id', models.UUIDField()),
                ('merged_at', models.DateTimeField()),
                ('by_id', models.UUIDField(null=True)),
                ('moved', models.JSONField(default=dict)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('loser_id',), name='merged_once')],
            },
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
            options={
                'indexes': [models.Index(condition=models.Q(('answer__isnull', True)), fields=['-found_at', '-id'], name='suspects_to_answer')],
                'constraints': [models.UniqueConstraint(fields=('lead_id', 'other_id'), name='a_pair_is_asked_once'), models.CheckConstraint(condition=models.Q(('lead_id__lt', models.F('other_id'))), name='smaller_id_first')],
            },
        ),
    ]
