"""What criteria may ask about a lead's newest deal: the facts that the company defined."""

from collections.abc import Iterable

from accord.criteria.registry import THEN, Fact, Relation, registry
from accord.leads.facts import asked
from accord.leads.models import About, CustomFact
from accord.leads.past import KNOWN_THEN, VALUE_OF
from accord.leads.queries.custom import custom_facts


def _relation(fact: CustomFact) -> Relation:
    """The value of the newest deal, looked up lead by lead: most leads have none."""
    values = (
        f"LATERAL (SELECT held.{VALUE_OF[fact.kind]} AS value FROM deals_deal AS deal "
        "LEFT JOIN deals_dealvalue AS held ON held.deal_id = deal.id "
        f"AND held.fact_id = '{fact.key}' AND {{}} WHERE deal.lead_id = lead.id {{}}"
        "ORDER BY deal.opened_at DESC, deal.id DESC LIMIT 1)"
    )
    return Relation(
        key=fact.key,
        sql=values.format("held.known_until IS NULL", ""),
        past=values.format(KNOWN_THEN, f"AND deal.known_at <= {THEN} "),
        on="TRUE",
        changes=(
            "SELECT deal.lead_id, turn.at FROM deals_deal AS deal LEFT JOIN deals_dealvalue AS "
            f"held ON held.deal_id = deal.id AND held.fact_id = '{fact.key}' CROSS JOIN LATERAL "
            "(VALUES (deal.known_at), (held.known_from), (held.known_until)) AS turn(at) "
            "WHERE turn.at IS NOT NULL"
        ),
    )


def _facts() -> Iterable[tuple[Fact, Relation]]:
    for fact in custom_facts(About.DEAL, retired=True):
        yield asked(fact), _relation(fact)


registry.sources.append(_facts)
