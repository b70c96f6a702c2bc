"""What came back and why, what marketing said to it, and what waits too long."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.utils.translation import gettext as _

from accord.agreement.queries import running
from accord.agreement.terms import Terms
from accord.agreement.wording import clause_sentences
from accord.campaigns.models import Campaign
from accord.handoffs.metrics import passed_back
from accord.handoffs.models import Answer, Clock, ClockKind, Handoff
from accord.insights.metrics import Scope
from accord.insights.narrowing import NONE, narrowed, only_of, parts_of
from accord.leads.models import Lead
from accord.teams.models import User

BY = ("reason", "clause", "campaign")
WAITING, IN_TIME = "waiting", "in_time"


@dataclass(frozen=True)
class CameBack:
    """Handoffs that were passed back for one reason of the agreement."""

    reason: str
    label: str
    number: int
    destination: str


def came_back(scope: Scope, *, terms: Terms) -> Sequence[CameBack]:
    """What came back in the scope and why, most frequent first. One query."""
    rows = (
        passed_back(scope)
        .values_list("reason", "destination")
        .annotate(number=Count("id"))
        .order_by("-number", "reason")
    )
    labels: Mapping[str, Any] = terms.reasons
    return [
        CameBack(
            reason=reason,
            label=str(labels[reason].label) if reason in labels else reason,
            number=number,
            destination=destination,
        )
        for reason, destination, number in rows
    ]


@dataclass(frozen=True)
class Returned:
    """What came back for one reason, by one clause or of one campaign, and the answers to it.

    `answers` counts them by `Answer` and WAITING; `in_time` those that kept marketing's clock.
    `only` opens the rows, `opens` those of each answer.
    """

    key: str
    label: str
    only: str
    number: int
    answers: Mapping[str, int]
    opens: Mapping[str, str]
    in_time: int


def returned(scope: Scope, *, by: str, reader: User | None, only: str = "") -> Sequence[Returned]:
    """What came back in the scope by reason, clause or campaign, most frequent first.

    A pass-back that blames several clauses stands under each. Two queries.
    """
    kept = Clock.objects.filter(
        handoff_id=OuterRef("handoff_id"),
        kind=ClockKind.PASS_BACK_ANSWER,
        stopped_at__lte=F("due_at"),
    )
    campaign = Lead.objects.filter(id=OuterRef("lead_id")).values("campaign_id")[:1]
    backs = narrowed(passed_back(scope), only, reader=reader).annotate(
        campaign=Subquery(campaign), in_time=Exists(kept)
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for back in backs.values("reason", "blamed_clauses", "campaign", "answer", "in_time"):
        for key in _KEYS[by](back):
            counts[key][back["answer"] or WAITING] += 1
            counts[key][IN_TIME] += back["in_time"]
    names = _NAMES[by]()
    found = [_returned(key, count, by, names, only) for key, count in counts.items()]
    return sorted(found, key=lambda each: (-each.number, each.label))


def _returned(
    key: str, count: Counter[str], by: str, names: Mapping[str, str], only: str
) -> Returned:
    rest = {**parts_of(only), by: key}
    answers = {answer: count[answer] for answer in (WAITING, *Answer.values)}
    return Returned(
        key=key,
        label=names.get(key, key),
        only=only_of(**rest),
        number=sum(answers.values()),
        answers=answers,
        opens={
            answer: only_of(**rest, answer=NONE if answer == WAITING else answer)
            for answer in answers
        },
        in_time=count[IN_TIME],
    )


_KEYS: Mapping[str, Callable[[Mapping[str, Any]], Sequence[str]]] = {
    "reason": lambda back: [back["reason"]],
    "clause": lambda back: back["blamed_clauses"] or [NONE],
    "campaign": lambda back: [str(back["campaign"] or NONE)],
}


def _reason_names() -> Mapping[str, str]:
    return {key: each.label for key, each in running().reasons.items()}


def _clause_names() -> Mapping[str, str]:
    terms = running()
    texts = {
        key: f"{text} ({terms.titles[key.partition(':')[0]]})"
        for key, text in clause_sentences(terms).items()
    }
    return {**texts, NONE: _("no clause was named")}


def _campaign_names() -> Mapping[str, str]:
    named = {str(id): name for id, name in Campaign.objects.values_list("id", "name")}
    return {**named, NONE: _("of no campaign")}


_NAMES: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "reason": _reason_names,
    "clause": _clause_names,
    "campaign": _campaign_names,
}


def waiting_too_long(*, at: datetime) -> int:
    """Open handoffs of which a promise of whoever has them is past due. One query."""
    return Handoff.objects.filter(disposed_at__isnull=True, due_at__lt=at).count()
