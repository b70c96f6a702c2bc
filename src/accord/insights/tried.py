"""What a back-test counts: the leads, closed deals and answered handoffs of its time.

A deal counts as one of those in where its lead met the definition before the deal was closed, a
handoff where its lead did before it was offered.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from accord.base.rows import IsAnyOf
from accord.deals.models import Deal, DealState
from accord.handoffs.models import Handoff
from accord.leads.models import FactChange, Lead
from accord.leads.queries.sampling import there
from accord.qualification.models import BackTest, PastVerdict

SEGMENTS = ("source", "country", "industry", "lead_type")
Values = tuple[str | None, ...]  # of a lead, in the order of SEGMENTS


def met(number: int) -> Q:
    """The past verdicts of leads that met the variant of this number."""
    return Q(**{f"met_at__{number}__isnull": False})


def judged(back_test: BackTest) -> QuerySet[PastVerdict]:
    """The leads that met any variant, with when they first did."""
    return PastVerdict.objects.filter(back_test=back_test)


def came(back_test: BackTest) -> QuerySet[Lead]:
    """The leads that had come by the end of the time."""
    return there().filter(first_contact_at__lt=back_test.ends_at)


def closed_deals(back_test: BackTest, currency: str) -> QuerySet[Deal]:
    """The deals won or lost in the time; `met_at` of their leads, `value` in the currency."""
    closed = Deal.objects.filter(
        state__in=[DealState.WON, DealState.LOST],
        closed_at__gte=back_test.begins_at,
        closed_at__lt=back_test.ends_at,
    )
    value = Case(When(currency=currency, then=F("amount")))
    return closed.annotate(met_at=_met_by(back_test), value=value)


def answered_handoffs(back_test: BackTest) -> QuerySet[Handoff]:
    """The handoffs offered in the time that were accepted or passed back; `met_at` of the leads."""
    offered = Handoff.objects.filter(
        offered_at__gte=back_test.begins_at, offered_at__lt=back_test.ends_at
    )
    answered = Q(accepted_at__isnull=False) | Q(passed_back_at__isnull=False)
    return offered.filter(answered).annotate(met_at=_met_by(back_test))


def _met_by(back_test: BackTest) -> Subquery:
    """Of a row that carries a lead's id: when that lead met each variant."""
    return Subquery(judged(back_test).filter(lead_id=OuterRef("lead_id")).values("met_at"))


def changed_since(names: Sequence[str], moment: datetime) -> QuerySet[FactChange]:
    """Where a lead had another value of a fact at that moment than it has now."""
    return FactChange.objects.filter(fact__in=names, known_from__lte=moment, known_until__gt=moment)


def leads_of(name: str, value: str | None, *, at: datetime) -> QuerySet[Lead]:
    """The leads that had this value of one of SEGMENTS at that moment."""
    changed = changed_since([name], at)
    then = (
        changed.filter(text_value__isnull=True)
        if value is None
        else changed.filter(text_value=value)
    )
    now = Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    since = Q(id__in=changed.values("lead_id"))
    return Lead.objects.filter((now & ~since) | Q(id__in=then.values("lead_id")))


def values_of(leads: Collection[uuid.UUID], *, at: datetime) -> dict[uuid.UUID, Values]:
    """The values by which leads are parted, as they were known at that moment. Two queries."""
    chosen = Lead.objects.filter(IsAnyOf(F("id"), leads)).values_list("id", *SEGMENTS)
    found = {lead_id: list(values) for lead_id, *values in chosen.iterator()}
    changes = changed_since(SEGMENTS, at).filter(IsAnyOf(F("lead_id"), leads))
    for lead_id, fact, old in changes.values_list("lead_id", "fact", "text_value"):
        if lead_id in found:
            found[lead_id][SEGMENTS.index(fact)] = old
    return {lead_id: tuple(values) for lead_id, values in found.items()}
