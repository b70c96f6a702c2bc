"""What a new version made ready waits for its release."""

from datetime import datetime

from django.db import connection

from accord.base.lifecycle import Stage

# Ready by it is whoever meets the gate, or is marketing-qualified, since just that moment.
_KEEP_BACK = """
UPDATE qualification_verdict AS verdict SET to_release_at = %(at)s
FROM leads_lead AS lead
WHERE verdict.definition = %(gate)s AND verdict.outcome = 'met'
  AND verdict.to_release_at IS NULL
  AND lead.id = verdict.lead_id AND lead.stage = %(stage)s AND lead.merged_into_id IS NULL
  AND (verdict.since_at = %(at)s OR EXISTS (
    SELECT 1 FROM leads_stageentry AS entry
    WHERE entry.lead_id = lead.id AND entry.stage = %(stage)s AND entry.entered_at = %(at)s))
"""


def keep_back(*, gate: str, at: datetime) -> int:
    """Keep those back whom judging all leads at this moment made ready; how many. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_BACK, {"gate": gate, "stage": Stage.MQL.value, "at": at})
        return int(cursor.rowcount)
