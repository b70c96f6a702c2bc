"""The first version runs as a trial; what both heads have signed is in force, and stays so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from accord.agreement import actions, queries
from accord.agreement.faults import BadDocument
from accord.agreement.models import Signature, Version, VersionState
from accord.base.errors import Conflict, Missing
from accord.teams.actions import Newcomer, add_user
from tests.agreement.papers import paper

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = AT + timedelta(days=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def sofia():
    """The head of sales."""
    return add_user(
        newcomer=Newcomer("sofia@halden.example", "Sofia Brandt", ["head_of_sales"]), at=AT
    ).id


@pytest.fixture
def marek():
    """The head of marketing."""
    newcomer = Newcomer("marek@halden.example", "Marek Nowak", ["head_of_marketing"])
    return add_user(newcomer=newcomer, at=AT).id


@pytest.fixture
def both():
    """Somebody who holds both seats."""
    roles = ["head_of_sales", "head_of_marketing"]
    return add_user(newcomer=Newcomer("one@halden.example", "One for Both", roles), at=AT).id


def sign_both(number, sofia, marek, at=AT):
    actions.sign(number=number, seat="sales", by=sofia, at=at)
    return actions.sign(number=number, seat="marketing", by=marek, at=at)


def faster(hours: int) -> str:
    """A proposal with another limit for the first attempt."""
    return paper(("ready: {working_hours: 4}", f"ready: {{working_hours: {hours}}}"))


class TestTrial:
    def test_before_set_up_nothing_runs(self):
        with pytest.raises(queries.NoAgreement):
            queries.running()

    def test_the_first_version_runs_as_a_trial(self):
        assert actions.start_trial(at=AT) == 1
        assert (queries.running().number, queries.running().is_trial) == (1, True)

    def test_there_is_only_one_first_version(self):
        actions.start_trial(at=AT)
        with pytest.raises(Conflict):
            actions.start_trial(at=AT)

    def test_the_first_signature_changes_nothing(self, sofia):
        actions.start_trial(at=AT)
        actions.sign(number=1, seat="sales", by=sofia, at=AT)
        assert queries.running().is_trial

    def test_both_signatures_put_it_in_force(self, sofia, marek):
        actions.start_trial(at=AT)
        assert sign_both(1, sofia, marek).in_force_from == AT
        assert not queries.running().is_trial


class TestProposing:
    def test_a_proposal_does_not_run(self, sofia, marek):
        actions.start_trial(at=AT)
        number = actions.propose(document=faster(2), by=sofia, at=AT, reason="Sooner")
        assert number == 2
        assert queries.running().number == 1

    def test_a_bad_document_is_refused_and_not_kept(self, sofia):
        actions.start_trial(at=AT)
        with pytest.raises(BadDocument):
            actions.propose(
                document=paper(("at_least: 20", "at_least: x")), by=sofia, at=AT, reason=""
            )
        assert Version.objects.count() == 1

    def test_what_the_newest_says_already_is_refused(self, sofia):
        actions.start_trial(at=AT)
        with pytest.raises(Conflict, match="Version 1"):
            actions.propose(document=paper(), by=sofia, at=AT, reason="")


class TestSigning:
    def test_a_signed_proposal_takes_the_place_of_what_ran(self, sofia, marek):
        actions.start_trial(at=AT)
        sign_both(1, sofia, marek)
        actions.propose(document=faster(2), by=sofia, at=LATER, reason="Sooner")
        sign_both(2, sofia, marek, at=LATER)
        old = Version.objects.get(number=1)
        assert (old.state, old.in_force_until) == (VersionState.SUPERSEDED, LATER)
        assert queries.running().first_attempt("ready").amount == 2

    def test_the_terms_of_an_older_version_stay_what_they_were(self, sofia, marek):
        actions.start_trial(at=AT)
        actions.propose(document=faster(2), by=sofia, at=AT, reason="Sooner")
        sign_both(2, sofia, marek)
        assert queries.terms_of(1).first_attempt("ready").amount == 4

    def test_an_older_proposal_cannot_be_signed_any_more(self, sofia, marek):
        actions.start_trial(at=AT)
        actions.propose(document=faster(2), by=sofia, at=AT, reason="")
        actions.propose(document=faster(3), by=sofia, at=AT, reason="")
        sign_both(3, sofia, marek)
        with pytest.raises(Conflict, match="superseded"):
            actions.sign(number=2, seat="sales", by=sofia, at=AT)

    def test_nobody_signs_for_a_seat_they_do_not_hold(self, sofia):
        actions.start_trial(at=AT)
        with pytest.raises(actions.NotTheirSeat, match="head of marketing"):
            actions.sign(number=1, seat="marketing", by=sofia, at=AT)

    def test_nobody_signs_twice(self, sofia):
        actions.start_trial(at=AT)
        actions.sign(number=1, seat="sales", by=sofia, at=AT)
        with pytest.raises(Conflict, match="Sofia Brandt"):
            actions.sign(number=1, seat="sales", by=sofia, at=AT)

    def test_one_person_signs_for_both_only_where_it_is_declared(self, both):
        actions.start_trial(at=AT)
        actions.sign(number=1, seat="sales", by=both, at=AT)
        with pytest.raises(actions.NotTheirSeat, match="one person"):
            actions.sign(number=1, seat="marketing", by=both, at=AT)

    def test_one_person_who_is_declared_signs_for_both(self, both):
        actions.start_trial(document=actions.default_document(one_person_may_hold_both=True), at=AT)
        sign_both(1, both, both)
        assert not queries.running().is_trial

    def test_a_text_that_is_not_the_one_read_is_not_signed(self, sofia):
        actions.start_trial(at=AT)
        with pytest.raises(Conflict, match="read it again"):
            actions.sign(number=1, seat="sales", by=sofia, at=AT, digest="0" * 64)

    def test_a_version_that_is_not_there_cannot_be_signed(self, sofia):
        with pytest.raises(Missing):
            actions.sign(number=9, seat="sales", by=sofia, at=AT)

    def test_the_signature_keeps_name_time_and_text(self, sofia):
        actions.start_trial(at=AT)
        actions.sign(number=1, seat="sales", by=sofia, at=AT)
        signature = Signature.objects.get()
        assert (signature.name, signature.signed_at) == ("Sofia Brandt", AT)
        assert signature.digest == actions.digest_of(queries.document_of(1))


class TestTheDatabase:
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE agreement_version SET document = document || ' '",
            "UPDATE agreement_version SET number = 7",
            "UPDATE agreement_version SET digest = 'x'",
            "DELETE FROM agreement_signature",
            "UPDATE agreement_signature SET name = 'Somebody else'",
        ],
    )
    def test_refuses_to_change_what_was_proposed_or_signed(self, sofia, change):
        actions.start_trial(at=AT)
        actions.sign(number=1, seat="sales", by=sofia, at=AT)
        with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
            run(change)

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE agreement_version SET in_force_from = now() WHERE number = 1",
            "UPDATE agreement_version SET in_force_until = now() WHERE number = 1",
            "UPDATE agreement_version SET state = 'in_force' WHERE number = 1",
            "UPDATE agreement_version SET state = 'proposed' WHERE number = 2",
            "UPDATE agreement_version SET ended_why = 'I did' WHERE number = 3",
            "UPDATE agreement_version SET state = 'proposed' WHERE number = 3",
            "UPDATE agreement_comment SET text = 'Never mind'",
            "DELETE FROM agreement_comment",
        ],
    )
    def test_refuses_to_change_what_has_become_of_a_version(self, sofia, marek, change):
        actions.start_trial(at=AT)
        sign_both(1, sofia, marek)
        actions.propose(document=faster(2), by=sofia, at=AT, reason="Sooner")
        actions.comment(number=2, place="", text="Why two?", by=marek, at=AT)
        sign_both(2, sofia, marek, LATER)
        actions.propose(document=faster(3), by=sofia, at=LATER, reason="Slower")
        actions.withdraw(number=3, by=sofia, at=LATER)
        with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
            run(change)

    def test_refuses_to_forget_a_version(self):
        actions.start_trial(at=AT)
        with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
            Version.objects.all().delete()

    def test_a_text_changed_behind_its_back_is_not_signed(self, sofia):
        actions.start_trial(at=AT)
        run("ALTER TABLE agreement_version DISABLE TRIGGER agreement_version_keeps_its_text")
        run("UPDATE agreement_version SET document = document || ' '")
        with pytest.raises(Conflict, match="do not sign"):
            actions.sign(number=1, seat="sales", by=sofia, at=AT)


class TestHistory:
    def test_lists_versions_newest_first_with_who_has_yet_to_sign(self, sofia, marek):
        actions.start_trial(at=AT)
        sign_both(1, sofia, marek)
        actions.propose(document=faster(2), by=sofia, at=LATER, reason="Sooner")
        new, old = queries.history()
        assert (new.number, new.state, new.missing_seats) == (2, "proposed", ["sales", "marketing"])
        assert [each.name for each in old.signatures] == ["Sofia Brandt", "Marek Nowak"]
        assert queries.proposed() == 2

    def test_reading_the_terms_takes_one_small_query(self, django_assert_num_queries):
        actions.start_trial(at=AT)
        queries.running()
        with django_assert_num_queries(1):
            queries.running()

    def test_what_is_exported_is_what_was_proposed(self):
        actions.start_trial(at=AT)
        assert queries.document_of(1) == paper()


def run(statement: str) -> None:
    """Behind the back of all actions."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
