"""What the data suggests: clauses, facts that are missing, and points learnt from outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accord.agreement.terms import Terms
from accord.criteria.registry import registry
from accord.insights.clauses import Effects, effects
from accord.insights.learning import Learnt, TooFew, learn_fit
from accord.qualification.queries import readiness

_SHOWN = 8  # facts that are missing, of each definition


@dataclass(frozen=True)
class Missing:
    """A fact that so many leads lack of which nobody can tell whether they meet a definition."""

    definition: str
    title: str
    fact: str
    label: str
    leads: int


@dataclass(frozen=True)
class Suggestions:
    """All of them; `too_few` says why nothing was learnt, "" where something was."""

    effects: Sequence[Effects]
    missing: Sequence[Missing]
    learnt: Learnt | None
    too_few: str


def suggestions(terms: Terms, *, at: datetime) -> Suggestions:
    """What became of leads says so of these terms. Nothing is written."""
    learnt, too_few = None, ""
    try:
        learnt = learn_fit(terms, at=at)
    except TooFew as refusal:
        too_few = refusal.sentence
    deciding = _deciding(terms)
    return Suggestions(
        effects=[effects(terms, key, at=at) for key in deciding],
        missing=[
            Missing(key, terms.definitions[key].title, fact, registry.label(fact), number)
            for key in deciding
            for fact, number in readiness(definition=key).missing[:_SHOWN]
        ],
        learnt=learnt,
        too_few=too_few,
    )


def _deciding(terms: Terms) -> list[str]:
    """The definitions that move leads: those that enter a stage, and the gate."""
    staged = [key for key, each in terms.definitions.items() if each.stage]
    return list(dict.fromkeys([*staged, terms.gate]))
