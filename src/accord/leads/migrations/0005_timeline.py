"""Mails that people copy to Accord."""

import accord.base.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0004_merging'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailPlace',
            fields=[
                ('mailbox', models.CharField(max_length=300, primary_key=True, serialize=False)),
                ('uid_validity', models.BigIntegerField()),
                ('last_uid', models.BigIntegerField()),
                ('read_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='KeptMail',
            fields=[
                ('id', models.UUIDField(default=accord.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=50)),
                ('others', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), default=list, size=None)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('text', models.TextField(blank=True)),
                ('happened_at', models.DateTimeField()),
                ('kept_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['user', '-happened_at'], name='mail_without_lead')],
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='a_mail_once_a_person')],
            },
        ),
        migrations.CreateModel(
            name='MailAddress',
            fields=[
                ('id', models.UUIDField(default=accord.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('token', models.CharField(max_length=40, unique=True)),
                ('made_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('user',), name='one_mail_address_each')],
            },
        ),
    ]
