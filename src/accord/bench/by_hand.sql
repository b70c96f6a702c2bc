-- What evaluation writes under the agreement that Accord ships with five more definitions, written
-- by hand: it knows the ten definitions and both scorecards by heart and nothing else. Their figures stand here a second time on purpose:
-- where they differ, the rows do, and the benchmark says so.
--
-- %(at)s the moment of judging, %(stamp)s the same as text, %(version)s the agreement's.
WITH watched AS (
    SELECT CASE WHEN count(*) FILTER (WHERE kind IN ('form.submitted', 'call.received')) = 2
                THEN max(since) FILTER (WHERE kind IN ('form.submitted', 'call.received')) END
               + interval '90 days' AS raises,
           max(since) FILTER (WHERE kind = 'pricing.visited') + interval '60 days' AS prices,
           max(since) FILTER (WHERE kind = 'event.attended') + interval '90 days' AS events,
           max(since) FILTER (WHERE kind = 'question.asked') + interval '90 days' AS questions,
           max(since) FILTER (WHERE kind = 'content.downloaded') + interval '90 days' AS downloads,
           CASE WHEN count(*) FILTER (WHERE kind IN ('page.visited', 'pricing.visited')) = 2
                THEN max(since) FILTER (WHERE kind IN ('page.visited', 'pricing.visited')) END
               + interval '30 days' AS visits,
           max(since) FILTER (WHERE kind = 'email.clicked') + interval '60 days' AS clicks
    FROM leads_observed
), counted AS (
    -- How often, the event with which the count falls again, and the next one to come.
    SELECT lead_id,
           max(happened_at) FILTER (WHERE raised AND age < '90 days' AND age >= '0') AS raises_last,
           max(happened_at) FILTER (WHERE kind = 'pricing.visited'
                                    AND age < '60 days' AND age >= '0') AS prices_last,
           max(happened_at) FILTER (WHERE kind = 'event.attended'
                                    AND age < '90 days' AND age >= '0') AS events_last,
           max(happened_at) FILTER (WHERE kind = 'question.asked'
                                    AND age < '90 days' AND age >= '0') AS questions_last,
           count(*) FILTER (WHERE kind = 'content.downloaded'
                            AND age < '90 days' AND age >= '0') AS downloads,
           min(happened_at) FILTER (WHERE kind = 'content.downloaded'
                                    AND age < '90 days' AND age >= '0') AS downloads_first,
           count(*) FILTER (WHERE kind IN ('page.visited', 'pricing.visited')
                            AND age < '30 days' AND age >= '0') AS visits,
           min(happened_at) FILTER (WHERE kind IN ('page.visited', 'pricing.visited')
                                    AND age < '30 days' AND age >= '0') AS visits_first,
           count(*) FILTER (WHERE kind = 'email.clicked'
                            AND age < '60 days' AND age >= '0') AS clicks,
           min(happened_at) FILTER (WHERE kind = 'email.clicked'
                                    AND age < '60 days' AND age >= '0') AS clicks_first,
           count(*) FILTER (WHERE raised AND age < '30 days' AND age >= '0') AS raises30,
           min(happened_at) FILTER (WHERE raised AND age < '30 days'
                                    AND age >= '0') AS raises30_first,
           count(*) FILTER (WHERE raised AND age < '60 days' AND age >= '0') AS raises60,
           min(happened_at) FILTER (WHERE raised AND age < '60 days'
                                    AND age >= '0') AS raises60_first,
           count(*) FILTER (WHERE kind = 'pricing.visited'
                            AND age < '30 days' AND age >= '0') AS prices30,
           min(happened_at) FILTER (WHERE kind = 'pricing.visited'
                                    AND age < '30 days' AND age >= '0') AS prices30_first,
           count(*) FILTER (WHERE kind = 'event.attended'
                            AND age < '90 days' AND age >= '0') AS events_n,
           min(happened_at) FILTER (WHERE kind = 'event.attended'
                                    AND age < '90 days' AND age >= '0') AS events_first,
           count(*) FILTER (WHERE kind = 'question.asked'
                            AND age < '90 days' AND age >= '0') AS questions_n,
           min(happened_at) FILTER (WHERE kind = 'question.asked'
                                    AND age < '90 days' AND age >= '0') AS questions_first,
           bool_or(kind = 'attempt.logged' AND age >= '0') AS tried,
           min(happened_at) FILTER (WHERE raised AND age < '0') AS raises_next,
           min(happened_at) FILTER (WHERE kind = 'attempt.logged' AND age < '0') AS tried_next,
           min(happened_at) FILTER (WHERE age < '0' AND (raised OR kind IN (
               'pricing.visited', 'event.attended', 'question.asked', 'content.downloaded',
               'page.visited', 'email.clicked'))) AS interest_next
    FROM (
        SELECT lead_id, kind, happened_at, %(at)s::timestamptz - happened_at AS age,
               kind IN ('form.submitted', 'call.received')
                   AND outcome IN ('contact', 'demo', 'price', 'order') AS raised
        FROM leads_activity
        WHERE kind = 'attempt.logged' OR happened_at > %(at)s::timestamptz - interval '90 days'
    ) AS activity
    GROUP BY lead_id
), asked AS (
    SELECT lead.id AS lead_id, NOT lead.do_not_contact AS may, lead.email IS NOT NULL AS email,
           lead.phone IS NOT NULL AS phone, lead.need IS NOT NULL AS need,
           lead.country IS NOT NULL AS country, lead.lead_type IS NULL AS type_open,
           lower(lead.lead_type) IN ('competitor', 'supplier', 'student', 'applicant') AS never,
           COALESCE(company.industry, lead.industry) IS NOT NULL AS industry,
           company.employees >= 20 AS large,
           lower(lead.authority) IN ('decides', 'influences') AS authority,
           lower(lead.authority) = 'decides' AS decides,
           lead.budget IS NOT NULL AS budget, lead.needed_by_on IS NOT NULL AS timeline,
           CASE WHEN raises_last IS NOT NULL THEN TRUE
                WHEN watched.raises <= %(at)s THEN FALSE END AS raises,
           CASE WHEN prices_last IS NOT NULL THEN TRUE
                WHEN watched.prices <= %(at)s THEN FALSE END AS prices,
           CASE WHEN events_last IS NOT NULL THEN TRUE
                WHEN watched.events <= %(at)s THEN FALSE END AS events,
           CASE WHEN questions_last IS NOT NULL THEN TRUE
                WHEN watched.questions <= %(at)s THEN FALSE END AS questions,
           CASE WHEN counted.downloads >= 3 THEN TRUE
                WHEN watched.downloads <= %(at)s THEN FALSE END AS downloads,
           CASE WHEN counted.visits >= 6 THEN TRUE
                WHEN watched.visits <= %(at)s THEN FALSE END AS visits,
           CASE WHEN counted.clicks >= 3 THEN TRUE
                WHEN watched.clicks <= %(at)s THEN FALSE END AS clicks,
           CASE WHEN tried THEN TRUE END AS tried,
           LEAST(raises_next, raises_last + interval '90 days',
                 CASE WHEN raises_last IS NULL AND watched.raises > %(at)s
                      THEN watched.raises END) AS raises_look,
           LEAST(interest_next, prices_last + interval '60 days', events_last + interval '90 days',
                 questions_last + interval '90 days',
                 CASE WHEN counted.downloads >= 3 THEN downloads_first + interval '90 days' END,
                 CASE WHEN counted.visits >= 6 THEN visits_first + interval '30 days' END,
                 CASE WHEN counted.clicks >= 3 THEN clicks_first + interval '60 days' END,
                 CASE WHEN prices_last IS NULL AND watched.prices > %(at)s
                      THEN watched.prices END,
                 CASE WHEN events_last IS NULL AND watched.events > %(at)s
                      THEN watched.events END,
                 CASE WHEN questions_last IS NULL AND watched.questions > %(at)s
                      THEN watched.questions END,
                 CASE WHEN (counted.downloads >= 3) IS NOT TRUE AND watched.downloads > %(at)s
                      THEN watched.downloads END,
                 CASE WHEN (counted.visits >= 6) IS NOT TRUE AND watched.visits > %(at)s
                      THEN watched.visits END,
                 CASE WHEN (counted.clicks >= 3) IS NOT TRUE AND watched.clicks > %(at)s
                      THEN watched.clicks END) AS interest_look,
           tried_next AS tried_look,
           company.employees >= 250 AS very_large, lead.lead_type IS NULL AS no_type,
           company.id IS NULL AS no_company, company.is_target AS target,
           ARRAY[20.0 * LEAST(COALESCE(raises30, 0), 2) + 20.0 * LEAST(COALESCE(raises60, 0), 2),
                 15 * LEAST(COALESCE(prices30, 0), 3), 20 * LEAST(COALESCE(events_n, 0), 2),
                 15 * LEAST(COALESCE(questions_n, 0), 3),
                 10 * LEAST(COALESCE(counted.downloads, 0), 3),
                 2 * LEAST(COALESCE(counted.visits, 0), 10),
                 3 * LEAST(COALESCE(counted.clicks, 0), 5)]::numeric[] AS engagement_given,
           LEAST(raises_next, interest_next, raises30_first + interval '30 days',
                 raises60_first + interval '60 days', prices30_first + interval '30 days',
                 events_first + interval '90 days', questions_first + interval '90 days',
                 downloads_first + interval '90 days', visits_first + interval '30 days',
                 clicks_first + interval '60 days') AS points_look
    FROM leads_lead AS lead
    LEFT JOIN leads_company AS company ON company.id = lead.company_id
    LEFT JOIN counted ON counted.lead_id = lead.id
    CROSS JOIN watched
    WHERE lead.merged_into_id IS NULL
), weighed AS (
    SELECT *, large AND (type_open OR NOT never) AS fits,
           prices OR events OR questions OR downloads OR visits OR clicks AS interest
    FROM asked
), opened AS MATERIALIZED (
    SELECT *, (fits AND interest) IS NULL AS open, interest IS NULL AS open_interest FROM weighed
), judged AS (
    SELECT lead_id, told.definition, told.met, told.unmet, told.missing, told.recheck_at,
           CASE WHEN verdict THEN 'met' WHEN NOT verdict THEN 'not_met' ELSE 'cannot_tell' END
               AS outcome
    FROM opened
    CROSS JOIN LATERAL (VALUES
        ('ideal_customer', fits,
         array_remove(ARRAY[CASE WHEN large THEN 'large-enough' END,
                            CASE WHEN type_open THEN 'type-not-stated' END,
                            CASE WHEN never THEN 'never-buys' END,
                            CASE WHEN industry THEN 'industry-known' END,
                            CASE WHEN country THEN 'country-known' END], NULL),
         array_remove(ARRAY[CASE WHEN NOT large THEN 'large-enough' END,
                            CASE WHEN NOT type_open THEN 'type-not-stated' END,
                            CASE WHEN NOT never THEN 'never-buys' END,
                            CASE WHEN NOT industry THEN 'industry-known' END,
                            CASE WHEN NOT country THEN 'country-known' END], NULL),
         CASE WHEN fits IS NULL THEN ARRAY['employees'] ELSE '{}' END,
         NULL::timestamptz),
        ('decision_maker', decides,
         CASE WHEN decides THEN ARRAY['has-the-last-word'] ELSE '{}' END,
         CASE WHEN NOT decides THEN ARRAY['has-the-last-word'] ELSE '{}' END,
         CASE WHEN decides IS NULL THEN ARRAY['authority'] ELSE '{}' END,
         NULL),
        ('mql', may AND (raises OR (fits AND interest)),
         array_remove(ARRAY[CASE WHEN may THEN 'may-be-contacted' END,
                            CASE WHEN raises THEN 'asked-for-us' END,
                            CASE WHEN fits THEN 'fits-ideal-customer' END,
                            CASE WHEN prices THEN 'looked-at-prices' END,
                            CASE WHEN events THEN 'came-to-an-event' END,
                            CASE WHEN questions THEN 'asked-a-question' END,
                            CASE WHEN downloads THEN 'downloads-content' END,
                            CASE WHEN visits THEN 'visits-often' END,
                            CASE WHEN clicks THEN 'clicks-in-emails' END], NULL),
         array_remove(ARRAY[CASE WHEN NOT may THEN 'may-be-contacted' END,
                            CASE WHEN NOT raises THEN 'asked-for-us' END,
                            CASE WHEN NOT fits THEN 'fits-ideal-customer' END,
                            CASE WHEN NOT prices THEN 'looked-at-prices' END,
                            CASE WHEN NOT events THEN 'came-to-an-event' END,
                            CASE WHEN NOT questions THEN 'asked-a-question' END,
                            CASE WHEN NOT downloads THEN 'downloads-content' END,
                            CASE WHEN NOT visits THEN 'visits-often' END,
                            CASE WHEN NOT clicks THEN 'clicks-in-emails' END], NULL),
         CASE WHEN may AND (raises OR (fits AND interest)) IS NULL THEN array_remove(ARRAY[
             CASE WHEN open AND open_interest AND downloads IS NULL THEN 'content_downloads' END,
             CASE WHEN open AND open_interest AND clicks IS NULL THEN 'email_clicks' END,
             CASE WHEN open AND fits IS NULL THEN 'employees' END,
             CASE WHEN open AND open_interest AND events IS NULL THEN 'events_attended' END,
             CASE WHEN raises IS NULL THEN 'hand_raises' END,
             CASE WHEN open AND open_interest AND visits IS NULL THEN 'page_visits' END,
             CASE WHEN open AND open_interest AND prices IS NULL THEN 'pricing_visits' END,
             CASE WHEN open AND open_interest AND questions IS NULL THEN 'questions_asked' END],
             NULL) ELSE '{}' END,
         LEAST(raises_look, interest_look)),
        ('sales_ready', may AND (email OR phone) AND (need OR raises),
         array_remove(ARRAY[CASE WHEN may THEN 'may-be-contacted' END,
                            CASE WHEN email THEN 'email-known' END,
                            CASE WHEN phone THEN 'phone-known' END,
                            CASE WHEN need THEN 'need-stated' END,
                            CASE WHEN raises THEN 'hand-raised' END,
                            CASE WHEN authority THEN 'authority' END,
                            CASE WHEN budget THEN 'budget' END,
                            CASE WHEN timeline THEN 'timeline' END], NULL),
         array_remove(ARRAY[CASE WHEN NOT may THEN 'may-be-contacted' END,
                            CASE WHEN NOT email THEN 'email-known' END,
                            CASE WHEN NOT phone THEN 'phone-known' END,
                            CASE WHEN NOT need THEN 'need-stated' END,
                            CASE WHEN NOT raises THEN 'hand-raised' END,
                            CASE WHEN NOT authority THEN 'authority' END,
                            CASE WHEN NOT budget THEN 'budget' END,
                            CASE WHEN NOT timeline THEN 'timeline' END], NULL),
         CASE WHEN may AND (email OR phone) AND (need OR raises) IS NULL
              THEN ARRAY['hand_raises'] ELSE '{}' END,
         raises_look),
        ('sql', need AND tried,
         array_remove(ARRAY[CASE WHEN need THEN 'need-confirmed' END,
                            CASE WHEN tried THEN 'was-contacted' END,
                            CASE WHEN authority THEN 'decision-maker-known' END,
                            CASE WHEN budget THEN 'budget-known' END,
                            CASE WHEN timeline THEN 'timeline-known' END], NULL),
         array_remove(ARRAY[CASE WHEN NOT need THEN 'need-confirmed' END,
                            CASE WHEN NOT tried THEN 'was-contacted' END,
                            CASE WHEN NOT authority THEN 'decision-maker-known' END,
                            CASE WHEN NOT budget THEN 'budget-known' END,
                            CASE WHEN NOT timeline THEN 'timeline-known' END], NULL),
         CASE WHEN need AND tried IS NULL THEN ARRAY['attempts'] ELSE '{}' END,
         tried_look),
        ('large_company', very_large,
         array_remove(ARRAY[CASE WHEN very_large THEN 'employees-at-least' END, CASE WHEN industry THEN 'industry-known' END, CASE WHEN country THEN 'country-known' END, CASE WHEN (NOT type_open) THEN 'lead-type-known' END], NULL),
         array_remove(ARRAY[CASE WHEN NOT very_large THEN 'employees-at-least' END, CASE WHEN NOT industry THEN 'industry-known' END, CASE WHEN NOT country THEN 'country-known' END, CASE WHEN NOT (NOT type_open) THEN 'lead-type-known' END], NULL),
         CASE WHEN very_large IS NULL THEN ARRAY['employees'] ELSE '{}' END,
         NULL),
        ('reachable', may AND (email OR phone),
         array_remove(ARRAY[CASE WHEN may THEN 'do-not-contact-is' END, CASE WHEN email THEN 'email-known' END, CASE WHEN phone THEN 'phone-known' END], NULL),
         array_remove(ARRAY[CASE WHEN NOT may THEN 'do-not-contact-is' END, CASE WHEN NOT email THEN 'email-known' END, CASE WHEN NOT phone THEN 'phone-known' END], NULL),
         '{}',
         NULL),
        ('ready_to_buy', authority AND budget AND timeline AND need,
         array_remove(ARRAY[CASE WHEN authority THEN 'authority-one-of' END, CASE WHEN budget THEN 'budget-known' END, CASE WHEN timeline THEN 'needed-by-on-known' END, CASE WHEN need THEN 'need-known' END, CASE WHEN phone THEN 'phone-known' END], NULL),
         array_remove(ARRAY[CASE WHEN NOT authority THEN 'authority-one-of' END, CASE WHEN NOT budget THEN 'budget-known' END, CASE WHEN NOT timeline THEN 'needed-by-on-known' END, CASE WHEN NOT need THEN 'need-known' END, CASE WHEN NOT phone THEN 'phone-known' END], NULL),
         CASE WHEN (authority AND budget AND timeline AND need) IS NULL THEN ARRAY['authority'] ELSE '{}' END,
         NULL),
        ('wanted_account', target AND fits,
         array_remove(ARRAY[CASE WHEN target THEN 'target-account-is' END, CASE WHEN fits THEN 'ideal-customer' END, CASE WHEN phone THEN 'phone-known' END, CASE WHEN email THEN 'email-known' END], NULL),
         array_remove(ARRAY[CASE WHEN NOT target THEN 'target-account-is' END, CASE WHEN NOT fits THEN 'ideal-customer' END, CASE WHEN NOT phone THEN 'phone-known' END, CASE WHEN NOT email THEN 'email-known' END], NULL),
         CASE WHEN (target AND fits) IS NULL THEN ARRAY['employees'] ELSE '{}' END,
         NULL),
        ('hot', (authority AND budget AND timeline AND need) AND raises,
         array_remove(ARRAY[CASE WHEN (authority AND budget AND timeline AND need) THEN 'ready-to-buy' END, CASE WHEN raises THEN 'hand-raises-at-least' END, CASE WHEN email THEN 'email-known' END], NULL),
         array_remove(ARRAY[CASE WHEN NOT (authority AND budget AND timeline AND need) THEN 'ready-to-buy' END, CASE WHEN NOT raises THEN 'hand-raises-at-least' END, CASE WHEN NOT email THEN 'email-known' END], NULL),
         CASE WHEN ((authority AND budget AND timeline AND need) AND raises) IS NULL
              THEN array_remove(ARRAY[CASE WHEN authority IS NULL THEN 'authority' END,
                                      CASE WHEN raises IS NULL THEN 'hand_raises' END], NULL)
              ELSE '{}' END,
         raises_look)
    ) AS told (definition, verdict, met, unmet, missing, recheck_at)
), verdicts AS (
INSERT INTO qualification_verdict AS verdict
    (id, lead_id, definition, outcome, met, unmet, missing, agreement_version, evaluated_at,
     since_at, episode_id, recheck_at)
SELECT md5(judged.lead_id || ':' || judged.definition)::uuid, judged.lead_id, judged.definition,
       judged.outcome, judged.met, judged.unmet, judged.missing, %(version)s, %(at)s, %(at)s,
       md5(judged.lead_id || ':' || judged.definition || ':' || %(stamp)s)::uuid,
       judged.recheck_at
FROM judged
LEFT JOIN qualification_verdict AS known
       ON known.lead_id = judged.lead_id AND known.definition = judged.definition
WHERE known.id IS NULL
   OR (known.outcome, known.met, known.unmet, known.missing, known.recheck_at)
      IS DISTINCT FROM (judged.outcome, judged.met::varchar[], judged.unmet::varchar[],
                        judged.missing::varchar[], judged.recheck_at)
ORDER BY judged.lead_id, judged.definition
ON CONFLICT (lead_id, definition) DO UPDATE SET
    outcome = excluded.outcome, met = excluded.met, unmet = excluded.unmet,
    missing = excluded.missing, agreement_version = excluded.agreement_version,
    evaluated_at = excluded.evaluated_at, recheck_at = excluded.recheck_at,
    since_at = CASE WHEN verdict.outcome = excluded.outcome
                    THEN verdict.since_at ELSE excluded.since_at END,
    episode_id = CASE WHEN verdict.outcome <> 'met' AND excluded.outcome = 'met'
                      THEN excluded.episode_id ELSE verdict.episode_id END
RETURNING 1
), pointed AS (
    SELECT lead_id, engagement_given, points_look,
           ARRAY[CASE WHEN fits THEN 30 ELSE 0 END, CASE WHEN very_large THEN 10 ELSE 0 END,
                 CASE WHEN authority THEN 20 ELSE 0 END, CASE WHEN target THEN 30 ELSE 0 END,
                 CASE WHEN industry THEN 5 ELSE 0 END,
                 CASE WHEN never THEN -50 ELSE 0 END]::numeric[] AS fit_given,
           array_remove(ARRAY[CASE WHEN fits IS NULL THEN 'fits-ideal-customer' END,
                              CASE WHEN very_large IS NULL THEN 'large' END,
                              CASE WHEN authority IS NULL THEN 'has-a-say' END,
                              CASE WHEN target IS NULL THEN 'target-account' END,
                              CASE WHEN never IS NULL THEN 'never-buys' END], NULL) AS fit_unknown
    FROM opened
), added AS (
    SELECT *, fit_given[1] + fit_given[2] + fit_given[3] + fit_given[4] + fit_given[5]
              + fit_given[6] AS fit_points,
           engagement_given[1] + engagement_given[2] + engagement_given[3] + engagement_given[4]
              + engagement_given[5] + engagement_given[6] + engagement_given[7]
              AS engagement_points
    FROM pointed
), graded AS (
    SELECT *, CASE WHEN fit_points >= 60 THEN 'A' WHEN fit_points >= 30 THEN 'B' ELSE 'C' END
               AS fit_grade,
           CASE WHEN engagement_points >= 60 THEN '1' WHEN engagement_points >= 25 THEN '2'
                ELSE '3' END AS engagement_grade
    FROM added
), scores AS (
INSERT INTO qualification_score AS score
    (id, lead_id, fit_points, fit_grade, fit_given, fit_unknown, engagement_points,
     engagement_grade, engagement_given, agreement_version, evaluated_at, recheck_at)
SELECT graded.lead_id, graded.lead_id, graded.fit_points, graded.fit_grade, graded.fit_given,
       graded.fit_unknown, graded.engagement_points, graded.engagement_grade,
       graded.engagement_given, %(version)s, %(at)s, graded.points_look
FROM graded
LEFT JOIN qualification_score AS known ON known.lead_id = graded.lead_id
WHERE known.id IS NULL
   OR (known.fit_given, known.fit_unknown, known.fit_grade, known.engagement_given,
       known.engagement_grade, known.recheck_at)
      IS DISTINCT FROM (graded.fit_given, graded.fit_unknown::varchar[], graded.fit_grade,
                        graded.engagement_given, graded.engagement_grade, graded.points_look)
ORDER BY graded.lead_id
ON CONFLICT (lead_id) DO UPDATE SET
    fit_points = excluded.fit_points, fit_grade = excluded.fit_grade,
    fit_given = excluded.fit_given, fit_unknown = excluded.fit_unknown,
    engagement_points = excluded.engagement_points,
    engagement_grade = excluded.engagement_grade, engagement_given = excluded.engagement_given,
    agreement_version = excluded.agreement_version, evaluated_at = excluded.evaluated_at,
    recheck_at = excluded.recheck_at
RETURNING 1
)
SELECT (SELECT count(*) FROM verdicts) + (SELECT count(*) FROM scores)
