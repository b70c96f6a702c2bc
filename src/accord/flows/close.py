"""Step 8, close: open a deal, move it through its steps, win it or lose it and say why."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.queries import running
from accord.agreement.terms import LossReason
from accord.base.errors import Invalid, Missing
from accord.base.lifecycle import Cause, LeadStatus, Side, Stage
from accord.deals import actions
from accord.deals.actions import Losing, NewDeal, Taken
from accord.deals.models import Deal, DealLead, DealState
from accord.flows.follow_up import accept_offered, give_up, note_qualified
from accord.flows.moving import enter_stages, judge_again
from accord.handoffs.models import Handoff
from accord.handoffs.queries import re_enter_on
from accord.leads.actions import Entering, set_statuses
from accord.leads.actions.accounts import give_accounts
from accord.leads.cells import read_money
from accord.leads.models import Lead
from accord.teams.queries import workspace

GOES_TO = {"nurture": Stage.RECYCLED, "disqualify": Stage.DISQUALIFIED}
_MOST = Decimal(10) ** 12


@dataclass(frozen=True)
class Opening:
    """A deal to be opened with a lead; `join` names an open deal it takes part in instead."""

    lead_id: uuid.UUID
    title: str = ""
    amount: Decimal | None = None
    currency: str = ""
    step: str = ""
    note: str = ""
    join: uuid.UUID | None = None


@dataclass(frozen=True)
class Lost:
    """A deal is lost, for a reason of the agreement."""

    deal_id: uuid.UUID
    reason: str
    note: str = ""


def open_deals(*, openings: Sequence[Opening], by: uuid.UUID, at: datetime) -> list[uuid.UUID]:
    """Open deals, or join ones that are open; the deals' ids, in the order given.

    The leads become opportunities. A handoff that is still open is accepted and qualified by
    it; a company without an owner becomes the rep's account.
    """
    with transaction.atomic():
        leads = Lead.objects.select_related("owner").in_bulk({o.lead_id for o in openings})
        if len(leads) < len({opening.lead_id for opening in openings}):
            raise Missing(_("There is no such lead."))
        _qualify(leads, by, at)
        new = [opening for opening in openings if opening.join is None]
        ids = actions.open_deals(deals=[_deal(o, leads[o.lead_id], by) for o in new], by=by, at=at)
        joining = {o.lead_id: o.join for o in openings if o.join}
        actions.join_deals(joining=joining, by=by, at=at)
        _enter(Stage.OPPORTUNITY, sorted(leads), _("A deal was opened"), by, at)
        judge_again(leads=sorted(leads), at=at)
        give_accounts(owners={lead.company_id: by for lead in leads.values() if lead.company_id})
    opened = iter(ids)
    return [opening.join or next(opened) for opening in openings]


def open_deal(
    *, lead: uuid.UUID, title: str, amount: str, by: uuid.UUID, at: datetime, step: str = ""
) -> uuid.UUID:
    """Open one deal, with the amount as a person writes it. Raises Invalid."""
    opening = Opening(lead_id=lead, title=title, amount=read_amount(amount), step=step)
    return open_deals(openings=[opening], by=by, at=at)[0]


def move_deals(*, steps: Mapping[uuid.UUID, str], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Move open deals (by id) to steps of the sales process, all or none."""
    with transaction.atomic():
        taken = actions.move_deals(steps=steps, by=by, at=at)
        judge_again(leads=_leads_of(taken), at=at)
    return taken


def win_deals(
    *, amounts: Mapping[uuid.UUID, Decimal | None], by: uuid.UUID, at: datetime
) -> list[Taken]:
    """Win open deals (by id), all or none: their leads become customers.

    Raises Conflict when one is closed already.
    """
    with transaction.atomic():
        taken = actions.win_deals(amounts=amounts, by=by, at=at)
        leads = sorted(_leads_of(taken))
        _enter(Stage.CUSTOMER, leads, _("A deal was won"), by, at)
        judge_again(leads=leads, at=at)
        set_statuses(statuses=dict.fromkeys(leads, LeadStatus.CLOSED))
    return taken


