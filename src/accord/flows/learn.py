"""What somebody here found out about a lead, its company or a deal walks the way like all else."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.base.lifecycle import Side
from accord.deals.actions.values import set_values
from accord.deals.queries import one_deal
from accord.flows.advance import advance
from accord.flows.evaluate import evaluate
from accord.flows.hand_off import hand_off
from accord.handoffs.models import Objection
from accord.leads import actions, queries
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import ConsentSaid, NewActivity

_RECOGNISED_BY = ("email", "phone")


def learn(
    *, lead: uuid.UUID, facts: Mapping[str, Any], by: uuid.UUID, side: Side, at: datetime
) -> list[str]:
    """Set facts of a lead, judge it anew, and hand it over if that makes it ready.

    Returns the facts that changed; their old values stay behind. Raises Conflict when an
    address or number already belongs to another lead.
    """
    identities = [(kind, facts[kind]) for kind in _RECOGNISED_BY if facts.get(kind)]
    with transaction.atomic():
        hold_leads(leads={lead})
        actions.add_identities(lead=lead, identities=identities, at=at)
        changed = actions.change_facts(changes={lead: facts}, by=by, side=side, at=at)
        if changed:
            evaluate(leads=[lead], at=at)
            advance(leads=[lead], at=at)
            hand_off(leads=[lead], at=at)
    return changed.get(lead, [])


def learn_consent(
    *, lead: uuid.UUID, said: ConsentSaid, by: uuid.UUID, side: Side, at: datetime
) -> bool:
    """Keep what a lead agreed to or took back, and do as `learn`; whether that was news."""
    with transaction.atomic():
        hold_leads(leads={lead})
        is_news = actions.keep_consents(said={lead: [said]}, by=by, side=side, at=at)
        if is_news:
            evaluate(leads=[lead], at=at)
            advance(leads=[lead], at=at)
            hand_off(leads=[lead], at=at)
    return bool(is_news)


@dataclass(frozen=True)
class Heard:
    """What a rep heard in a conversation; each part may be empty.

    `objection` is one of `handoffs.models.Objection`, with what they said of it in
    `objection_words`; `competitor` is a name.
    """

    question: str = ""
    words: str = ""
    objection: str = ""
    objection_words: str = ""
    competitor: str = ""


def learn_by_talking(
    *,
    lead: uuid.UUID,
    heard: Heard,
    facts: Mapping[str, Any],
    by: uuid.UUID,
    at: datetime,
) -> int:
    """Keep what a conversation brought: words on the timeline, facts as `learn` does.

    How many things were kept. Raises Invalid for an objection of a kind there is not.
    """
    rows = list(_heard(heard, by, at))
    with transaction.atomic():
        hold_leads(leads={lead})
        actions.record_activities(rows=[(lead, row) for row in rows], at=at)
        changed = learn(lead=lead, facts=facts, by=by, side=Side.SALES, at=at)
        if rows and not changed:
            evaluate(leads=[lead], at=at)
            advance(leads=[lead], at=at)
            hand_off(leads=[lead], at=at)
    return len(rows) + len(changed)


def _heard(heard: Heard, by: uuid.UUID, at: datetime) -> Iterator[NewActivity]:
    told = NewActivity(kind="words.heard", side=Side.PROSPECT, happened_at=at, by_id=by)
    if heard.question:
        yield replace(told, kind="question.asked", text=heard.question)
    if heard.words:
        yield replace(told, text=heard.words)
    if heard.objection or heard.objection_words:
        objection = heard.objection or Objection.OTHER.value
        if objection not in Objection.values:
            raise Invalid(
                _("“%(given)s” is no objection; use one of %(known)s.")
                % {"given": objection, "known": ", ".join(Objection.values)},
                field="objection",
            )
        words = heard.objection_words or None
        yield replace(told, kind="objection.heard", outcome=objection, text=words)
    if heard.competitor:
        name = heard.competitor[:200]
        yield replace(told, kind="competitor.heard", text=name, detail={"name": name})


def learn_of_deal(
    *, deal: uuid.UUID, facts: Mapping[str, Any], by: uuid.UUID, at: datetime
) -> bool:
    """Set facts that the company defined about a deal and judge its lead anew.

    Whether anything changed. Raises Missing.
    """
    with transaction.atomic():
        found = one_deal(deal)
        changed = set_values(told=[(found, facts)], by=by, at=at)
        if changed:
            told = NewActivity(
                kind="fact.changed",
                side=Side.SALES,
                happened_at=at,
                by_id=by,
                detail={"facts": changed[deal], "deal": f"{deal}"},
            )
            actions.record_activities(rows=[(found.lead_id, told)], at=at)
            evaluate(leads=[found.lead_id], at=at)
            advance(leads=[found.lead_id], at=at)
            hand_off(leads=[found.lead_id], at=at)
    return bool(changed)


def learn_of_company(
    *, company: uuid.UUID, facts: Mapping[str, Any], by: uuid.UUID, at: datetime
) -> bool:
    """Set facts of a company and judge its leads anew; whether anything changed.

    Raises Conflict when another company has the domain, Invalid for a parent below it.
    """
    parent = facts.get("parent_id")
    if parent and (parent == company or company in queries.ancestors_of(parent)):
        raise Invalid(
            _("A company cannot belong to itself, nor to one that belongs to it."), field="parent"
        )
    with transaction.atomic():
        changed = actions.change_companies(changes={company: facts}, by=by, at=at)
        leads = queries.leads_of_companies(changed)
        if leads:
            evaluate(leads=leads, at=at)
            advance(leads=leads, at=at)
            hand_off(leads=leads, at=at)
    return bool(changed)
