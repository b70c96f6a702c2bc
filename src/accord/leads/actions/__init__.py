"""Writes to the record of leads. Each is one transaction: state, fact, activity."""

from accord.leads.actions.activities import add_notes, record_activities, take_out
from accord.leads.actions.companies import (
    change_companies,
    companies_of,
    fill_companies,
)
from accord.leads.actions.consents import (
    give_back_consents,
    keep_consents,
    keep_consents_of,
    withdraw_consents,
)
from accord.leads.actions.defining import (
    ABOUT,
    FACT_KINDS,
    Wanted,
    change_fact,
    define_fact,
    retire_fact,
)
from accord.leads.actions.facts import change_facts
from accord.leads.actions.former import take_back_companies
from accord.leads.actions.identities import add_identities, claim_identities
from accord.leads.actions.imports import (
    begin_import,
    cancel_import,
    finish_import,
    forget_refused,
    gather_statistics,
    move_on,
    recount,
    stop_import,
)
from accord.leads.actions.intake import (
    await_turn,
    claim_waiting,
    have_turn,
    keep_ledger,
    let_rest,
    many_wait,
    settle,
    still_waits,
    store,
    try_again,
)
from accord.leads.actions.mail import (
    ask_about,
    keep_mails,
    note_place,
    place_of,
    renew_address,
    settle_mails,
)
from accord.leads.actions.newcomers import Newcomer, add_leads
from accord.leads.actions.ownership import assign_owners, set_statuses
from accord.leads.actions.stages import Entering, enter_stages
from accord.leads.actions.undoing import (
    claim_undo,
    forget_import,
    moments_of,
    remove_leads,
    rows_undone,
    take_back,
    touched_since,
)
from accord.leads.actions.watching import SEEN_BY_ACCORD, watch

__all__ = [
    "ABOUT",
    "FACT_KINDS",
    "SEEN_BY_ACCORD",
    "Entering",
    "Newcomer",
    "Wanted",
    "add_identities",
    "add_leads",
    "add_notes",
    "ask_about",
    "assign_owners",
    "await_turn",
    "begin_import",
    "cancel_import",
    "change_companies",
    "change_fact",
    "change_facts",
    "claim_identities",
    "claim_undo",
    "claim_waiting",
    "companies_of",
    "define_fact",
    "enter_stages",
    "fill_companies",
    "finish_import",
    "forget_import",
    "forget_refused",
    "gather_statistics",
    "give_back_consents",
    "have_turn",
    "keep_consents",
    "keep_consents_of",
    "keep_ledger",
    "keep_mails",
    "let_rest",
    "many_wait",
    "moments_of",
    "move_on",
    "note_place",
    "place_of",
    "record_activities",
    "recount",
    "remove_leads",
    "renew_address",
    "retire_fact",
    "rows_undone",
    "set_statuses",
    "settle",
    "settle_mails",
    "still_waits",
    "stop_import",
    "store",
    "take_back",
    "take_back_companies",
    "take_out",
    "touched_since",
    "try_again",
    "watch",
    "withdraw_consents",
]
