"""A version's text and a signature never change: the database itself refuses it."""

from django.db import migrations

_CREATE = """
CREATE FUNCTION agreement_text_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Version % of the agreement cannot be changed or deleted; propose a new one.', OLD.number
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agreement_version_keeps_its_text
    BEFORE UPDATE ON agreement_version FOR EACH ROW
    WHEN ((OLD.id, OLD.number, OLD.document, OLD.digest, OLD.reason, OLD.proposed_at, OLD.proposed_by_id)
          IS DISTINCT FROM
          (NEW.id, NEW.number, NEW.document, NEW.digest, NEW.reason, NEW.proposed_at, NEW.proposed_by_id))
    EXECUTE FUNCTION agreement_text_never_changes();
CREATE TRIGGER agreement_version_stays
    BEFORE DELETE ON agreement_version FOR EACH ROW
    EXECUTE FUNCTION agreement_text_never_changes();

CREATE FUNCTION agreement_signature_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A signature under the agreement cannot be changed or deleted.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agreement_signature_stays
    BEFORE UPDATE OR DELETE ON agreement_signature FOR EACH ROW
    EXECUTE FUNCTION agreement_signature_stays();
"""
_DROP = """
DROP TRIGGER agreement_signature_stays ON agreement_signature;
DROP TRIGGER agreement_version_stays ON agreement_version;
DROP TRIGGER agreement_version_keeps_its_text ON agreement_version;
DROP FUNCTION agreement_signature_stays();
DROP FUNCTION agreement_text_never_changes();
"""


class Migration(migrations.Migration):
    """Triggers on tables that are not keyed by lead."""

    dependencies = [("agreement", "0001_initial")]
    operations = [migrations.RunSQL(_CREATE, _DROP)]
