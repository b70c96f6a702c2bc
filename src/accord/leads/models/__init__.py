"""The record of leads."""

from accord.leads.models.activity import Activity, Observed
from accord.leads.models.attachment import Attachment
from accord.leads.models.company import Company
from accord.leads.models.custom import (
    NOW,
    About,
    CompanyValue,
    CustomFact,
    CustomValue,
    FactKind,
    LeadValue,
)
from accord.leads.models.history import CompanyFactChange, FactChange, Ownership
from accord.leads.models.identity import Consent, Identity, IdentityKind, Purpose
from accord.leads.models.intake import BEING_TAKEN_IN, Door, Fate, Import, ImportState, Submission
from accord.leads.models.lead import Authority, Lead, Source
from accord.leads.models.mail import KeptMail, MailAddress, MailPlace
from accord.leads.models.merging import Answer, Likeness, Merge, Suspect
from accord.leads.models.stage import StageEntry

__all__ = [
    "BEING_TAKEN_IN",
    "NOW",
    "About",
    "Activity",
    "Answer",
    "Attachment",
    "Authority",
    "Company",
    "CompanyFactChange",
    "CompanyValue",
    "Consent",
    "CustomFact",
    "CustomValue",
    "Door",
    "FactChange",
    "FactKind",
    "Fate",
    "Identity",
    "IdentityKind",
    "Import",
    "ImportState",
    "KeptMail",
    "Lead",
    "LeadValue",
    "Likeness",
    "MailAddress",
    "MailPlace",
    "Merge",
    "Observed",
    "Ownership",
    "Purpose",
    "Source",
    "StageEntry",
    "Submission",
    "Suspect",
]
