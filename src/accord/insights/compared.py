"""A back-test as people read it: each variant beside the first, counts of a sample as estimates."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accord.deals.models import Deal, DealState
from accord.insights.back_tests import met
from accord.insights.rules import Share, estimate, share
from accord.leads.queries.pages import visible_to
from accord.qualification.models import BackTest, PastVerdict
from accord.teams.models import User

PAGE = 50


@dataclass(frozen=True)
class Deals:
    """Won deals: how many and their value."""

    number: int
    value: float


@dataclass(frozen=True)
class Compared:
    """One variant: what it would have called qualified, and what came of those.

    `doubt` is by how much `qualified` may be off (95 %), 0 where all leads were judged; `more`
    is the difference to the first variant. In and out are its leads and the others.
    """

    name: str
    number: int
    qualified: int
    doubt: int
    more: int
    standing: int
    only_here: int
    only_there: int
    kept: Deals
    lost: Deals
    gained: Deals
    kept_share: Share
    accepted_in: Share
    accepted_out: Share
    won_in: Share
    won_out: Share
    months: Mapping[str, int]

    @property
    def a_month(self) -> float:
        """Leads that qualified in a month of the period, those that met it from the start apart."""
        newly = self.qualified - self.standing
        return newly / len(self.months) if self.months else 0.0


def compared(figures: Mapping[str, Any]) -> list[Compared]:
    """The variants of a back-test, in their order."""
    sampled, every = figures["leads"], figures["all_leads"]

    def of_all(part: int) -> int:
        return estimate(part, sampled, every)[0]

    def deals(found: Mapping[str, Any]) -> Deals:
        scale = every / sampled if sampled else 1
        return Deals(of_all(found["number"]), found["value"] * scale)

    variants = figures["variants"]
    first = variants[0]["kept"]["number"]
    return [
        Compared(
            name=each["name"],
            number=number,
            qualified=of_all(each["qualified"]),
            doubt=estimate(each["qualified"], sampled, every)[1],
            more=of_all(each["qualified"]) - of_all(variants[0]["qualified"]),
            standing=of_all(each["standing"]),
            only_here=of_all(each["only_here"]),
            only_there=of_all(each["only_there"]),
            kept=deals(each["kept"]),
            lost=deals(each["lost"]),
            gained=deals(each["gained"]),
            kept_share=share(each["kept"]["number"], first),
            **{
                name: share(*each[name])
                for name in ("accepted_in", "accepted_out", "won_in", "won_out")
            },
            months={month: of_all(count) for month, count in each["months"].items()},
        )
        for number, each in enumerate(variants)
    ]


@dataclass(frozen=True)
class Segment:
    """A value of a field, and how many leads of it each variant calls qualified."""

    value: str | None
    counts: Sequence[int]


def segments(figures: Mapping[str, Any]) -> dict[str, list[Segment]]:
    """The most frequent values of each field, by the first variant's leads; none of a sample."""
    variants = [each["segments"] for each in figures["variants"]]
    found: dict[str, list[Segment]] = {}
    for name in variants[0]:
        counts = [dict(map(tuple, each[name])) for each in variants]
        values = dict.fromkeys(value for each in counts for value in each)
        found[name] = [Segment(value, [each.get(value, 0) for each in counts]) for value in values]
    return found


# What a figure of a variant counts, in terms of past verdicts.
_BEHIND: Mapping[str, Callable[[int], Q]] = {
    "in": met,
    "more": lambda number: met(number) & ~met(0),
    "less": lambda number: met(0) & ~met(number),
}
_WON = {"kept": (True, True), "lost": (True, False), "gained": (False, True)}  # then, now
BEHIND = (*_BEHIND, *_WON)


def leads_behind(
    back_test: BackTest, *, of: str, number: int, user: User, before: uuid.UUID | None
) -> QuerySet[Any]:
    """The leads behind a figure that the person may see, newest first, a page of them and one.

    `of` is one of BEHIND.
    """
    past = PastVerdict.objects.filter(back_test=back_test)
    if of in _BEHIND:
        ids = past.filter(_BEHIND[of](number)).values("lead_id")
    else:
        ids = _won(back_test, of, number)
    leads = visible_to(user).filter(id__in=ids).select_related("company", "owner")
    if before is not None:
        leads = leads.filter(id__lt=before)
    return leads.order_by("-id")[: PAGE + 1]


def _won(back_test: BackTest, of: str, number: int) -> QuerySet[Any]:
    """The leads with a deal won in the period, by whether each variant was met before the win."""
    past = PastVerdict.objects.filter(back_test=back_test, lead_id=OuterRef("lead_id"))
    won = Deal.objects.filter(
        state=DealState.WON, closed_at__gte=back_test.begins_at, closed_at__lt=back_test.ends_at
    ).annotate(
        then=Subquery(past.values("met_at__0")), now=Subquery(past.values(f"met_at__{number}"))
    )
    for name, is_met in zip(("then", "now"), _WON[of], strict=True):
        in_time = Q(**{f"{name}__isnull": False, f"{name}__lte": F("closed_at")})
        too_late = Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gt": F("closed_at")})
        won = won.filter(in_time if is_met else too_late)
    return won.values("lead_id")
