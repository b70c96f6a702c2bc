"""Who may open what: the one table, from a URL's name to the roles that may use it.

A view that is not in the table is refused; see `accord.web.guard`. Which leads a person may see
is decided by `accord.leads.queries.visible_to`, not here.
"""

from collections.abc import Set as AbstractSet
from typing import Any

from django.utils.translation import gettext_lazy as _

REP = "rep"
MARKETER = "marketer"
HEAD_OF_SALES = "head_of_sales"
HEAD_OF_MARKETING = "head_of_marketing"
ADMIN = "admin"
ROLES: dict[str, Any] = {
    REP: _("Rep"),
    MARKETER: _("Marketer"),
    HEAD_OF_SALES: _("Head of sales"),
    HEAD_OF_MARKETING: _("Head of marketing"),
    ADMIN: _("Admin"),
}

PUBLIC: frozenset[str] = frozenset({"public"})
EVERYONE = frozenset(ROLES)
HEADS = frozenset({HEAD_OF_SALES, HEAD_OF_MARKETING})
SALES = frozenset({REP, HEAD_OF_SALES})
MARKETING = frozenset({MARKETER, HEAD_OF_MARKETING})
SETTERS = frozenset({HEAD_OF_SALES, ADMIN})  # of routes, pools, and anybody's hours

