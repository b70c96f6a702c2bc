"""Who may call what: the API's one table, from an operation to the roles that may use it.

An operation that is not in the table is refused. Which leads a person may see is decided by
`accord.leads.queries.visible_to`, not here.
"""

from collections.abc import Set as AbstractSet

REP = "rep"
MARKETER = "marketer"
HEAD_OF_SALES = "head_of_sales"
HEAD_OF_MARKETING = "head_of_marketing"
ADMIN = "admin"

SALES = frozenset({REP, HEAD_OF_SALES})
MARKETING = frozenset({MARKETER, HEAD_OF_MARKETING})
EVERYONE = SALES | MARKETING | {ADMIN}

TABLE: dict[str, frozenset[str]] = {
    "submit_lead": EVERYONE,
    "submit_leads": MARKETING | {HEAD_OF_SALES, ADMIN},
    "list_leads": EVERYONE,
    "read_lead": EVERYONE,
    "read_timeline": EVERYONE,
    "offer_handoff": MARKETING | {HEAD_OF_SALES},
    "list_handoffs": EVERYONE,
    "read_handoff": EVERYONE,
    "accept_handoff": SALES,
    "log_attempt": SALES,
    "qualify_handoff": SALES,
    "pass_back_handoff": SALES,
    "list_content_requests": EVERYONE,
    "ask_for_content": SALES,
    "take_content_request": MARKETING,
    "answer_content_request": MARKETING,
    "withdraw_content_request": SALES,
    "read_report": EVERYONE,
}


def may(roles: AbstractSet[str], operation: str) -> bool:
    """Whether somebody with these roles may call the operation."""
    return not TABLE.get(operation, frozenset()).isdisjoint(roles)
