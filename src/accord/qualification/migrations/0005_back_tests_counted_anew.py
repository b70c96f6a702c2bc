"""Back-tests that were counted before figures had parts say that they can be asked for anew."""

from typing import Any

from django.db import migrations

_WHY = "It was counted in an older way."


def forget(apps: Any, schema_editor: Any) -> None:
    back_tests = apps.get_model("qualification", "BackTest").objects.filter(figures__isnull=False)
    back_tests.update(figures=None, state="stopped", why=_WHY)


class Migration(migrations.Migration):
    dependencies = [("qualification", "0004_to_release")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
