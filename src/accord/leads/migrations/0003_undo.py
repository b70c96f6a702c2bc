"""An import can be cancelled and undone, and says how fast it is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0002_sources'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='cancelled_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='import',
            name='resumed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='import',
            name='resumed_line',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='import',
            name='undone_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='import',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('stopped', 'Stopped'), ('undone', 'Undone')], max_length=10),
        ),
    ]
