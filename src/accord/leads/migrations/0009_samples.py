"""A hundredth of the leads and what they did, at hand: a count is first told from these."""

from django.db import migrations

_CREATE = """
CREATE INDEX leads_hundredth ON leads_lead (id) WHERE mod(uuid_hash(id), 100) = 0;
CREATE INDEX activities_hundredth ON leads_activity (lead_id, kind, happened_at)
    INCLUDE (outcome) WHERE mod(uuid_hash(lead_id), 100) = 0;
"""
_DROP = "DROP INDEX activities_hundredth; DROP INDEX leads_hundredth;"


class Migration(migrations.Migration):
    """Partial indexes over an expression, which a model's own indexes do not say."""

    dependencies = [("leads", "0008_attachments")]
    operations = [migrations.RunSQL(_CREATE, _DROP)]
