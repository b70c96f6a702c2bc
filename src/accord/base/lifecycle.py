"""The life of a lead: its stages, who holds it in each, and the two sides."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Side(TextChoices):
    """The side that holds a lead or did an act."""

    MARKETING = "marketing", _("Marketing")
    SALES = "sales", _("Sales")
    PROSPECT = "prospect", _("Prospect")
    ACCORD = "accord", _("Accord")
    NOBODY = "nobody", _("Nobody")


class Stage(TextChoices):
    """The lifecycle stage: where the relation stands, shared by both teams."""

    SUBSCRIBER = "subscriber", _("Subscriber")
    INQUIRY = "inquiry", _("Inquiry")
    MQL = "mql", _("Marketing-qualified lead (MQL)")
    SAL = "sal", _("Sales-accepted lead (SAL)")
    SQL = "sql", _("Sales-qualified lead (SQL)")
    OPPORTUNITY = "opportunity", _("Opportunity")
    CUSTOMER = "customer", _("Customer")
    RECYCLED = "recycled", _("Recycled")
    DISQUALIFIED = "disqualified", _("Disqualified")


# Forward order; recycled and disqualified are detours that only an act leads into.
LADDER = (
    Stage.SUBSCRIBER,
    Stage.INQUIRY,
    Stage.MQL,
    Stage.SAL,
    Stage.SQL,
    Stage.OPPORTUNITY,
    Stage.CUSTOMER,
)

HOLDER: dict[Stage, Side] = {
    Stage.SUBSCRIBER: Side.MARKETING,
    Stage.INQUIRY: Side.MARKETING,
    Stage.MQL: Side.MARKETING,
    Stage.SAL: Side.SALES,
    Stage.SQL: Side.SALES,
    Stage.OPPORTUNITY: Side.SALES,
    Stage.CUSTOMER: Side.SALES,
    Stage.RECYCLED: Side.MARKETING,
    Stage.DISQUALIFIED: Side.NOBODY,
}


# The steps of a lead's way, as the flows are called; the agreement says who answers for each.
WAY = (
    "receive",
    "identify",
    "record",
    "evaluate",
    "advance",
    "hand_off",
    "follow_up",
    "pass_back",
    "close",
)


class LeadStatus(TextChoices):
    """The rep's working state; free, and never the lifecycle stage."""

    NEW = "new", _("New")
    ATTEMPTING = "attempting", _("Attempting to reach")
    CONNECTED = "connected", _("Connected")
    WAITING = "waiting", _("Waiting for the date they asked for")
    CLOSED = "closed", _("Closed")


class Cause(TextChoices):
    """Why a stage was entered."""

    SUBMISSION = "submission", _("First submission")
    EVALUATION = "evaluation", _("Meets the definition")
    ACT = "act", _("Act of a person")
    IMPORT = "import", _("Stated by an import")
    CORRECTION = "correction", _("Correction")
