"""The definitions of a document: words that everybody uses, some with criteria that run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accord.agreement.faults import BadDocument, Fault
from accord.base.errors import Invalid
from accord.criteria.language import Definition

# The words of the life of a lead: each agreement says what they mean; it may add its own.
WORDS = (
    "ideal_customer",
    "subscriber",
    "inquiry",
    "mql",
    "sales_ready",
    "sal",
    "sql",
    "opportunity",
    "customer",
    "disqualified",
)
_CRITERIA = frozenset({"must", "should"})
