"""What cannot be known of the time of a back-test."""

from collections.abc import Iterator

from accord.agreement.terms import Terms
from accord.criteria.language import Clause, Count, Reference, Score, Test, leaves
from accord.criteria.registry import registry
from accord.criteria.scorecards import EventRow
from accord.leads.models import Observed
from accord.qualification.models import BackTest
from accord.qualification.queries import terms_tried


def not_known(back_test: BackTest) -> dict[str, list[str]]:
    """The behaviours asked that were not watched from the beginning, and facts that were lost."""
    behaviours, facts = set[str](), set[str]()
    for terms in terms_tried(back_test):
        if back_test.definition in terms.definitions:
            for asked in _asked(terms.definitions[back_test.definition].must, terms):
                if isinstance(asked, Test):
                    facts.add(asked.fact)
                else:
                    behaviours.add(asked.behaviour)
    since = dict(Observed.objects.values_list("kind", "since"))
    return {
        "unwatched": sorted(
            key
            for key in behaviours
            if any(
                since.get(kind, back_test.ends_at) > back_test.begins_at
                for kind in registry.behaviour(key).kinds
            )
        ),
        "without_past": sorted(
            key
            for key in facts
            if (is_lost := registry.fact(key).is_lost)
            and is_lost(back_test.begins_at, back_test.ends_at)
        ),
    }


def _asked(clause: Clause, terms: Terms) -> Iterator[Test | Count | EventRow]:
    """All that a clause asks, with what its definitions and scorecards ask in turn."""
    for leaf in leaves(clause):
        if isinstance(leaf, Reference):
            yield from _asked(terms.definitions[leaf.definition].must, terms)
        elif isinstance(leaf, Score):
            for row in terms.scorecards[leaf.scorecard].rows:
                yield from [row] if isinstance(row, EventRow) else _asked(row.clause, terms)
        else:
            yield leaf
