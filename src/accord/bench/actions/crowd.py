"""A large record, made inside the database: companies, leads and what they did."""

from datetime import datetime
from typing import Any

from django.db import connection

_COMPANIES = """
INSERT INTO leads_company (id, name, domain, industry, employees, country, known_at)
SELECT md5('company ' || n)::uuid, 'Company ' || n, 'company-' || n || '.example',
       (ARRAY['Water utilities', 'Chemicals', 'Mining', NULL])[1 + n %% 4],
       CASE WHEN n %% 3 > 0 THEN n %% 400 END, 'Germany', %(at)s
FROM generate_series(1, %(leads)s / 5) AS n
"""
_LEADS = """
INSERT INTO leads_lead (id, name, email, phone, job_title, country, lead_type, company_id, source,
    need, authority, budget, needed_by_on, do_not_contact, stage, stage_entered_at, status, holder,
    first_contact_at, known_at)
SELECT md5('lead ' || n)::uuid, 'Person ' || n, 'person' || n || '@c' || n %% 5 || '.example',
       CASE WHEN n %% 2 = 0 THEN '+4930' || 10000000 + n END, 'Buyer', 'Germany',
       (ARRAY['buyer', 'student', NULL, NULL])[1 + n %% 4],
       md5('company ' || 1 + n %% greatest(%(leads)s / 5, 1))::uuid,
       (ARRAY['organic search', 'paid search', 'webinar', 'referral'])[1 + n %% 4],
       CASE WHEN n %% 3 = 0 THEN 'Replace our meters' END,
       (ARRAY['decides', 'influences', 'uses', NULL])[1 + n %% 4],
       CASE WHEN n %% 5 = 0 THEN 20000 END,
       CASE WHEN n %% 7 = 0 THEN (%(at)s)::date + n %% 90 END,
       n %% 50 = 0, 'inquiry', %(at)s - n %% 365 * interval '1 day', 'new', 'marketing',
       %(at)s - n %% 365 * interval '1 day' - n * interval '1 second', %(at)s - interval '400 days'
FROM generate_series(1, %(leads)s) AS n
"""
_ACTIVITIES = """
INSERT INTO leads_activity (id, lead_id, kind, side, happened_at, known_at, outcome)
SELECT md5('activity ' || n)::uuid, md5('lead ' || 1 + (n * 7919 + n / 13) %% %(leads)s)::uuid,
       (ARRAY['page.visited', 'page.visited', 'page.visited', 'email.clicked', 'page.visited',
              'content.downloaded', 'form.submitted', 'pricing.visited', 'event.attended',
              'question.asked', 'note.added', 'attempt.logged', 'page.visited'])[1 + n %% 13],
       'prospect', moment, moment,
       CASE WHEN n %% 13 = 6 THEN (ARRAY['content', 'demo', NULL, 'price'])[1 + n / 13 %% 4] END
FROM generate_series(1::bigint, %(activities)s) AS n,
     LATERAL (SELECT %(at)s - (n * 31 %% 17280000) * interval '1 second' AS moment) AS m
"""


def add_crowd(*, leads: int, activities: int, at: datetime) -> None:
    """Add `leads` leads of a fifth as many companies, with `activities` of the last 200 days."""
    values: dict[str, Any] = {"leads": leads, "activities": activities, "at": at}
    with connection.cursor() as cursor:
        for statement in (_COMPANIES, _LEADS, _ACTIVITIES):
            cursor.execute(statement, values)


