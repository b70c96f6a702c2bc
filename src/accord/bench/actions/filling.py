"""Generated leads with what they did, made by the database itself: the same every time.

Numbers are spread by their hash. A tenth of the activities are what a verdict turns on; the
rest are visits and clicks, as in life.
"""

from datetime import datetime
from typing import Any

from django.db import connection

ACTIVITIES_A_LEAD = 10

# A number below `modulus`, for the thing numbered `n` and a question about it.
_DRAW = """
CREATE FUNCTION pg_temp.draw(n bigint, question int, modulus int) RETURNS int
LANGUAGE sql IMMUTABLE AS
$$SELECT ((hashint8extended(n, question) % modulus + modulus) % modulus)::int$$
"""
_IDS = """
CREATE FUNCTION pg_temp.id_of(room int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$SELECT ('01900000-000' || room || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid$$
"""
_COMPANIES = """
INSERT INTO leads_company (id, name, domain, industry, employees, country, known_at)
SELECT pg_temp.id_of(1, n), 'Company ' || n, 'company-' || n || '.example',
       CASE WHEN pg_temp.draw(n, 1, 10) > 2
            THEN (ARRAY['Retail', 'Machines', 'Software', 'Food'])[1 + pg_temp.draw(n, 2, 4)] END,
       CASE WHEN pg_temp.draw(n, 3, 10) > 1 THEN pg_temp.draw(n, 4, 400) END,
       'Germany', %(at)s::timestamptz - interval '400 days'
FROM generate_series(0, %(leads)s / 5) AS n
"""
_LEADS = """
INSERT INTO leads_lead (id, name, email, phone, job_title, country, lead_type, source, need,
    authority, budget, needed_by_on, do_not_contact, company_id, stage, stage_entered_at,
    status, holder, first_contact_at, known_at)
SELECT pg_temp.id_of(2, n), 'Person ' || n, 'person-' || n || '@company-' || n / 5 || '.example',
       CASE WHEN pg_temp.draw(n, 1, 10) > 3 THEN '+4930' || 10000000 + n END,
       (ARRAY['Buyer', 'Engineer', 'Owner', 'Head of operations'])[1 + pg_temp.draw(n, 2, 4)],
       CASE WHEN pg_temp.draw(n, 3, 10) > 1 THEN 'Germany' END,
       CASE WHEN pg_temp.draw(n, 4, 10) > 6
            THEN (ARRAY['buyer', 'student', 'supplier', 'user'])[1 + pg_temp.draw(n, 5, 4)] END,
       (ARRAY['organic search', 'paid search', 'social', 'event'])[1 + pg_temp.draw(n, 6, 4)],
       CASE WHEN pg_temp.draw(n, 7, 10) > 4 THEN 'Three plants and one process.' END,
       CASE WHEN pg_temp.draw(n, 8, 10) > 6
            THEN (ARRAY['decides', 'influences', 'uses', 'none'])[1 + pg_temp.draw(n, 9, 4)] END,
       CASE WHEN pg_temp.draw(n, 10, 10) > 7 THEN 1000 + pg_temp.draw(n, 11, 90000) END,
       CASE WHEN pg_temp.draw(n, 12, 10) > 7
            THEN (%(at)s::timestamptz + pg_temp.draw(n, 13, 300) * interval '1 day')::date END,
       pg_temp.draw(n, 14, 100) < 3, pg_temp.id_of(1, n / 5), 'inquiry', came.at, 'new',
       'marketing', came.at, came.at
FROM generate_series(0, %(leads)s - 1) AS n
CROSS JOIN LATERAL (
    SELECT %(at)s::timestamptz - interval '365 days' * (1 - n::float / %(leads)s) AS at
) AS came
ORDER BY n
"""
_ENTRIES = """
INSERT INTO leads_stageentry (id, lead_id, stage, entered_at, known_at, cause, why)
SELECT md5(id::text || ':inquiry')::uuid, id, 'inquiry', first_contact_at, known_at, 'import', ''
FROM leads_lead ORDER BY id
"""
_IDENTITIES = """
INSERT INTO leads_identity (id, kind, value, lead_id, known_at)
SELECT md5('email:' || n)::uuid, 'email', 'person-' || n || '@company-' || n / 5 || '.example',
       pg_temp.id_of(2, n), %(at)s::timestamptz
FROM generate_series(0, %(leads)s - 1) AS n ORDER BY 3
"""
_ACTIVITIES = """
INSERT INTO leads_activity
    (id, lead_id, kind, side, happened_at, known_at, channel, outcome, text, detail)
SELECT pg_temp.id_of(3, n), pg_temp.id_of(2, pg_temp.draw(n, 1, %(leads)s)), what.kind,
       CASE WHEN what.kind = 'attempt.logged' THEN 'sales' ELSE 'prospect' END,
       came.at, came.at, CASE WHEN what.kind = 'attempt.logged' THEN 'call' END,
       CASE what.kind
            WHEN 'form.submitted'
            THEN (ARRAY['content', 'contact', 'demo', 'price'])[1 + pg_temp.draw(n, 4, 4)]
            WHEN 'attempt.logged' THEN 'no_answer' END,
       NULL, '{"name": "Spring"}'
FROM generate_series(0, %(leads)s::bigint * %(each)s - 1) AS n
CROSS JOIN LATERAL (
    SELECT %(at)s::timestamptz
           - interval '400 days' * (1 - n::float / (%(leads)s::bigint * %(each)s)) AS at
) AS came
CROSS JOIN LATERAL (
    SELECT CASE WHEN draw < 45 THEN 'page.visited' WHEN draw < 75 THEN 'email.clicked'
                WHEN draw < 90 THEN 'content.downloaded' WHEN draw < 92 THEN 'pricing.visited'
                WHEN draw < 94 THEN 'event.attended' WHEN draw < 97 THEN 'form.submitted'
                WHEN draw < 98 THEN 'question.asked' WHEN draw < 99 THEN 'call.received'
                ELSE 'attempt.logged' END AS kind
    FROM pg_temp.draw(n, 3, 100) AS draw
) AS what
ORDER BY n
"""
_WATCHED = """
INSERT INTO leads_observed (kind, since)
SELECT kind, %(at)s::timestamptz - days * interval '1 day'
FROM (VALUES ('page.visited', 500), ('pricing.visited', 500), ('email.clicked', 40),
             ('content.downloaded', 500), ('event.attended', 20), ('form.submitted', 500),
             ('question.asked', 500), ('call.received', 500), ('attempt.logged', 500))
     AS watched(kind, days)
ON CONFLICT (kind) DO UPDATE SET since = excluded.since
"""


def fill(*, leads: int, at: datetime) -> None:
    """So many leads of the past year with ten times as many activities, and their companies."""
    values: dict[str, Any] = {"at": at, "leads": leads, "each": ACTIVITIES_A_LEAD}
    with connection.cursor() as cursor:
        for statement in (_DRAW, _IDS):
            cursor.execute(statement)
        for statement in (_COMPANIES, _LEADS, _ENTRIES, _IDENTITIES, _ACTIVITIES, _WATCHED):
            cursor.execute(statement, values)


_CHANGE = """
UPDATE leads_lead SET need = CASE WHEN need IS NULL THEN 'A quote for forty seats.' END
WHERE hashtext(id::text) %% %(one_in)s = 0
"""


def change(*, one_in: int) -> None:
    """One lead in so many says what it needs, or that it no longer does."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, {"one_in": one_in})
