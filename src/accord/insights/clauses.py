"""What each clause of a definition lets in and shuts out, and what became of those leads."""

import uuid
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from accord.agreement.terms import Terms
from accord.base.errors import Missing
from accord.base.rows import IsAnyOf
from accord.criteria.explain import sentence
from accord.criteria.language import Clause, Definition, Group, Leaf, leaves
from accord.criteria.registry import registry
from accord.insights.behind import ListPage, page_of
from accord.insights.outcomes import Answers, answers
from accord.insights.rules import Share, share
from accord.leads.models import Lead
from accord.qualification.asking import ever_met
from accord.teams.models import User

PERIOD = timedelta(days=365)
PARTS = ("who", "who_won", "who_came_back")


@dataclass(frozen=True)
class Decided:
    """Leads that a clause alone decides on, and those of them that won, and that came back."""

    who: Set[uuid.UUID]
    who_won: Set[uuid.UUID]
    who_came_back: Set[uuid.UUID]
    passed_back: Share

    @property
    def leads(self) -> int:
        """How many."""
        return len(self.who)

    @property
    def won(self) -> int:
        """How many of them became customers."""
        return len(self.who_won)


@dataclass(frozen=True)
class ClauseEffect:
    """A clause: `lets_in` are leads that only meet the definition because of it, `shuts_out`
    those that only it keeps from meeting it."""

    key: str
    sentence: str
    lets_in: Decided
    shuts_out: Decided


@dataclass(frozen=True)
class Effects:
    """The clauses of a definition, and on how many leads with an answer they were tried."""

    definition: str
    title: str
    leads: int
    won: int
    passed_back: int
    clauses: Sequence[ClauseEffect]

    @property
    def worst_in(self) -> ClauseEffect | None:
        """The clause that lets in the most leads that sales passed back."""
        return max(
            (each for each in self.clauses if each.lets_in.passed_back.part),
            key=lambda each: each.lets_in.passed_back.part,
            default=None,
        )

    @property
    def worst_out(self) -> ClauseEffect | None:
        """The clause that shuts out the most leads that won all the same."""
        return max(
            (each for each in self.clauses if each.shuts_out.won),
            key=lambda each: each.shuts_out.won,
            default=None,
        )


@dataclass(frozen=True)
class DecidedPage:
    """The leads of one figure of a clause, a page of them."""

    sentence: str
    of: str
    part: str
    rows: ListPage


def effects(terms: Terms, definition: str, *, at: datetime) -> Effects:
    """Each clause left out in turn, over the last PERIOD, as things were known then. Four queries.

    Only leads that became customers, were accepted or came back in it are asked: they teach.
    """
    begins = at - PERIOD
    known = answers(since=begins)
    asked = terms.definitions[definition]
    tried = [*_without_each(asked)]
    now, *without = ever_met(
        [terms, *(_with(terms, each) for _leaf, each in tried)],
        definition,
        leads=known.leads,
        begins=begins,
        ends=at,
    )
    return Effects(
        definition=definition,
        title=asked.title,
        leads=len(known.leads),
        won=len(known.won),
        passed_back=len(known.passed_back),
        clauses=[
            ClauseEffect(
                key=leaf.key,
                sentence=sentence(leaf, registry=registry, titles=terms.titles),
                lets_in=_decided(now - met, known),
                shuts_out=_decided(met - now, known),
            )
            for (leaf, _each), met in zip(tried, without, strict=True)
        ],
    )


def _decided(found: set[uuid.UUID], known: Answers) -> Decided:
    back, accepted = found & known.passed_back, found & known.accepted
    return Decided(found, found & known.won, back, share(len(back), len(back | accepted)))


def _with(terms: Terms, definition: Definition) -> Terms:
    return replace(terms, definitions={**terms.definitions, definition.key: definition})


def _without_each(definition: Definition) -> Iterator[tuple[Leaf, Definition]]:
    """Each clause that asks something, and the definition without it; one alone cannot go."""
    for leaf in leaves(definition.must):
        must = _without(definition.must, leaf)
        if isinstance(must, Group) and any(True for _ in leaves(must)):
            yield leaf, replace(definition, must=must)


def _without(clause: Clause, leaf: Leaf) -> Clause | None:
    """The clause without a leaf; a group that has nothing left goes, too."""
    if clause is leaf:
        return None
    if not isinstance(clause, Group):
        return clause
    kept = tuple(each for item in clause.items if (each := _without(item, leaf)) is not None)
    return replace(clause, items=kept) if kept else None


def decided_page(
    terms: Terms,
    *,
    definition: str,
    clause: str,
    of: str,
    part: str,
    user: User,
    at: datetime,
    cursor: str = "",
) -> DecidedPage:
    """The leads behind a figure of a clause: `of` lets_in or shuts_out, `part` who, who_won or
    who_came_back. Raises Missing where there is no such figure."""
    if definition in terms.definitions and of in ("lets_in", "shuts_out") and part in PARTS:
        for each in effects(terms, definition, at=at).clauses:
            if each.key == clause:
                leads = Lead.objects.filter(IsAnyOf(F("id"), getattr(getattr(each, of), part)))
                return DecidedPage(each.sentence, of, part, page_of(leads, user, cursor))
    raise Missing(_("There is no such figure among the suggestions."))