_ENTRIES = """
INSERT INTO leads_stageentry (id, lead_id, stage, entered_at, left_at, known_at, cause, why,
    agreement_version)
SELECT md5(lead.id || ' ' || stage.key)::uuid, lead.id, stage.key,
       lead.first_contact_at + stage.place * interval '3 days',
       CASE WHEN stage.place < lead.furthest
            THEN lead.first_contact_at + (stage.place + 1) * interval '3 days' END,
       lead.first_contact_at, 'evaluation', '', 1
FROM (SELECT id, first_contact_at,
             CASE WHEN rank %% 20 = 0 THEN 5 WHEN rank %% 10 = 0 THEN 2 WHEN rank %% 3 = 0 THEN 1
                  ELSE 0 END AS furthest
      FROM (SELECT *, row_number() OVER (ORDER BY first_contact_at) AS rank FROM leads_lead) AS r
     ) AS lead
JOIN (VALUES ('inquiry', 0), ('mql', 1), ('sal', 2), ('sql', 3), ('opportunity', 4),
             ('customer', 5)) AS stage(key, place) ON stage.place <= lead.furthest
"""
_STAGES = """
UPDATE leads_lead AS lead SET stage = entry.stage, stage_entered_at = entry.entered_at,
    owner_id = CASE WHEN entry.stage NOT IN ('inquiry', 'mql') THEN %(owner)s::uuid END
FROM leads_stageentry AS entry WHERE entry.lead_id = lead.id AND entry.left_at IS NULL
"""
_HANDOFFS = """
INSERT INTO handoffs_handoff (id, lead_id, episode_id, trigger, state, agreement_version, round,
    ready_at, offered_at, owner_id, assigned_at, first_attempt_at, accepted_at, accepted_by_id,
    disposed_at, qualified_at, due_at, brief)
SELECT md5('handoff ' || lead.id)::uuid, lead.id, md5('episode ' || lead.id)::uuid, 'hand_raise',
       CASE WHEN is_open THEN 'offered' ELSE 'accepted' END, 1, 1, begins, begins, %(owner)s::uuid,
       begins, CASE WHEN NOT is_open THEN begins END, CASE WHEN NOT is_open THEN begins END,
       CASE WHEN NOT is_open THEN %(owner)s::uuid END, CASE WHEN NOT is_open THEN begins END,
       CASE WHEN NOT is_open THEN begins END,
       CASE WHEN is_open THEN %(at)s + interval '1 hour' END, '{}'
FROM (SELECT id, stage_entered_at AS begins,
             stage = 'mql' AND row_number() OVER (PARTITION BY stage ORDER BY id) <= 40 AS is_open,
             stage
      FROM leads_lead WHERE stage NOT IN ('inquiry')) AS lead
WHERE is_open OR stage <> 'mql'
"""
_CLOCKS = """
INSERT INTO handoffs_clock (id, lead_id, handoff_id, kind, state, user_id, started_at, due_at,
    stopped_at, next_step)
SELECT md5('clock ' || id)::uuid, lead_id, id, 'first_attempt',
       CASE WHEN disposed_at IS NULL THEN 'running' ELSE 'stopped' END, owner_id, assigned_at,
       COALESCE(due_at, assigned_at + interval '1 hour'), disposed_at, 0
FROM handoffs_handoff
"""
_DEALS = """
INSERT INTO deals_deal (id, lead_id, title, amount, currency, owner_id, state, step_id, opened_at,
    closed_at, note, known_at)
SELECT md5('deal ' || id)::uuid, id, 'Meters', 20000, 'EUR', %(owner)s::uuid,
       CASE WHEN stage = 'customer' THEN 'won' ELSE 'open' END,
       (SELECT key FROM deals_salesstep ORDER BY position LIMIT 1), stage_entered_at,
       CASE WHEN stage = 'customer' THEN stage_entered_at END, '', stage_entered_at
FROM leads_lead WHERE stage = 'customer'
   OR (stage = 'sal' AND id IN (SELECT id FROM leads_lead WHERE stage = 'sal' LIMIT 300))
"""


def let_it_be_worked(*, owner: object, at: datetime) -> None:
    """Give the crowd stages, handoffs with clocks, and deals; forty handoffs are still open."""
    values: dict[str, Any] = {"owner": owner, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, values)
        for statement in (_STAGES, _HANDOFFS, _CLOCKS, _DEALS):
            cursor.execute(statement, values)
