"""Step 3, record: the lead, its company, its facts, and what happened, on the timeline."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from accord.base.lifecycle import Cause, Side, Stage
from accord.campaigns import actions as campaigns
from accord.leads import actions, kinds, queries
from accord.leads.actions import Entering, Newcomer
from accord.leads.models import Door, Fate, Lead
from accord.leads.rules import Entry, NewActivity

# Where a lead came from says nothing about the person; the rest a person may state anew.
_SUBSCRIBES = "newsletter"


def record(
    *,
    entries: Sequence[Entry],
    door: Door,
    by: uuid.UUID | None,
    at: datetime,
    file_name: str = "",
) -> set[uuid.UUID]:
    """Write identified entries, and set their fate: created, merged or unchanged.

    Returns the known companies of which more is known now.
    """
    companies = actions.companies_of(entries=entries, at=at)
    told_more = actions.fill_companies(entries=entries, companies=companies, at=at)
    names = {entry.campaign: entry for entry in entries if entry.campaign}
    found = campaigns.campaigns_named(names=sorted(names), at=at) if names else {}
    campaign_of = {e.submission_id: found[e.campaign] for e in entries if e.campaign}
    newcomers = [
        _newcomer(entry, companies, campaign_of, door, by) for entry in entries if entry.is_new
    ]
    actions.add_leads(newcomers=newcomers, by=by, at=at)
    changed = _change(entries, companies, campaign_of, door, by, at)
    agreed = actions.keep_consents_of(entries=entries, door=door, by=by, at=at, file_name=file_name)
    said_more = {e.lead_id for e in entries if companies.get(e.submission_id) in told_more}
    joined = _joined(entries, campaign_of) if door == Door.IMPORT else set()
    news = {*changed, *agreed, *said_more, *joined}
    told = [entry for entry in entries if _settle(entry, news, door)]
    actions.record_activities(
        rows=[
            (entry.lead_id, _activity(entry, campaign_of, door, by, file_name))
            for entry in told
            if entry.lead_id
        ],
        at=at,
        ids=[entry.id_of("activity") for entry in told],
    )
    _raise_subscribers(told, by, at)
    if door in (Door.FORM, Door.API):
        # The first of its kind shows that the kind is watched from now on.
        actions.watch(kinds={entry.event for entry in told if entry.event}, since=at)
    return told_more


def _newcomer(
    entry: Entry,
    companies: Mapping[uuid.UUID, uuid.UUID],
    campaign_of: Mapping[uuid.UUID, uuid.UUID],
    door: Door,
    by: uuid.UUID | None,
) -> Newcomer:
    stage = Stage.SUBSCRIBER if entry.asks_for == _SUBSCRIBES else Stage.INQUIRY
    return Newcomer(
        entry=entry,
        stage=Stage(entry.stage) if entry.stage else stage,
        cause=Cause.IMPORT if door == Door.IMPORT else Cause.SUBMISSION,
        company_id=companies.get(entry.submission_id),
        campaign_id=campaign_of.get(entry.submission_id),
        brought_by_id=by if door == Door.REP else None,
    )


def _change(
    entries: Sequence[Entry],
    companies: Mapping[uuid.UUID, uuid.UUID],
    campaign_of: Mapping[uuid.UUID, uuid.UUID],
    door: Door,
    by: uuid.UUID | None,
    at: datetime,
) -> dict[uuid.UUID, list[str]]:
    """Facts of known leads: people state them anew, a file only fills gaps."""
    changes: dict[uuid.UUID, dict[str, Any]] = {}
    for entry in entries:
        if entry.is_new or entry.lead_id is None:
            continue
        facts = changes.setdefault(entry.lead_id, {})
        facts.update(entry.facts)
        if entry.submission_id in companies:
            facts["company_id"] = companies[entry.submission_id]
        if entry.submission_id in campaign_of:
            facts["campaign_id"] = campaign_of[entry.submission_id]
    if not changes:
        return {}
    side = Side.PROSPECT if door == Door.FORM else Side.ACCORD
    return actions.change_facts(
        changes=changes, by=by, side=side, at=at, only_gaps=door == Door.IMPORT
    )


def _settle(entry: Entry, changed: Collection[uuid.UUID | None], door: Door) -> bool:
    """Set the entry's fate; whether something happened that the timeline should tell."""
    if entry.is_new:
        entry.fate = Fate.CREATED.value
        return True
    happened = entry.event is not None or entry.asks_for is not None or entry.text is not None
    if door == Door.IMPORT and not (entry.lead_id in changed or entry.has_new_identity or happened):
        entry.fate = Fate.UNCHANGED.value
        return False
    entry.fate = Fate.MERGED.value
    return True


def _activity(
    entry: Entry,
    campaign_of: Mapping[uuid.UUID, uuid.UUID],
    door: Door,
    by: uuid.UUID | None,
    file_name: str,
) -> NewActivity:
    return NewActivity(
        kind=entry.event or _default_kind(entry, door),
        side=kinds.of(entry.event).side if entry.event else Side.PROSPECT,
        happened_at=entry.happened_at,
        channel=entry.facts.get("source"),
        outcome=entry.asks_for,
        text=entry.text or entry.facts.get("need"),
        detail=_detail(entry, file_name),
        campaign_id=campaign_of.get(entry.submission_id),
        by_id=by,
    )


def _default_kind(entry: Entry, door: Door) -> str:
    if door == Door.REP:
        return "lead.brought"
    if door == Door.IMPORT and entry.asks_for is None and entry.text is None:
        return "import.added"
    return "form.submitted"


def _detail(entry: Entry, file_name: str) -> dict[str, Any] | None:
    name = entry.event_name or file_name
    return {"name": name[:200]} if name else None


def _joined(entries: Sequence[Entry], campaign_of: Mapping[uuid.UUID, uuid.UUID]) -> set[uuid.UUID]:
    """The leads that a file says took part in a campaign in which they had no part before."""
    pairs = {
        (entry.lead_id, campaign_of[entry.submission_id])
        for entry in entries
        if entry.lead_id and entry.submission_id in campaign_of
    }
    known = queries.parts_taken(pairs) if pairs else set()
    return {lead_id for lead_id, _campaign in pairs - known}


def _raise_subscribers(entries: Sequence[Entry], by: uuid.UUID | None, at: datetime) -> None:
    """A subscriber who raises a hand becomes an inquiry; what came back stays where it is."""
    raised = {
        entry.lead_id
        for entry in entries
        if entry.lead_id and not entry.is_new and entry.asks_for not in (None, _SUBSCRIBES)
    }
    if not raised:
        return
    subscribers = Lead.objects.filter(id__in=raised, stage=Stage.SUBSCRIBER)
    actions.enter_stages(
        entries=[
            Entering(lead_id=lead_id, stage=Stage.INQUIRY, cause=Cause.SUBMISSION)
            for lead_id in sorted(subscribers.values_list("id", flat=True))
        ],
        by=by,
        at=at,
    )
