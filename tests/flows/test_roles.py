"""What somebody is here can change: their turns, their work, and who may say so."""

import pytest

from accord.base.errors import Conflict, Invalid
from accord.criteria.metrics import Scope
from accord.flows import begin, follow_up, pass_on, stand_in
from accord.flows.roles import set_roles
from accord.handoffs.actions.pools import default_pool
from accord.handoffs.leaks import leads_left_behind
from accord.handoffs.models import PoolMember
from accord.outbox.models import Notification
from accord.teams.models import Role, SettingChange, User
from tests.handoffs.office import AT, HOUR, Office, hand_raise, open_office, person

pytestmark = pytest.mark.django_db
LATER = AT + HOUR


@pytest.fixture
def office() -> Office:
    return open_office()


def make(office: Office, user: User, *roles: Role, by: User | None = None):
    return set_roles(user_id=user.id, roles=roles, by=(by or office.head).id, at=LATER)


def take_turns() -> set:
    return set(
        PoolMember.objects.filter(pool=default_pool(), left_at=None).values_list("user", flat=True)
    )


def test_whoever_leaves_sales_takes_no_turns_and_their_open_work_goes_to_others(office):
    theirs = [hand_raise(name) for name in ("dana", "eva", "ida")]
    theirs = [each for each in theirs if each.owner_id == office.tom.id]
    moved = make(office, office.tom, Role.MARKETER)
    assert {each.id for each in moved} == {each.id for each in theirs} != set()
    for handoff in theirs:
        handoff.refresh_from_db()
        assert handoff.owner_id == office.mira.id
    assert take_turns() == {office.mira.id}
    assert hand_raise("ben", at=LATER).owner_id == office.mira.id
    told = Notification.objects.filter(user_id=office.mira.id, channel="app", created_at=LATER)
    assert told.filter(kind="handoff.offered").count() == len(theirs) + 1  # and ben
    changed = SettingChange.objects.get(what="person")
    assert (changed.before, changed.after) == ({"roles": ["rep"]}, {"roles": ["marketer"]})


def test_what_they_qualified_is_a_leak_until_it_is_passed_on(office):
    handoff = hand_raise("dana")
    owner = User.objects.get(id=handoff.owner_id)
    follow_up.accept(handoffs=[handoff.id], by=owner.id, at=AT)
    follow_up.qualify(handoffs=[handoff.id], by=owner.id, at=AT, note="They have a budget.")
    assert not leads_left_behind(Scope(at=LATER)).exists()
    make(office, owner, Role.ADMIN)
    assert leads_left_behind(Scope(at=LATER)).get().id == handoff.lead_id
    (other,) = office.reps - {owner.id}
    pass_on.pass_on(user_id=owner.id, to=other, by=office.head.id, at=LATER)
    assert not leads_left_behind(Scope(at=LATER)).exists()


def test_a_new_rep_takes_turns_but_for_one_of_marketing(office):
    lea = begin.add_person(newcomer=person("lea", [Role.ADMIN]), at=AT)
    make(office, lea, Role.ADMIN, Role.REP)
    make(office, office.max, Role.HEAD_OF_MARKETING, Role.REP)
    assert take_turns() == {*office.reps, lea.id}


def test_another_role_beside_it_changes_neither_turns_nor_work(office):
    handoff = hand_raise("dana")
    owner = User.objects.get(id=handoff.owner_id)
    assert make(office, owner, Role.REP, Role.ADMIN) == []
    handoff.refresh_from_db()
    assert handoff.owner_id == owner.id
    assert take_turns() == office.reps


def test_an_admin_there_must_be_and_a_role_that_exists(office):
    with pytest.raises(Conflict, match="only admin"):
        make(office, office.head, Role.HEAD_OF_SALES)
    for wrong in ((), ("king",)):
        with pytest.raises(Invalid) as refused:
            make(office, office.tom, *wrong)
        assert refused.value.field == "roles"
    make(office, office.mira, Role.REP, Role.ADMIN)
    stand_in.deactivate(user_id=office.mira.id, by=office.head.id, at=LATER)
    with pytest.raises(Conflict, match="only admin"):
        make(office, office.head, Role.HEAD_OF_SALES)
    assert not SettingChange.objects.filter(subject_id=office.head.id).exists()
