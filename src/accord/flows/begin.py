"""Before the first step: a company sets up its Accord, and people join it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement import actions as agreement
from accord.deals.actions import add_default_steps
from accord.flows.recheck import re_evaluate
from accord.flows.roles import take_turns
from accord.handoffs.actions.pools import add_pool
from accord.leads import actions as leads
from accord.teams import actions as teams
from accord.teams.actions import Newcomer, Week
from accord.teams.models import SALES_ROLES, Role, User

BOTH_SEATS = frozenset({Role.HEAD_OF_SALES, Role.HEAD_OF_MARKETING})


@dataclass(frozen=True)
class Company:
    """What is asked of a company. `country` names whose public holidays are free."""

    name: str
    currency: str
    time_zone: str
    week: Week
    country: str = ""
    is_sample: bool = False


def begin(*, company: Company, first: Newcomer, at: datetime) -> User:
    """Set up the company with its first person; version 1 of the agreement runs as a trial.

    Whoever takes both heads' seats declares with it that one person may sign for both. Raises
    Conflict when there is a company already, Invalid naming the field that does not fit.
    """
    with transaction.atomic():
        user = teams.set_up(
            name=company.name,
            currency=company.currency,
            time_zone=company.time_zone,
            week=company.week,
            country=company.country,
            first=first,
            at=at,
            is_sample=company.is_sample,
        )
        both = set(first.roles) >= BOTH_SEATS
        agreement.start_trial(
            document=agreement.default_document(
                one_person_may_hold_both=both, currency=company.currency
            ),
            at=at,
        )
        add_pool(
            name=_("All reps"), members=[user.id] if SALES_ROLES & set(user.roles) else [], at=at
        )
        add_default_steps()
        leads.watch(kinds=leads.SEEN_BY_ACCORD, since=at)
        re_evaluate(at=at)  # leads that were imported before there was an agreement
    return user


def join(
    *, secret: str, email: str, name: str, password: str, at: datetime, time_zone: str = ""
) -> User:
    """Join by an invitation; reps take turns from now on.

    Raises Missing when the link is no longer good, Invalid or Conflict for what is filled in.
    """
    with transaction.atomic():
        user = teams.accept_invitation(
            secret=secret, email=email, name=name, password=password, time_zone=time_zone, at=at
        )
        take_turns(user=user, at=at)
    return user


def add_person(*, newcomer: Newcomer, at: datetime) -> User:
    """Add a person without an invitation; reps take turns from now on.

    Raises Invalid naming the field that does not fit, Conflict when the address is taken.
    """
    with transaction.atomic():
        user = teams.add_user(newcomer=newcomer, at=at)
        take_turns(user=user, at=at)
    return user
