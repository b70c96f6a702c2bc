"""What was promised and how it stands: numbers over a period, and shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accord.base.lifecycle import Side
from accord.insights.metrics import Scope
from accord.insights.rules import Share, State, state_of_number, state_of_share


@dataclass(frozen=True)
class Volume:
    """A number promised over a period: the target, what was due by today, what was delivered.

    `unit` is "leads" or a currency. `rows` names the metric behind it, `only` what narrows that.
    """

    key: str
    side: Side
    title: str
    target: float
    expected: float
    delivered: float
    over: Scope
    rows: str
    unit: str = "leads"
    only: str = ""

    @property
    def ahead(self) -> int:
        """Delivered more than was due by today; negative when behind. Whole leads."""
        return round(self.delivered) - round(self.expected)

    @property
    def state(self) -> State:
        """How it stands against what was due by today."""
        return state_of_number(self.delivered, round(self.expected), is_over=_is_over(self.over))


@dataclass(frozen=True)
class Quality:
    """A share promised: `promised` is None where the agreement names no share.

    For promised moments `late` were kept too late, `missed` were not done by whoever
    promised, `running` are not due yet. `rows` names the metric behind each of these figures. Not
    `is_final`: more may be kept even when the period is over.
    """

    key: str
    side: Side
    title: str
    promised: float | None
    delivered: Share
    rows: Mapping[str, str]
    over: Scope
    is_final: bool = True
    late: int = 0
    missed: int = 0
    running: int = 0

    @property
    def is_kept(self) -> bool | None:
        """Whether the share promised is reached; None while nothing came due."""
        if self.delivered.value is None or self.promised is None:
            return None
        return self.delivered.value >= self.promised

    @property
    def state(self) -> State:
        """How it stands; below the promise by chance alone is a risk, not yet a miss."""
        if self.promised is None:
            return State.OPEN
        is_over = self.is_final and _is_over(self.over)
        return state_of_share(self.delivered, self.promised, is_over=is_over)


@dataclass(frozen=True)
class Promises:
    """Both sides' promises over one period; the first volume is the ready leads."""

    volumes: Sequence[Volume]
    qualities: Sequence[Quality]


def _is_over(scope: Scope) -> bool:
    return scope.ends_at is not None and scope.ends_at <= scope.at
