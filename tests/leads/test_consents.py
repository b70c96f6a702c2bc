"""What leads agree to and take back, through every door, and as it was."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.base.errors import Invalid
from accord.base.lifecycle import Side
from accord.criteria.compiler import compile
from accord.criteria.language import read_definition
from accord.criteria.registry import registry
from accord.criteria.timeline import timeline
from accord.flows.import_file import import_file, plan_import
from accord.flows.merge import merge, undo_merge
from accord.flows.pass_back import Said, pass_back, undo_pass_back
from accord.flows.undo_import import undo_import
from accord.leads import actions, queries
from accord.leads.kinds import of
from accord.leads.models import Activity, Consent, Import, Lead, Merge
from accord.leads.queries import agreed_at
from accord.leads.rules import PURPOSES, ConsentSaid
from tests.handoffs.office import AT, HOUR, MINUTE, hand_raise, open_office, send
from tests.imports.files import write
from tests.imports.test_import_leads import everything
from tests.leads.people import add_lead

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
WORDS = "Halden may send me e-mails."
YES = ConsentSaid("email", is_given=True, wording=WORDS, source="/f/contact")
NO = ConsentSaid("email", is_given=False, source="by e-mail")
FACTS = tuple(f"consent_{purpose}" for purpose in PURPOSES)
ASKED = read_definition(
    "asked",
    {
        "title": "Asked",
        "text": "Asked",
        "must": [{"fact": fact, "is": True} for fact in FACTS],
    },
)


def keep(lead: uuid.UUID, *said: ConsentSaid, at: datetime, only_gaps: bool = False) -> bool:
    kept = actions.keep_consents(
        said={lead: said}, by=None, side=Side.PROSPECT, at=at, only_gaps=only_gaps
    )
    return bool(kept)


def asked_then(lead: uuid.UUID, at: datetime) -> dict[str, bool | None]:
    """What criteria are told of a lead as it was known at a moment."""
    compiled = compile({"asked": ASKED}, registry=registry)
    sql, params = compiled.facts(FACTS, at=at, chosen=lambda column: f"{column} = '{lead}'")
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        ((_lead, *values),) = cursor.fetchall()
    return dict(zip(PURPOSES, values, strict=True))


def asked_now(lead: uuid.UUID) -> dict[str, bool | None]:
    relation = registry.relations["consents"].sql
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT consents.* FROM leads_lead AS lead LEFT JOIN {relation} AS consents ON TRUE "
            "WHERE lead.id = %s",
            [lead],
        )
        (values,) = cursor.fetchall()
    return dict(zip(PURPOSES, values, strict=True))


SAID = st.tuples(st.sampled_from(PURPOSES), st.booleans(), st.integers(0, 60))


class TestAnyHistory(TestCase):
    @given(history=st.lists(st.lists(SAID, min_size=1, max_size=3), min_size=1, max_size=6))
    @settings(max_examples=80, deadline=None)
    def test_the_last_word_that_was_known_counts(self, history):
        lead = add_lead(at=BEGIN, email="dana@acme.example")
        words, moments = [], [BEGIN]
        for number, some in enumerate(history, start=1):
            at = BEGIN + number * timedelta(hours=20)
            said = [
                ConsentSaid(purpose, is_given, at - timedelta(hours=ago), f"{number}.{place}", "x")
                for place, (purpose, is_given, ago) in enumerate(some)
            ]
            keep(lead, *said, at=at)
            words += [(at, each) for each in said]
            moments += [at - MINUTE, at, at + MINUTE]
        for moment in moments:
            expected = {
                purpose: self.last_word([w for k, w in words if k <= moment], purpose)
                for purpose in PURPOSES
            }
            assert asked_then(lead, moment) == expected
            known = {purpose: word for purpose, word in expected.items() if word is not None}
            assert agreed_at([lead], moment).get(lead, {}) == known
        assert asked_now(lead) == expected
        assert {c.purpose: c.holds for c in queries.consents_of(lead)} == known

    def last_word(self, said, purpose):
        """Of two words said at once, the no."""
        words = [(each.said_at, not each.is_given) for each in said if each.purpose == purpose]
        return not max(words)[1] if words else None


@pytest.mark.django_db
class TestKept:
    def test_state_and_timeline_say_the_same(self):
        lead = add_lead(at=BEGIN, email="dana@acme.example")
        assert keep(lead, YES, at=BEGIN + DAY)
        assert keep(lead, NO, at=BEGIN + 2 * DAY)

        row = Consent.objects.get()
        assert (row.wording, row.source) == (WORDS, "/f/contact")
        assert (row.given_at, row.withdrawn_at) == (BEGIN + DAY, BEGIN + 2 * DAY)
        assert (row.known_at, row.withdrawal_known_at) == (BEGIN + DAY, BEGIN + 2 * DAY)
        told = Activity.objects.filter(kind__startswith="consent.").order_by("known_at")
        assert [(of(each.kind).sentence(each), each.text) for each in told] == [
            ("Agreed to get e-mails (/f/contact)", WORDS),
            ("Wants no e-mails (by e-mail)", None),
        ]

    def test_the_same_once_more_adds_nothing(self):
        lead = add_lead(at=BEGIN, email="dana@acme.example")
        keep(lead, YES, at=BEGIN)
        assert not keep(lead, YES, at=BEGIN + DAY)
        keep(lead, NO, at=BEGIN + 2 * DAY)
        assert not keep(lead, ConsentSaid("email", is_given=False, said_at=BEGIN + DAY), at=AT)
        assert Consent.objects.count() == 1
        assert Activity.objects.filter(kind__startswith="consent.").count() == 2

    def test_other_words_are_a_row_of_their_own(self):
        lead = add_lead(at=BEGIN, email="dana@acme.example")
        keep(lead, YES, at=BEGIN)
        keep(lead, ConsentSaid("email", is_given=True, wording="Send me news."), at=BEGIN + DAY)
        keep(lead, NO, at=BEGIN + 2 * DAY)
        rows = Consent.objects.order_by("given_at")
        assert [row.wording for row in rows] == [WORDS, "Send me news."]
        assert {row.withdrawn_at for row in rows} == {BEGIN + 2 * DAY}

    def test_the_number_of_statements_does_not_grow(self):
        leads = [add_lead(at=BEGIN, email=f"d{n}@acme.example") for n in range(6)]
        for word in (YES, NO):
            numbers = set()
            for some in (leads[:1], leads[1:]):
                with CaptureQueriesContext(connection) as asked:
                    said = {lead: [word] for lead in some}
                    actions.keep_consents(said=said, by=None, side=Side.PROSPECT, at=AT)
                numbers.add(len(asked))
            assert len(numbers) == 1

    def test_who_asks_us_to_stop_takes_all_back(self):
        lead = add_lead(at=BEGIN, email="dana@acme.example")
        keep(lead, YES, ConsentSaid("phone", is_given=True, wording="Call me."), at=BEGIN)
        actions.change_facts(
            changes={lead: {"do_not_contact": True}}, by=None, side=Side.PROSPECT, at=BEGIN + DAY
        )
        assert agreed_at([lead]) == {lead: {"email": False, "phone": False}}
        assert agreed_at([lead], BEGIN + HOUR) == {lead: {"email": True, "phone": True}}


@pytest.mark.django_db
class TestThroughTheDoors:
    def test_a_submission_says_when_in_which_words_and_where(self):
        open_office()
        listed = [
            {"purpose": "email", "wording": WORDS, "source": "newsletter page"},
            {"purpose": "phone", "wording": "Call me.", "given_at": "2026-10-01T08:00:00+00:00"},
            {"purpose": "profiling", "withdrawn_at": "2026-10-02"},
        ]
        (lead,) = send({"email": "dana@acme.example", "consents": listed})

        email, phone, profiling = queries.consents_of(lead.id)
        assert (email.holds, phone.holds, profiling.holds) == (True, True, False)
        assert (email.rows[0].given_at, email.rows[0].source) == (AT, "newsletter page")
        assert phone.rows[0].given_at == datetime(2026, 10, 1, 8, tzinfo=UTC)
        assert (phone.rows[0].known_at, phone.rows[0].source) == (AT, "Form")
        assert profiling.rows[0].given_at is None

    @pytest.mark.parametrize(
        ("listed", "sentence"),
        [
            ([{"purpose": "fax", "wording": "Yes."}], "none of email, phone, profiling"),
            ([{"purpose": "email"}], "needs its wording"),
            ([{"purpose": "email", "wording": "Yes.", "ip": "1.2.3.4"}], "has no ip"),
            ([{"purpose": "email", "wording": "Yes.", "given_at": "2036-01-01"}], "future"),
            ("yes", "are a list"),
        ],
    )
    def test_what_does_not_fit_is_named(self, listed, sentence):
        with pytest.raises(Invalid, match=sentence) as refusal:
            add_lead(at=BEGIN, email="dana@acme.example", consents=listed)
        assert refusal.value.field == "consents"

    def test_who_asks_us_to_stop_agrees_to_nothing(self):
        listed = [{"purpose": "email", "wording": WORDS}]
        add_lead(at=BEGIN, email="dana@acme.example", do_not_contact=True, consents=listed)
        assert not Consent.objects.exists()

    def test_a_pass_back_that_is_taken_back_ends_none(self):
        office = open_office()
        handoff = hand_raise(consents=[{"purpose": "email", "wording": WORDS}])
        lead, by = handoff.lead_id, handoff.owner_id or office.mira.id
        pass_back(handoffs=[handoff.id], said=Said(reason="stop"), by=by, at=AT + MINUTE)
        assert agreed_at([lead]) == {lead: {"email": False}}

        undo_pass_back(handoffs=[handoff.id], by=by, at=AT + MINUTE + SECOND)

        assert agreed_at([lead]) == {lead: {"email": True}}
        assert agreed_at([lead], AT + MINUTE) == {lead: {"email": False}}
        assert [row.wording for row in Consent.objects.all()] == [WORDS, WORDS]

    def test_a_merge_moves_them_and_its_undoing_gives_them_back(self):
        open_office()
        mails = [{"purpose": "email", "wording": WORDS}]
        one, other = send(
            {"email": "dana@acme.example", "consents": mails},
            {
                "phone": "+4930123456",
                "consents": [{"purpose": "email", "withdrawn_at": "2026-11-01"}],
            },
        )
        merge(winner=one.id, loser=other.id, by=None, at=AT + HOUR)
        assert Consent.objects.filter(lead_id=one.id).count() == 2
        assert agreed_at([one.id]) == {one.id: {"email": True}}  # the later word

        undo_merge(merge=Merge.objects.get().id, by=None, at=AT + 2 * HOUR)
        assert agreed_at([one.id, other.id]) == {
            one.id: {"email": True},
            other.id: {"email": False},
        }


HEADER = "Email,Email consent,Phone opt-in,Consent date,Consent text,Consent source\n"


@pytest.mark.django_db(transaction=True)
class TestFiles:
    def bring_in(self, folder: Path, *rows: str, at: datetime = AT + DAY) -> Import:
        path = write(folder, HEADER + "".join(f"{row}\n" for row in rows), name=f"{at:%d%H}.csv")
        plan = plan_import(path=path, kind="leads")
        import_file(plan=plan, by=None, at=at)
        return Import.objects.get(id=plan.import_id)

    def test_columns_say_it(self, tmp_path: Path):
        open_office()
        self.bring_in(
            tmp_path,
            "ann@acme.example,yes,no,2026-05-01 10:00,Send me news.,fair",
            "ben@acme.example,yes,,,,",
            "cal@acme.example,,,,,",
        )
        ann, ben = (Lead.objects.get(name=None, email=f"{n}@acme.example") for n in ("ann", "ben"))
        said_at = datetime(2026, 5, 1, 8, tzinfo=UTC)  # 10:00 in Berlin
        rows = {row.purpose: row for row in Consent.objects.filter(lead_id=ann.id)}
        assert (rows["email"].given_at, rows["email"].wording) == (said_at, "Send me news.")
        assert (rows["phone"].given_at, rows["phone"].withdrawn_at) == (None, said_at)
        undated = Consent.objects.get(lead_id=ben.id)
        assert (undated.given_at, undated.source) == (AT + DAY, "0309.csv")
        assert Consent.objects.count() == 3

    def test_a_file_without_a_date_gives_back_nothing_that_was_taken_back(self, tmp_path: Path):
        open_office()
        mails = [{"purpose": "email", "wording": WORDS}]
        (lead,) = send({"email": "ann@acme.example", "consents": mails})
        keep(lead.id, NO, at=AT + HOUR)
        done = self.bring_in(tmp_path, "ann@acme.example,yes,,,,")
        assert (done.unchanged, agreed_at([lead.id])) == (1, {lead.id: {"email": False}})

        done = self.bring_in(tmp_path, "ann@acme.example,yes,,2026-11-03,Again.,", at=AT + 2 * DAY)
        assert (done.merged, agreed_at([lead.id])) == (1, {lead.id: {"email": True}})

    def test_undone_it_leaves_nothing_behind(self, tmp_path: Path):
        open_office()
        mails = [{"purpose": "email", "wording": WORDS}]
        send({"email": "ann@acme.example", "consents": mails})
        before = everything()
        done = self.bring_in(
            tmp_path, "ann@acme.example,no,yes,,,", "ben@acme.example,yes,,,,", at=AT + DAY
        )
        assert Consent.objects.filter(withdrawn_at__isnull=False).exists()

        undo_import(import_id=done.id, at=AT + 2 * DAY)

        after = everything()
        for table in ("leads_consent", "leads_activity", "leads_lead", "leads_factchange"):
            assert after[table] == before[table]

    def test_an_export_says_it_again(self, tmp_path: Path):
        open_office()
        self.bring_in(tmp_path, "ann@acme.example,yes,no,,,")
        header, row = queries.lead_rows(None, queries.LeadFilters())
        said = dict(zip(header, row, strict=True))
        assert (said["consent_email"], said["consent_phone"]) == (True, False)
        assert said["consent_profiling"] is None


@pytest.mark.django_db
def test_before_a_lead_was_known_what_came_along_holds_from_when_it_was_said():
    lead = add_lead(
        at=BEGIN,
        email="dana@acme.example",
        happened_at=(BEGIN - 100 * DAY).isoformat(),
        consents=[
            {
                "purpose": purpose,
                "wording": WORDS,
                "given_at": (BEGIN - 60 * DAY).isoformat(),
                "withdrawn_at": (BEGIN - 30 * DAY).isoformat() if purpose == "email" else None,
            }
            for purpose in PURPOSES
        ],
    )
    one = {"title": "One", "text": "One", "must": [{"fact": "consent_email", "is": True}]}
    compiled = compile({"one": read_definition("one", one)}, registry=registry)
    sql, params = timeline(compiled, begins=BEGIN - 200 * DAY, ends=BEGIN + DAY)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = sorted((at, verdict) for id, at, _key, verdict in cursor.fetchall() if id == lead)
    assert rows == [
        (BEGIN - 100 * DAY, None),
        (BEGIN - 60 * DAY, True),
        (BEGIN - 30 * DAY, False),
    ]
