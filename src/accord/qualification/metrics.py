"""What can be counted of verdicts: those that stand now, whenever they came about."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accord.criteria.metrics import Metric, Scope, register
from accord.qualification.models import Outcome, Verdict
from accord.qualification.queries import standing

_SENTENCES = {
    Outcome.MET: _("Leads that meet the definition, by the facts known now."),
    Outcome.NOT_MET: _("Leads that do not meet the definition, by the facts known now."),
    Outcome.CANNOT_TELL: _("Leads of which facts are missing, so that nobody can tell."),
}


def _metric(outcome: Outcome) -> Metric:
    def rows(scope: Scope) -> QuerySet[Verdict]:
        return standing().filter(outcome=outcome, **scope.within("since_at"))

    return Metric(
        key=outcome.value,
        label=outcome.label,
        sentence=_SENTENCES[outcome],
        unit="verdicts",
        rows=rows,
    )


register(*map(_metric, Outcome))
