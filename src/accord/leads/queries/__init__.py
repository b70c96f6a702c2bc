"""Reads of the record of leads."""

from accord.leads.queries.duplicates import (
    Pair,
    lead_called,
    merges_of,
    pair_of,
    suspect_count,
    suspects,
    suspects_of,
)
from accord.leads.queries.intake import (
    import_page,
    imports,
    last_import,
    leads_of_identities,
    ledger,
    one_import,
    refused_lines,
    submissions_of_nonces,
)
from accord.leads.queries.mail import mails_without_lead, one_mail, owners_of_tokens
from accord.leads.queries.one import (
    TimelinePage,
    facts_changed_at,
    identities_of,
    one_lead,
    stage_entries,
    timeline,
)
from accord.leads.queries.pages import (
    COUNTED_UP_TO,
    LeadFilters,
    LeadPage,
    lead_page,
    owners,
    position_of,
    sources,
    visible_to,
)
from accord.leads.queries.past import as_it_was

__all__ = [
    "COUNTED_UP_TO",
    "LeadFilters",
    "LeadPage",
    "Pair",
    "TimelinePage",
    "as_it_was",
    "facts_changed_at",
    "identities_of",
    "import_page",
    "imports",
    "last_import",
    "lead_called",
    "lead_page",
    "leads_of_identities",
    "ledger",
    "mails_without_lead",
    "merges_of",
    "one_import",
    "one_lead",
    "one_mail",
    "owners",
    "owners_of_tokens",
    "pair_of",
    "position_of",
    "refused_lines",
    "sources",
    "stage_entries",
    "submissions_of_nonces",
    "suspect_count",
    "suspects",
    "suspects_of",
    "timeline",
    "visible_to",
]
