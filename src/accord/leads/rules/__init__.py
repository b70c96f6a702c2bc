"""Reading what came in: from a submission's body to facts, identities and activities.

Pure: no database, no Django; an import may run it in another process.
"""

from accord.leads.rules.bodies import (
    ASKS,
    AUTHORITIES,
    COMPANY_FACTS,
    EVENTS,
    FREE_MAIL,
    STAGES,
    read_body,
    read_company_facts,
    read_facts,
)
from accord.leads.rules.consents import (
    OF_PURPOSE,
    PURPOSES,
    Held,
    holds,
    news_of,
    read_consents,
)
from accord.leads.rules.custom import read_custom
from accord.leads.rules.entries import (
    CHANGEABLE,
    PROFILE,
    ConsentSaid,
    Entry,
    FactRule,
    NewActivity,
    Reading,
)
from accord.leads.rules.phones import read_phone
from accord.leads.rules.values import (
    MAX_LENGTH,
    MAX_TEXT,
    read_domain,
    read_email,
    read_moment,
    read_text,
    read_yes,
    start_of_day,
)

__all__ = [
    "ASKS",
    "AUTHORITIES",
    "CHANGEABLE",
    "COMPANY_FACTS",
    "EVENTS",
    "FREE_MAIL",
    "MAX_LENGTH",
    "MAX_TEXT",
    "OF_PURPOSE",
    "PROFILE",
    "PURPOSES",
    "STAGES",
    "ConsentSaid",
    "Entry",
    "FactRule",
    "Held",
    "NewActivity",
    "Reading",
    "holds",
    "news_of",
    "read_body",
    "read_company_facts",
    "read_consents",
    "read_custom",
    "read_domain",
    "read_email",
    "read_facts",
    "read_moment",
    "read_phone",
    "read_text",
    "read_yes",
    "start_of_day",
]
