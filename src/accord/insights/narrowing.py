"""Which of the counted rows: those of a person, a team, a source and so on.

It stands in an address as a query of its own, such as `team=-&reason=no_need`. The figures of a
person are for that person and whoever heads the side; here is the one place that sees to it.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import FieldError
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from accord.agreement.queries import running
from accord.base.errors import Missing
from accord.content.models import ContentRequest
from accord.handoffs.models import Clock, ClockKind, Handoff, PassBack
from accord.insights.shapes import SHAPES
from accord.leads.models import Activity, Lead
from accord.qualification.models import Outcome
from accord.qualification.queries import standing
from accord.teams.models import User
from accord.teams.queries import whose_figures

NONE = "-"  # those that have none: no pool, no source, in no segment, answered by nobody
MARKETING = "marketing"  # the team that answers what came back, and what sales asks for
_PERSON: Mapping[type[Model], str] = {
    Clock: "user_id",
    Handoff: "owner_id",
    PassBack: "passed_back_by_id",
    Activity: "by_id",
    ContentRequest: "answered_by_id",
}


def only_of(**parts: str) -> str:
    """The rows that have all of these, as text."""
    return urlencode({name: value for name, value in parts.items() if value})


def parts_of(only: str) -> dict[str, str]:
    """What `only` asks for, by the name of the part; a plain word stands under ""."""
    return dict(parse_qsl(only)) if "=" in only else {"": only} if only else {}


def narrowed(rows: Any, only: str, *, reader: User | None) -> Any:
    """The rows that `only` asks for, as far as the reader may see them; None may see all.

    Raises Missing for somebody whose figures the reader may not see, and for what is no part.
    """
    for name, value in parts_of(only).items():
        if name == "" and (narrow := SHAPES[rows.model].narrow):
            rows = narrow(rows, value)
        elif name == "person":
            rows = _of_person(rows, value, reader)
        elif name in _BY:
            try:
                rows = _BY[name](rows, value)
            except FieldError:  # such as the reason of a clock
                raise _missing() from None
        elif name:
            raise _missing()
    return rows


def segments() -> Mapping[str, str]:
    """The definitions by which leads are parted, with their titles: as promised, or the ideal."""
    terms = running()
    keys = [each.definition for each in terms.marketing.ready_leads.segments]
    keys = keys or [key for key in (terms.ideal_customer,) if key]
    return {key: terms.definitions[key].title for key in keys}


def _missing() -> Missing:
    return Missing(_("There is no such figure, or it is not for you to see."))


def _of_person(rows: Any, value: str, reader: User | None) -> Any:
    if value == NONE:
        return rows.filter(**{f"{_PERSON[rows.model]}__isnull": True})
    if not whose_figures(reader).filter(id=_id(value)).exists():
        raise _missing()
    return rows.filter(**{_PERSON[rows.model]: _id(value)})


def _id(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError:
        raise _missing() from None


def _of_handoffs(rows: Any, condition: Q) -> Any:
    if rows.model is Handoff:
        return rows.filter(condition)
    return rows.filter(handoff_id__in=Handoff.objects.filter(condition).values("id"))


def _of_team(rows: Any, value: str) -> Any:
    if rows.model is ContentRequest:
        return rows if value == MARKETING else rows.none()
    is_answer = Q(kind=ClockKind.PASS_BACK_ANSWER)
    if value == MARKETING:
        return rows.filter(is_answer) if rows.model is Clock else rows.none()
    if rows.model is Clock:
        rows = rows.exclude(is_answer)
    pool = Q(pool_id__isnull=True) if value == NONE else Q(pool_id=_id(value))
    return _of_handoffs(rows, pool)


def _of_trigger(rows: Any, value: str) -> Any:
    if rows.model is ContentRequest:  # belongs to no handoff
        return rows if value == NONE else rows.none()
    return _of_handoffs(rows, Q(trigger=value))


def _of_source(rows: Any, value: str) -> Any:
    if value != NONE:
        return rows.filter(lead_id__in=Lead.objects.filter(source=value).values("id"))
    without = Lead.objects.filter(source__isnull=True).values("id")
    is_without = Q(lead_id__in=without)
    if rows.model is ContentRequest:
        is_without |= Q(lead_id__isnull=True)
    return rows.filter(is_without)


def _of_segment(rows: Any, value: str) -> Any:
    keys = list(segments()) if value == NONE else [value]
    met = standing().filter(definition__in=keys, outcome=Outcome.MET).values("lead_id")
    return rows.exclude(lead_id__in=met) if value == NONE else rows.filter(lead_id__in=met)


def _of_campaign(rows: Any, value: str) -> Any:
    named = {"campaign__isnull": True} if value == NONE else {"campaign_id": _id(value)}
    return rows.filter(lead_id__in=Lead.objects.filter(**named).values("id"))


def _of_answer(rows: Any, value: str) -> Any:
    return rows.filter(answer__isnull=True) if value == NONE else rows.filter(answer=value)


def _of_clause(rows: Any, value: str) -> Any:
    blamed = {"blamed_clauses": []} if value == NONE else {"blamed_clauses__contains": [value]}
    return rows.filter(**blamed)


_BY: Mapping[str, Callable[[Any, str], Any]] = {
    "team": _of_team,
    "trigger": _of_trigger,
    "source": _of_source,
    "segment": _of_segment,
    "campaign": _of_campaign,
    "reason": lambda rows, value: rows.filter(reason=value),
    "clause": _of_clause,
    "answer": _of_answer,
}
