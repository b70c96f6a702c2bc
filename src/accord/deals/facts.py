"""What criteria may ask about a lead's deals, and the company's own facts of the newest one."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accord.criteria.registry import THEN, Fact, Relation, registry
from accord.deals.queries import amounts_lost
from accord.leads.facts import asked
from accord.leads.models import About, CustomFact
from accord.leads.past import KNOWN_THEN, VALUE_OF
from accord.leads.queries.custom import custom_facts

DEALS = "deals"  # what the facts follow that deals move
_CLOSED = "GREATEST(deal.closed_at, deal.closing_known_at)"  # NULL while it is open


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


def _counted(*, then: bool) -> str:
    """How many deals of a lead are open and how many won, now or as it was known."""
    known, state = "", "deal.state"
    if then:
        known = f" AND deal.known_at <= {THEN} AND deal.opened_at <= {THEN}"
        state = f"CASE WHEN {_CLOSED} > {THEN} THEN 'open' ELSE deal.state END"
    return (
        f"LATERAL (SELECT count(*) FILTER (WHERE {state} = 'open') AS open, "
        f"count(*) FILTER (WHERE {state} = 'won') AS won FROM deals_deal AS deal "
        f"WHERE deal.lead_id = lead.id{known})"
    )


def _newest(*, then: bool) -> str:
    """The newest deal of a lead, now or as it was known; where it is closed it has no step."""
    known, reason, step = "", "deal.loss_reason", "entry.left_at IS NULL"
    amount, former = "deal.amount", ""
    if then:
        known = f" AND deal.known_at <= {THEN} AND deal.opened_at <= {THEN}"
        reason = f"CASE WHEN {_CLOSED} <= {THEN} THEN deal.loss_reason END"
        # Of a closing that was told late the step is the last one until it was told.
        step = (
            f"entry.entered_at <= {THEN} AND (entry.left_at IS NULL OR entry.left_at > {THEN} "
            f"OR entry.left_at >= deal.closed_at AND {_CLOSED} > {THEN})"
        )
        amount = "CASE WHEN former.id IS NULL THEN deal.amount ELSE former.amount END"
        former = (
            "LEFT JOIN deals_formeramount AS former ON former.deal_id = deal.id "
            f"AND former.known_from <= {THEN} AND former.known_until > {THEN} "
        )
    return (
        f"LATERAL (SELECT {amount} AS amount, {reason} AS loss_reason, step.step_id "
        f"FROM deals_deal AS deal {former}LEFT JOIN LATERAL (SELECT entry.step_id "
        f"FROM deals_stepentry AS entry WHERE entry.deal_id = deal.id AND {step} "
        "ORDER BY entry.entered_at DESC, entry.id DESC LIMIT 1) AS step ON TRUE "
        f"WHERE deal.lead_id = lead.id{known} "
        "ORDER BY deal.opened_at DESC, deal.id DESC LIMIT 1)"
    )


registry.add(
    Relation(
        key="newest_deal",
        sql=_newest(then=False),
        past=_newest(then=True),
        on="TRUE",
        changes=(
            "SELECT deal.lead_id, turn.at FROM deals_deal AS deal CROSS JOIN LATERAL (VALUES "
            f"(GREATEST(deal.known_at, deal.opened_at)), (GREATEST(deal.known_at, {_CLOSED}))"
            ") AS turn(at) UNION ALL SELECT lead_id, known_until FROM deals_formeramount "
            "UNION ALL SELECT entry.lead_id, turn.at FROM deals_stepentry AS entry "
            "CROSS JOIN LATERAL (VALUES (entry.entered_at), (entry.left_at)) AS turn(at) "
            "WHERE turn.at IS NOT NULL"
        ),
    ),
    Fact(
        "deal_amount",
        _("Amount of the newest deal"),
        "money",
        "newest_deal.amount",
        "newest_deal",
        follows=DEALS,
        is_lost=amounts_lost,
    ),
    Fact(
        "deal_step",
        _("Step of the newest deal"),
        "text",
        "newest_deal.step_id",
        "newest_deal",
        follows=DEALS,
    ),
    Fact(
        "loss_reason",
        _("Why the newest deal was lost"),
        "text",
        "newest_deal.loss_reason",
        "newest_deal",
        follows=DEALS,
    ),
    Relation(
        key="deals",
        sql=_counted(then=False),
        past=_counted(then=True),
        on="TRUE",
        changes=(
            "SELECT deal.lead_id, turn.at FROM deals_deal AS deal CROSS JOIN LATERAL (VALUES "
            f"(GREATEST(deal.known_at, deal.opened_at)), (GREATEST(deal.known_at, {_CLOSED}))"
            ") AS turn(at)"
        ),
    ),
    Fact(
        "open_deals", _("Open deals"), "number", "deals.open", "deals", is_open=False, follows=DEALS
    ),
    Fact("won_deals", _("Deals won"), "number", "deals.won", "deals", is_open=False, follows=DEALS),
)
registry.sources.append(_facts)
