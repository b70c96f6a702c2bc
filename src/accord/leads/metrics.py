"""What can be counted of leads. A lead belongs to the cohort of its first contact."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import Stage
from accord.criteria.metrics import Metric, Rate, Scope, register
from accord.leads.models import Lead, StageEntry

REACHED = (Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)
_COHORT = {"contact_from": "{from}", "contact_until": "{until}"}


def cohort(scope: Scope) -> QuerySet[Lead]:
    """The leads whose first contact lies in the scope, merged ones left out."""
    return Lead.objects.filter(merged_into_id__isnull=True, **scope.within("first_contact_at"))


def entered(stage: Stage) -> Callable[[Scope], QuerySet[Lead]]:
    """Of a cohort, the leads that ever entered the stage."""

    def rows(scope: Scope) -> QuerySet[Lead]:
        entries = StageEntry.objects.filter(stage=stage)
        return cohort(scope).filter(id__in=entries.values("lead_id"))

    return rows


register(
    Metric(
        key="leads",
        label=_("Leads"),
        sentence=_("Leads whose first contact lies in the period."),
        unit="leads",
        rows=cohort,
        opens=("leads", _COHORT),
    ),
    *(
        Metric(
            key=stage.value,
            label=stage.label,
            sentence=_("Leads of the period that have ever entered this stage."),
            unit="leads",
            rows=entered(stage),
            opens=("leads", {**_COHORT, "entered": stage.value}),
        )
        for stage in REACHED
    ),
    Metric(
        key="won",
        label=_("Won"),
        sentence=_("Leads of the period that became customers, whenever that was."),
        unit="leads",
        rows=entered(Stage.CUSTOMER),
        opens=("leads", {**_COHORT, "entered": Stage.CUSTOMER.value}),
    ),
    Rate(
        key="lead_to_customer_rate",
        label=_("Lead to customer"),
        sentence=_("Customers among the leads of the same period of first contact."),
        part="won",
        whole="leads",
    ),
)
