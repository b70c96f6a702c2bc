"""A back-test as people read it: each variant beside the first, counts of a sample as estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from accord.insights.rules import (
    Share,
    estimate,
    estimate_sum,
    share,
    share_of_sum,
)
from accord.qualification.models import BackTest

_MONTH = timedelta(days=365.25 / 12)


@dataclass(frozen=True)
class Deals:
    """Won deals and their value, each with by how much it may be off (95 %; 0 of all leads).

    `share` and `value_share` are what they are of the deals that the first variant lets in; for
    gained deals without an interval, as they are no part of those.
    """

    number: int
    doubt: int
    value: float
    value_doubt: float
    share: Share
    value_share: Share


@dataclass(frozen=True)
class Part:
    """What one variant comes to, of all leads, of a month or of a segment.

    `doubt` is by how much `qualified` may be off (95 %), 0 where all leads were judged. In and
    out are its leads and the others; `win` is won of won and lost deals.
    """

    qualified: int
    doubt: int
    kept: Deals
    lost: Deals
    gained: Deals
    accepted_in: Share
    accepted_out: Share
    win_in: Share
    win_out: Share


@dataclass(frozen=True)
class Compared(Part):
    """One variant: what it would have called qualified, and what came of those.

    `more` is the difference to the first variant; `customers_in` became customers after they
    met it, of all that met it, `customers_out` of those that never did. `a_month` qualified in
    a month of the period, those that met it from the start apart; `owners` parts them by who
    had them, "" for nobody.
    """

    name: str
    number: int
    more: int
    standing: int
    standing_doubt: int
    only_here: int
    only_here_doubt: int
    only_there: int
    only_there_doubt: int
    customers_in: Share
    customers_out: Share
    months: Mapping[str, Part]
    segments: Mapping[str, Mapping[str | None, Part]]
    a_month: float
    owners: Mapping[str, float]


def compared(back_test: BackTest) -> list[Compared]:
    """The variants of a back-test that has figures, in their order."""
    figures: Mapping[str, Any] = back_test.figures or {}
    scaled = _Scaled(figures["leads"], figures["all_leads"])
    length = (back_test.ends_at - back_test.begins_at) / _MONTH
    variants = figures["variants"]
    first = variants[0]
    return [
        Compared(
            **_fields(scaled.part(each, first)),
            name=each["name"],
            number=number,
            more=scaled.count(each["qualified"])[0] - scaled.count(first["qualified"])[0],
            **scaled.counts(each, "standing", "only_here", "only_there"),
            customers_in=share(each["customers_in"], each["qualified"]),
            customers_out=share(each["customers_out"], figures["leads"] - each["qualified"]),
            months={
                month: scaled.part(part, first["months"].get(month))
                for month, part in each["months"].items()
            },
            segments={
                name: {value: scaled.part(part, _of(first, name, value)) for value, part in found}
                for name, found in each["segments"].items()
            },
            a_month=(each["qualified"] - each["standing"]) * scaled.scale / length,
            owners={
                owner: count * scaled.scale / length for owner, count in each["owners"].items()
            },
        )
        for number, each in enumerate(variants)
    ]


def _fields(part: Part) -> dict[str, Any]:
    return {each.name: getattr(part, each.name) for each in fields(Part)}


def _of(variant: Mapping[str, Any], name: str, value: str | None) -> Mapping[str, Any] | None:
    return next((part for each, part in variant["segments"][name] if each == value), None)


@dataclass(frozen=True)
class _Scaled:
    """Figures of the leads that were judged, as those of all."""

    judged: int
    every: int

    @property
    def scale(self) -> float:
        return self.every / self.judged if self.judged else 1.0

    def count(self, number: int) -> tuple[int, int]:
        return estimate(number, self.judged, self.every)

    def counts(self, found: Mapping[str, Any], *names: str) -> dict[str, Any]:
        """Some numbers by name, and by how much each may be off as NAME_doubt."""
        counted = {name: self.count(found[name]) for name in names}
        doubts = {f"{name}_doubt": doubt for name, (_, doubt) in counted.items()}
        return {**{name: number for name, (number, _) in counted.items()}, **doubts}

    def part(self, found: Mapping[str, Any], first: Mapping[str, Any] | None) -> Part:
        qualified, doubt = self.count(found["qualified"])
        let_in = first["kept"] if first else {"number": 0, "value": 0.0, "squares": 0.0}
        return Part(
            qualified=qualified,
            doubt=doubt,
            kept=self._deals(found["kept"], let_in, is_part=True),
            lost=self._deals(found["lost"], let_in, is_part=True),
            gained=self._deals(found["gained"], let_in, is_part=False),
            accepted_in=share(found["accepted_in"], found["answered_in"]),
            accepted_out=share(found["accepted_out"], found["answered_out"]),
            win_in=share(found["won_in"], found["closed_in"]),
            win_out=share(found["won_out"], found["closed_out"]),
        )

    def _deals(
        self, found: Mapping[str, Any], let_in: Mapping[str, Any], *, is_part: bool
    ) -> Deals:
        number, doubt = self.count(found["number"])
        value, value_doubt = estimate_sum(found["value"], found["squares"], self.judged, self.every)
        if not is_part:
            shares = [_beside(found[key], let_in[key]) for key in ("number", "value")]
        else:
            sums = ((each["value"], each["squares"]) for each in (found, let_in))
            shares = [share(found["number"], let_in["number"]), share_of_sum(*sums)]
        return Deals(number, doubt, value, value_doubt, *shares)


def _beside(part: float, whole: float) -> Share:
    """Of something that is no part of the whole: it may be more, and has no interval."""
    return Share(round(part), round(whole), part / whole if whole else None, None, None)


@dataclass(frozen=True)
class Row:
    """A month, or a value of a field, and what each variant comes to there."""

    name: str | None
    parts: Sequence[Part | None]


def months(variants: Sequence[Compared]) -> list[Row]:
    """Every month in which anything happened, in order; its name as 2026-11."""
    names = sorted({name for each in variants for name in each.months})
    return [Row(name, [each.months.get(name) for each in variants]) for name in names]


def segments(variants: Sequence[Compared]) -> dict[str, list[Row]]:
    """The most frequent values of each field."""
    return {
        field: [
            Row(value, [each.segments[field].get(value) for each in variants])
            for value in dict.fromkeys(value for each in variants for value in each.segments[field])
        ]
        for field in variants[0].segments
    }