def lose_deals(*, lost: Sequence[Lost], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Lose open deals, all or none; the agreement's reason decides where their leads go.

    A customer, and a lead with another open deal, stays where it is. Raises Invalid for a
    reason that the agreement does not have.
    """
    reasons = {each.deal_id: _loss_reason(each.reason) for each in lost}
    here = workspace()
    zone = here.time_zone if here else "UTC"
    with transaction.atomic():
        taken = actions.lose_deals(
            losing=[_losing(each, reasons[each.deal_id], at, zone) for each in lost], by=by, at=at
        )
        _leave(taken, reasons, by, at)
        judge_again(leads=_leads_of(taken), at=at)
    return taken


def read_amount(text: str) -> Decimal | None:
    """An amount as a person writes it; None when nothing is written. Raises Invalid."""
    if not text.strip():
        return None
    amount = Decimal(read_money(text, field="amount"))
    if not (amount.is_finite() and 0 <= amount < _MOST):
        raise Invalid(
            _("“%(given)s” is no amount that a deal can have.") % {"given": text}, field="amount"
        )
    return amount


def _qualify(leads: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> None:
    """Whoever opens a deal has seen a real chance: no note is asked for."""
    handoffs = list(
        Handoff.objects.filter(lead_id__in=leads, disposed_at__isnull=True).values_list(
            "id", flat=True
        )
    )
    if handoffs:
        accept_offered(handoffs=handoffs, by=by, at=at)
        note_qualified(handoffs=handoffs, by=by, at=at, note="")


def _deal(opening: Opening, lead: Lead, by: uuid.UUID) -> NewDeal:
    here = workspace()
    return NewDeal(
        lead_id=lead.id,
        title=opening.title.strip() or str(lead),
        currency=opening.currency or (here.currency if here else ""),
        amount=opening.amount,
        owner_id=lead.owner_id or by,
        company_id=lead.company_id,
        step=opening.step,
        note=opening.note,
    )


def _loss_reason(key: str) -> LossReason:
    reasons = running().loss_reasons
    if key not in reasons:
        raise Invalid(
            _("The agreement has no such reason for losing a deal; choose one of: %(known)s.")
            % {"known": ", ".join(each.label for each in reasons.values())},
            field="reason",
        )
    return reasons[key]


def _losing(lost: Lost, reason: LossReason, at: datetime, zone: str) -> Losing:
    again: date | None = re_enter_on(reason.re_enter_after, at=at, time_zone=zone)
    return Losing(lost.deal_id, reason.key, reason.label, lost.note.strip(), again)


def _leave(
    taken: Sequence[Taken], reasons: Mapping[uuid.UUID, LossReason], by: uuid.UUID, at: datetime
) -> None:
    leads = _leads_of(taken)
    working = set(
        Deal.objects.filter(lead_id__in=leads, state=DealState.OPEN).values_list(
            "lead_id", flat=True
        )
    ) | set(
        DealLead.objects.filter(
            lead_id__in=leads,
            deal_id__in=Deal.objects.filter(state=DealState.OPEN).values("id"),
        ).values_list("lead_id", flat=True)
    )
    customers = set(
        Lead.objects.filter(id__in=leads, stage=Stage.CUSTOMER).values_list("id", flat=True)
    )
    version = running().number
    entries = []
    for lead_id, deal in sorted(leads.items()):
        reason = reasons[deal.id]
        if reason.destination and lead_id not in working | customers:
            entries.append(
                Entering(lead_id, GOES_TO[reason.destination], Cause.ACT, reason.label, version)
            )
    enter_stages(entries=entries, by=by, at=at, side=Side.SALES)
    gone = [entry.lead_id for entry in entries]
    give_up(gone, why=_("the deal was lost"), by=by, at=at)
    set_statuses(statuses=dict.fromkeys(gone, LeadStatus.CLOSED))


def _leads_of(taken: Sequence[Taken]) -> dict[uuid.UUID, Taken]:
    """All leads of deals, each with its deal."""
    deals = {deal.id: deal for deal in taken}
    further = DealLead.objects.filter(deal_id__in=deals).values_list("lead_id", "deal_id")
    return {
        **{lead_id: deals[deal_id] for lead_id, deal_id in further},
        **{deal.lead_id: deal for deal in taken},
    }


def _enter(stage: Stage, leads: Sequence[uuid.UUID], why: str, by: uuid.UUID, at: datetime) -> None:
    version = running().number
    enter_stages(
        entries=[Entering(lead_id, stage, Cause.ACT, why, version) for lead_id in leads],
        by=by,
        at=at,
        side=Side.SALES,
    )
