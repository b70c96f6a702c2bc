"""Reads of the record of leads."""

from accord.leads.queries.intake import (
    import_page,
    imports,
    leads_of_identities,
    ledger,
    one_import,
    refused_lines,
    submissions_of_nonces,
)
from accord.leads.queries.past import as_it_was
from accord.leads.queries.pages import (
    COUNTED_UP_TO,
    LeadFilters,
    LeadPage,
    TimelinePage,
    facts_changed_at,
    identities_of,
    lead_count,
    lead_page,
    one_lead,
    owners,
    sources,
    stage_entries,
    timeline,
    visible_to,
)

__all__ = [
    "stage_entries",
    "identities_of",
    "facts_changed_at",
    "COUNTED_UP_TO",
    "LeadFilters",
    "LeadPage",
    "TimelinePage",
    "as_it_was",
    "import_page",
    "imports",
    "lead_count",
    "lead_page",
    "leads_of_identities",
    "ledger",
    "one_import",
    "one_lead",
    "owners",
    "refused_lines",
    "sources",
    "submissions_of_nonces",
    "timeline",
    "visible_to",
]
