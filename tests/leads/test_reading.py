"""Reading a submission's body."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.base.errors import Invalid
from accord.base.ids import fresh_ids, new_id
from accord.leads.rules import Entry, Reading, read_body, read_domain, read_email, read_phone

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def read(**body: object) -> Entry:
    reading = Reading(at=AT, time_zone="Europe/Berlin", region="DE", source="web")
    return read_body(body, submission_id=new_id(), id_of=fresh_ids(), reading=reading)


class TestIdentity:
    def test_an_address_is_recognised_in_any_case_and_with_spaces_around(self):
        assert read(email="  Dana.Ruiz@ACME.example ").identities == [
            ("email", "dana.ruiz@acme.example")
        ]

    def test_a_national_number_becomes_international(self):
        assert read(phone="030 / 123456-7").identities == [("phone", "+49301234567")]

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("030.1234567", "+49301234567"),
            ("0172.1234567", "+491721234567"),
            ("491721234567.0", "+491721234567"),
            ("4.91721234567E+11", "+491721234567"),
        ],
    )
    def test_a_point_may_part_digits_or_be_a_spreadsheets(self, written, meant):
        assert read(phone=written).identities == [("phone", meant)]

    def test_a_number_that_lost_its_last_digits_is_refused(self):
        with pytest.raises(Invalid, match="last digits are lost"):
            read(phone="4.9172E+11")

    def test_precedence_is_email_phone_external_visitor(self):
        entry = read(visitor="v1", external_id="7", phone="+4930123456", email="a@b.example")
        assert [kind for kind, _ in entry.identities] == ["email", "phone", "external", "visitor"]

    def test_external_ids_carry_their_source(self):
        assert read(external_id="7").identities == [("external", "web:7")]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"name": "Dana"}, "email"),
            ({"email": "dana@"}, "email"),
            ({"phone": "12"}, "phone"),
            ({"email": "a@b.example", "happened_at": "2026-02-30"}, "happened_at"),
            ({"email": "a@b.example", "happened_at": "2027-01-01"}, "happened_at"),
            ({"email": "a@b.example", "happened_at": "0001-01-01T00:00+05:00"}, "happened_at"),
            ({"email": "a@b.example", "happened_at": "9999-12-31T23:59-05:00"}, "happened_at"),
            ({"email": "a@b.example", "needed_by_on": "0001-01-01"}, "needed_by_on"),
            ({"email": "a@b.example", "needed_by_on": "9999-12-31"}, "needed_by_on"),
            ({"email": "a@b.example", "budget": "much"}, "budget"),
            ({"email": "a@b.example", "budget": "NaN"}, "budget"),
            ({"email": "a@b.example", "authority": "boss"}, "authority"),
            ({"email": "a@b.example", "asks_for": "tea"}, "asks_for"),
            ({"email": "a@b.example", "name": "x" * 201}, "name"),
            ({"email": "a@b.example", "need": "a\x00b"}, "need"),
        ],
    )
    def test_what_does_not_fit_is_refused_with_its_field(self, body, field):
        with pytest.raises(Invalid) as refused:
            read(**body)
        assert refused.value.field == field


class TestFacts:
    def test_typed_facts_are_read(self):
        entry = read(
            email="a@b.example", budget="1500.50", needed_by_on="2027-01-31", first_name="Dana"
        )
        assert entry.facts["budget"] == Decimal("1500.50")
        assert entry.facts["needed_by_on"] == date(2027, 1, 31)
        assert entry.facts["name"] == "Dana"

    def test_blank_values_are_unknown(self):
        assert "country" not in read(email="a@b.example", country="  ").facts

    def test_bare_times_are_in_the_zone_of_the_reading(self):
        entry = read(email="a@b.example", happened_at="2026-07-01 12:00")
        assert entry.happened_at == datetime(2026, 7, 1, 10, tzinfo=UTC)


class TestCompany:
    def test_a_business_address_names_its_company(self):
        assert read(email="dana@acme.example").company == {
            "name": "acme.example",
            "domain": "acme.example",
        }

    def test_free_mail_never_makes_a_company(self):
        assert read(email="dana@gmail.com").company is None

    def test_a_named_company_takes_the_website_for_its_domain(self):
        company = read(
            email="d@gmail.com", company="Acme", website="https://www.acme.example/x"
        ).company
        assert company == {"name": "Acme", "domain": "acme.example"}

    def test_a_web_address_must_be_one(self):
        with pytest.raises(Invalid):
            read_domain("not a site")


@given(st.text(max_size=60))
def test_any_text_is_either_an_address_or_refused(text):
    try:
        address = read_email(text)
    except Invalid:
        return
    assert read_email(address) == address


@given(st.text(alphabet="0123456789+-() ", max_size=20))
def test_any_text_is_either_a_number_or_refused(text):
    try:
        number = read_phone(text, "DE")
    except Invalid:
        return
    assert read_phone(number, None) == number
