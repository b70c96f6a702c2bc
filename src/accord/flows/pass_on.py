"""What somebody who is gone, or left sales, still has goes to a colleague: leads, deals, accounts.

Their open handoffs went by the routes when they left, see `stand_in`.
"""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid
from accord.base.ids import named_id
from accord.criteria.metrics import Scope
from accord.deals import actions as deals
from accord.handoffs.leaks import deals_left_behind, leads_left_behind
from accord.leads.actions import assign_owners
from accord.leads.actions.accounts import pass_on_accounts
from accord.leads.actions.holding import hold_leads
from accord.leads.models import Company
from accord.outbox.actions import Telling, tell
from accord.teams.models import Role, User
from accord.teams.queries import out_of_sales


@dataclass(frozen=True)
class LeftBehind:
    """How many leads, open deals and companies of somebody gone nobody has taken over."""

    leads: int
    deals: int
    accounts: int

    @property
    def is_any(self) -> bool:
        """Whether anything is to be passed on."""
        return bool(self.leads or self.deals or self.accounts)


def left_behind(user_id: uuid.UUID, *, at: datetime) -> LeftBehind:
    """What a person left behind; nothing of somebody who works in sales. Three queries."""
    scope = Scope(at=at)
    return LeftBehind(
        leads=leads_left_behind(scope).filter(owner_id=user_id).count(),
        deals=deals_left_behind(scope).filter(owner_id=user_id).count(),
        accounts=Company.objects.filter(owner_id=user_id, owner__in=out_of_sales()).count(),
    )


def pass_on(*, user_id: uuid.UUID, to: uuid.UUID, by: uuid.UUID, at: datetime) -> LeftBehind:
    """Give what somebody left behind to a rep, who is told; how much that was.

    Raises Conflict while they still work in sales, Invalid for somebody who works no leads.
    """
    with transaction.atomic():
        gone, rep = User.objects.get(id=user_id), User.objects.filter(id=to).first()
        if not out_of_sales().filter(id=user_id).exists():
            raise Conflict(_("%(name)s still works in sales.") % {"name": gone.name})
        if rep is None or not rep.is_active or Role.REP not in rep.roles:
            raise Invalid(_("Choose a rep who works here."), field="to")
        leads = leads_left_behind(Scope(at=at)).filter(owner_id=user_id)
        hold_leads(leads=list(leads.values_list("id", flat=True)))
        why = _("%(name)s no longer works leads") % {"name": gone.name}
        owners = dict.fromkeys(leads.values_list("id", flat=True), to)
        passed = LeftBehind(
            leads=len(assign_owners(owners=owners, why=why, by=by, at=at)),
            deals=len(deals.give_deals(owner=user_id, to=to, by=by, at=at)),
            accounts=pass_on_accounts(owner=user_id, to=to),
        )
        if passed.is_any:
            _tell(passed, gone, to, by, at)
    return passed


def _tell(passed: LeftBehind, gone: User, to: uuid.UUID, by: uuid.UUID, at: datetime) -> None:
    words = {"name": gone.name, **asdict(passed)}
    said = _(
        "What %(name)s had is yours now: leads: %(leads)d, open deals: %(deals)d, "
        "companies: %(accounts)d"
    )
    telling = Telling(
        event_id=named_id("passed on", gone.id, to, at.isoformat()),
        user_id=to,
        kind="work.passed_on",
        subject=said % words,
        text=_("They stand in your list of leads, and the deals in the list of deals."),
        link=f"/leads/?owner={to}",
    )
    tell(tellings=[telling], at=at, by=by)