TABLE: dict[str, frozenset[str]] = {
    # Before anybody has signed in
    "sign_in": PUBLIC,
    "sign_out": PUBLIC,
    "theme": PUBLIC,
    "set_up": PUBLIC,
    "sample_company": PUBLIC,
    "invitation": PUBLIC,
    "form": PUBLIC,
    # Places
    "today": EVERYONE,
    "leads": EVERYONE,
    "lead": EVERYONE,
    "lead_new": SALES | MARKETING,
    "duplicates": EVERYONE,
    "duplicate_answer": SALES | MARKETING,
    "lead_merging": SALES | MARKETING,
    "merge_undoing": SALES | MARKETING,
    "lead_export": HEADS | {MARKETER, ADMIN},
    "lead_timeline": EVERYONE,
    "lead_activities": SALES | MARKETING,
    "lead_facts": SALES | MARKETING,
    "lead_consents": SALES | MARKETING,
    "lead_offer": MARKETING | {HEAD_OF_SALES},
    "lead_deals": SALES,
    "attachment": EVERYONE,
    "companies": EVERYONE,
    "company": EVERYONE,
    "company_export": HEADS | {MARKETER, ADMIN},
    "company_timeline": EVERYONE,
    "company_facts": SALES | MARKETING,
    "company_target": SALES | MARKETING,
    "handoffs": EVERYONE,
    "handoff_acceptance": SALES,
    "handoff_claim": SALES,
    "handoff_owner": frozenset({HEAD_OF_SALES}),
    "handoff_in_touch": SALES,
    "handoff_next_step": SALES,
    "handoff_aside": SALES,
    "handoff_aside_end": SALES,
    "lead_calls": SALES,
    "lead_learnings": SALES,
    "call_outcome": SALES,
    "call_withdrawal": SALES,
    "handoff_attempts": SALES,
    "handoff_qualification": SALES,
    "handoff_pass_back": SALES,
    "handoff_pass_back_undoing": SALES,
    "leaks": EVERYONE,
    "handoff_reassignment": frozenset({HEAD_OF_SALES}),
    "routing": EVERYONE,
    "routing_trial": EVERYONE,
    "routing_simulation": EVERYONE,
    "route_new": SETTERS,
    "route": SETTERS,
    "route_place": SETTERS,
    "route_removal": SETTERS,
    "pool_new": SETTERS,
    "pool": SETTERS,
    "pool_removal": SETTERS,
    "people": EVERYONE,
    "person": EVERYONE,  # one's own, or anybody's for SETTERS: the page looks
    "person_absences": EVERYONE,
    "person_absence_end": EVERYONE,
    "person_roles": frozenset({ADMIN}),
    "person_leaving": SETTERS,
    "person_passing_on": SETTERS,
    "hours": EVERYONE,
    "hours_of_company": EVERYONE,
    "hours_of": EVERYONE,
    "hours_day": EVERYONE,
    "hours_day_of_company": SETTERS,
    "came_back": MARKETING | {HEAD_OF_SALES},
    "came_back_answers": MARKETING,
    "came_back_nurture": MARKETING,
    "deals": EVERYONE,
    "deal_export": HEADS | {ADMIN},
    "deal_facts": SALES,
    "deal_step": SALES,
    "deal_win": SALES,
    "deal_loss": SALES,
    "content_requests": EVERYONE,
    "content_request_new": SALES,
    "content_request_taking": MARKETING,
    "content_request_answer": MARKETING,
    "content_request_withdrawal": SALES,
    "agreement": EVERYONE,
    "agreement_version": EVERYONE,
    "agreement_signatures": EVERYONE,  # a head may let anybody sign
    "agreement_delegations": HEADS,
    "agreement_schema": EVERYONE,
    "agreement_proposal": SALES | MARKETING,
    "agreement_criteria": SALES | MARKETING,
    "suggestions": SALES | MARKETING,
    "suggestion_rows": SALES | MARKETING,
    "agreement_count": SALES | MARKETING,
    "promises": EVERYONE,
    "promises_pdf": EVERYONE,
    "promises_here": EVERYONE,
    "deliverability": SALES | MARKETING,
    "back_tests": SALES | MARKETING,
    "back_test": SALES | MARKETING,
    "back_test_rows": SALES | MARKETING,
    "agreement_comments": SALES | MARKETING,
    "agreement_withdrawal": SALES | MARKETING,
    "agreement_refusal": HEADS,
    "scoreboard": EVERYONE,
    "sla": EVERYONE,
    "sla_export": EVERYONE,
    "figure": EVERYONE,
    "imports": MARKETING | {HEAD_OF_SALES, ADMIN},
    "import": MARKETING | {HEAD_OF_SALES, ADMIN},
    "import_plan": MARKETING | {HEAD_OF_SALES, ADMIN},
    "import_trial": MARKETING | {HEAD_OF_SALES, ADMIN},
    "import_start": MARKETING | {HEAD_OF_SALES, ADMIN},
    "import_ledger": MARKETING | {HEAD_OF_SALES, ADMIN},
    "import_cancellation": MARKETING | {HEAD_OF_SALES, ADMIN},
    "import_undoing": MARKETING | {HEAD_OF_SALES, ADMIN},
    "import_refused": MARKETING | {HEAD_OF_SALES, ADMIN},
    "import_handoffs": MARKETING | {HEAD_OF_SALES},
    "not_taken_in": MARKETING | {HEAD_OF_SALES, ADMIN},
    "own_facts": HEADS | {ADMIN},
    "own_fact": HEADS | {ADMIN},
    "own_fact_retirement": HEADS | {ADMIN},
    "mail": SALES | MARKETING,
    "mail_lead": SALES | MARKETING,
    "notifications": EVERYONE,
    "notification": EVERYONE,
    "live": EVERYONE,
    "notification_settings": EVERYONE,
    "notification_browsers": EVERYONE,
    "notification_browser_removal": EVERYONE,
    "notification_chats": EVERYONE,  # a team's: those who answer for its side
    "notification_chat_removal": EVERYONE,
    "outbox": HEADS | {ADMIN},
    # The sample company
    "sample_company_role": PUBLIC,
    "sample_company_removal": EVERYONE,
    "invitations": HEADS | {ADMIN},
}


def is_known(name: str) -> bool:
    """Whether the table says anything about the URL of this name."""
    return name in TABLE


def is_public(name: str) -> bool:
    """Whether it may be opened without signing in."""
    return TABLE.get(name) == PUBLIC


def may(roles: AbstractSet[str], name: str) -> bool:
    """Whether somebody with these roles may open the URL of this name."""
    return is_public(name) or not TABLE.get(name, frozenset()).isdisjoint(roles)
