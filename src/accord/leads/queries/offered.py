"""The values that leads have of a fact, to choose from while criteria are written."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from django.core.exceptions import EmptyResultSet
from django.db import connection

from accord.criteria.offering import may_offer, offering
from accord.criteria.registry import registry
from accord.leads.queries.pages import visible_to
from accord.teams.models import User

LOOKED_AT = 20_000  # the newest, so that the builder answers at once at any size


def values_offered(names: Collection[str], *, user: User) -> Mapping[str, Sequence[str]]:
    """Of each of these facts the values that leads have now, the most frequent first.

    Of leads that the person may see. None of a fact that is no text or tells who somebody is.
    One query; none where no fact is left.
    """
    facts = [fact for fact in map(registry.fact, sorted(set(names))) if may_offer(fact)]
    if not facts:
        return {}
    newest = visible_to(user).order_by("-id").values("id")[:LOOKED_AT]
    try:
        chosen, params = newest.query.sql_with_params()
    except EmptyResultSet:  # they may see none
        return {}
    with connection.cursor() as cursor:
        cursor.execute(*offering(facts, registry=registry, chosen=chosen, params=params))
        rows = cursor.fetchall()
    return {name: [value for _, value in own] for name, own in groupby(rows, lambda row: row[0])}
