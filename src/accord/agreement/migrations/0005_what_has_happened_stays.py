"""What has become of a version stays, and so does what was said of it."""

from django.db import migrations

_CREATE = """
CREATE FUNCTION agreement_past_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What has become of version % of the agreement cannot be changed.', OLD.number
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agreement_version_keeps_its_past
    BEFORE UPDATE ON agreement_version FOR EACH ROW
    WHEN ((OLD.state <> NEW.state AND (
               OLD.state IN ('superseded', 'withdrawn', 'turned_down')
               OR (OLD.state = 'in_force' AND NEW.state <> 'superseded')))
          OR (OLD.in_force_from IS NOT NULL AND OLD.in_force_from IS DISTINCT FROM NEW.in_force_from)
          OR (OLD.in_force_until IS NOT NULL AND OLD.in_force_until IS DISTINCT FROM NEW.in_force_until)
          OR (OLD.ended_at IS NOT NULL AND (OLD.ended_at, OLD.ended_by_id, OLD.ended_why)
              IS DISTINCT FROM (NEW.ended_at, NEW.ended_by_id, NEW.ended_why)))
    EXECUTE FUNCTION agreement_past_stays();

CREATE FUNCTION agreement_record_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What belongs to the agreement (%) cannot be changed or deleted.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agreement_comment_stays
    BEFORE UPDATE OR DELETE ON agreement_comment FOR EACH ROW
    EXECUTE FUNCTION agreement_record_stays();
"""
_DROP = """
DROP TRIGGER agreement_comment_stays ON agreement_comment;
DROP TRIGGER agreement_version_keeps_its_past ON agreement_version;
DROP FUNCTION agreement_record_stays();
DROP FUNCTION agreement_past_stays();
"""


class Migration(migrations.Migration):
    """Triggers on tables that are not keyed by lead."""

    dependencies = [("agreement", "0004_delegations")]
    operations = [migrations.RunSQL(_CREATE, _DROP)]
