"""The brief that goes with a handoff, as things stood when it was offered."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from accord.agreement.terms import Terms
from accord.base.lifecycle import Side
from accord.criteria.explain import sentence
from accord.criteria.language import Clause, Group, Leaf, Test
from accord.criteria.registry import registry
from accord.handoffs.actions.openings import (
    Told,
    company_zone,
    earlier_backs,
    opening,
    people_of,
    story,
)
from accord.handoffs.kinds import because
from accord.leads import kinds
from accord.leads.models import Activity, Lead
from accord.qualification.models import Verdict

if TYPE_CHECKING:
    from accord.handoffs.actions.offering import Offering

DEEDS = 5  # how much of what they did stands in the brief
_LOOKED_AT = 40  # as far back as the story looks, by lead


def briefs_of(
    offered: Mapping[uuid.UUID, "Offering"], terms: Terms, at: datetime
) -> dict[uuid.UUID, dict[str, Any]]:
    """What the reps will read, by lead: why ready, what they did and said, what to ask and to do.

    Six statements, whatever the number of leads.
    """
    ids = sorted(offered)
    leads = Lead.objects.select_related("company", "campaign").in_bulk(ids)
    verdicts = {
        verdict.lead_id: verdict
        for verdict in Verdict.objects.filter(lead_id__in=ids, definition=terms.gate)
    }
    happened, backs, zone = _happened(ids), earlier_backs(ids), company_zone()
    people = people_of(backs)
    return {
        id: _brief(
            Told(leads[id], happened.get(id, ()), backs.get(id, ()), people, zone, at),
            offered[id],
            terms,
            verdicts.get(id),
        )
        for id in ids
    }


def _happened(leads: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Activity]]:
    """The last things that each prospect and marketing did, newest first."""
    newest = Window(
        RowNumber(), partition_by=F("lead_id"), order_by=[F("happened_at").desc(), F("id").desc()]
    )
    rows = (
        Activity.objects.filter(lead_id__in=leads, side__in=[Side.PROSPECT, Side.MARKETING])
        .annotate(place=newest)
        .filter(place__lte=_LOOKED_AT)
        .order_by("lead_id", "place")
    )
    found: dict[uuid.UUID, list[Activity]] = {}
    for activity in rows:
        found.setdefault(activity.lead_id, []).append(activity)
    return found


def _brief(
    told: Told, offering: "Offering", terms: Terms, verdict: Verdict | None
) -> dict[str, Any]:
    lead, deeds = told.lead, told.did()
    gate = terms.definitions[terms.gate]
    met = set(verdict.met) if verdict else set()
    unmet = set(verdict.unmet) if verdict else set()
    must = list(_asked(gate.must))
    should = [leaf for clause in gate.should for leaf in _asked(clause)]
    reason = because(offering.trigger, offering.asks_for or None)
    words = _own_words(lead, deeds[:DEEDS])
    return {
        "reason": reason,
        "from_marketing": offering.why,
        "why": [
            {"text": _said(leaf, terms), "value": _value(lead, leaf)}
            for leaf in sorted((*must, *should), key=_goes_without_saying)
            if leaf.key in met
        ],
        "did": [_deed(activity) for activity in deeds[:DEEDS]],
        "words": words,
        "story": story(told),
        "questions": [each.text for each in told.did("question.asked") if each.text][:3],
        "read": _read(told),
        "opening": opening(told, wish=offering.asks_for, reason=reason, words=words),
        "ask": [
            {"text": _said(leaf, terms), "label": _label(leaf, terms)}
            for leaf in should
            if leaf.key not in met and (leaf.key not in unmet or _is_to_be_learnt(leaf))
        ],
        "first": _first(lead, reason),
    }


def _read(told: Told) -> list[str]:
    """The content they took, newest first, each once."""
    named = ((each.detail or {}).get("name", "") for each in told.did("content.downloaded"))
    return list(dict.fromkeys(name for name in named if name))[:3]


def _asked(clause: Clause) -> Iterator[Leaf]:
    """The clauses that ask something; what stands under a "not" would read as its opposite."""
    if not isinstance(clause, Group):
        yield clause
    elif clause.kind != "not":
        for item in clause.items:
            yield from _asked(item)


def _goes_without_saying(leaf: Leaf) -> bool:
    """Whether it says only that one may reach them, so that it comes last."""
    if not isinstance(leaf, Test):
        return False
    fact = registry.facts.get(leaf.fact)
    return leaf.fact == "do_not_contact" or (fact is not None and fact.tells_who)


def _is_to_be_learnt(leaf: Leaf) -> bool:
    """Whether the clause is not met only because something is not known."""
    return isinstance(leaf, Test) and leaf.operator == "known"


def _value(lead: Lead, leaf: Leaf) -> str:
    """What a fact that the clause looked at says, where it says more than yes or no."""
    if not isinstance(leaf, Test):
        return ""
    value = getattr(lead, leaf.fact, None)
    if value is None and lead.company:
        value = getattr(lead.company, leaf.fact, None)
    return "" if value is None or isinstance(value, bool) else str(value)


def _said(leaf: Leaf, terms: Terms) -> str:
    return sentence(leaf, registry=registry, titles=terms.titles)


def _label(leaf: Leaf, terms: Terms) -> str:
    if isinstance(leaf, Test) and leaf.fact in registry.facts:
        return str(registry.facts[leaf.fact].label)
    return _said(leaf, terms)


def _deed(activity: Activity) -> dict[str, str]:
    kind = kinds.of(activity.kind)
    return {
        "at": _instant(activity.happened_at),
        "icon": kind.icon,
        "text": kind.sentence(activity),
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat()


def _own_words(lead: Lead, deeds: Sequence[Activity]) -> list[str]:
    said = [activity.text.strip() for activity in deeds if activity.text]
    return list(dict.fromkeys([*said, *([lead.need.strip()] if lead.need else [])]))[:3]


def _first(lead: Lead, reason: str) -> dict[str, str]:
    """The first thing to do: call where there is a number, else write."""
    about = {"who": str(lead), "reason": reason}
    if lead.phone:
        return {
            "channel": "call",
            "to": lead.phone,
            "text": _("Call %(who)s: %(reason)s.") % about,
        }
    if lead.email:
        return {
            "channel": "email",
            "to": lead.email,
            "text": _("Write to %(who)s: %(reason)s.") % about,
        }
    return {"channel": "", "to": "", "text": _("Find out how to reach %(who)s.") % about}
