"""Maps: refused where they do not fit, and files that need none."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from accord.leads.headers import recognise
from accord.leads.mapping import Map, MapRefused, check_header, read_map, read_map_file
from accord.leads.translating import body_reader


def refusal(text: str, kind: str = "leads") -> str:
    """The sentence with which a map is refused."""
    with pytest.raises(MapRefused) as caught:
        read_map(text, kind, name="m.toml")
    return caught.value.sentence


class TestReadMap:
    def test_refuses_what_is_not_toml_and_names_the_place(self) -> None:
        assert "m.toml is not TOML" in refusal("[columns]\nFirst Name = 'name'")
        assert "line 2" in refusal("[columns]\nFirst Name = 'name'")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[colums]\nmail = 'email'", "m.toml: “colums” is no part; did you mean columns"),
            (
                "[file]\nsorce = 'x'\n[columns]\na = 'email'",
                "“sorce” is no setting; did you mean source",
            ),
            (
                "[columns]\nmail = 'emial'",
                "[columns], mail: “emial” is no thing that leads have; did you mean email",
            ),
            ("[columns]\nwho = 'name'", "no column says who the lead is"),
            ("[columns]\na = 'email'\nb = 'email'", "“a” and “b” both say email"),
            ("[file]\ntime_zone = 'Mars'\n[columns]\na = 'email'", "there is no time zone “Mars”"),
            ("[file]\ndecimal = ';'\n[columns]\na = 'email'", 'decimal must be "." or ","'),
            ("[file]\ndelimiter = '::'\n[columns]\na = 'email'", "delimiter must be one character"),
            ("[file]\nsource = 'a:b'\n[columns]\na = 'email'", "without a colon"),
            ("[columns]\na = ['email']", "a must be a text"),
            ("columns = 'email'", "columns must be a table"),
            ("[columns]\na = 'email'\n[values]\nstage = 'x'", "[values.stage] must be a table"),
        ],
    )
    def test_refuses_what_does_not_fit(self, text: str, said: str) -> None:
        assert said in refusal(text)

    def test_a_map_that_is_not_there_is_said_so(self, tmp_path: Path) -> None:
        with pytest.raises(MapRefused, match="There is no map"):
            read_map_file(tmp_path / "none.toml", "leads")

    def test_equal_maps_have_one_digest_however_they_are_written(self) -> None:
        one = read_map("[columns]\na = 'email'\nb = 'name'", "leads", name="x")
        other = read_map("# said\n[columns]\n'b' = 'name'\n'a' = 'email'", "leads", name="y")
        assert one.digest == other.digest

    def test_the_examples_fit(self) -> None:
        examples = Path(__file__).parents[2] / "examples" / "olist"
        for kind in ("leads", "deals"):
            assert read_map_file(examples / f"{kind}.toml", kind).source == "olist"


class TestCheckHeader:
    MAP = Map(kind="leads", columns={"E-Mail": "email"})

    def test_a_column_that_the_file_has_not_is_refused_with_the_nearest(self) -> None:
        with pytest.raises(MapRefused) as caught:
            check_header(self.MAP, ["Email", "Name"], name="f.csv", line=3)
        assert "f.csv, line 3: there is no column “E-Mail”" in caught.value.sentence
        assert "did you mean Email" in caught.value.sentence

    def test_columns_left_unused_are_listed(self) -> None:
        assert check_header(self.MAP, ["Name", "E-Mail", "X"], name="f.csv", line=1) == [
            "Name",
            "X",
        ]


def read(mapping: Map, header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """What one row says."""
    return body_reader(mapping, header, custom={})(cells)


class TestRecognise:
    def test_an_export_of_hubspot(self) -> None:
        header = [
            "Record ID",
            "First Name",
            "Last Name",
            "Email",
            "Phone Number",
            "Lifecycle Stage",
        ]
        header += ["Create Date", "Original Source", "Contact owner", "Number of Employees"]
        mapping = recognise(header, "leads")
        assert mapping is not None
        assert (mapping.recognised_as, mapping.source) == ("HubSpot", "hubspot")
        cells = ["17", "Ann", "Lee", "a@b.co", "", "Marketing Qualified Lead", "2026-05-31 14:30"]
        assert read(mapping, header, [*cells, "Paid Search", "Sam", "1,200.5"]) == {
            "external_id": "17",
            "first_name": "Ann",
            "last_name": "Lee",
            "email": "a@b.co",
            "stage": "mql",
            "happened_at": "2026-05-31 14:30:00",
            "source": "Paid Search",
            "employees": "1200.5",
        }

    def test_an_export_of_salesforce_by_its_api_names(self) -> None:
        header = ["Id", "OwnerId", "FirstName", "LastName", "Email", "LeadSource", "Status"]
        header += ["CreatedDate", "NumberOfEmployees", "IsConverted", "HasOptedOutOfEmail"]
        mapping = recognise(header, "leads")
        assert mapping is not None
        assert mapping.recognised_as == "Salesforce"
        assert mapping.columns["LeadSource"] == "source"
        assert mapping.columns["HasOptedOutOfEmail"] == "do_not_contact"
        assert "Status" not in mapping.columns

    def test_a_stage_that_means_nothing_is_left_out(self) -> None:
        mapping = recognise(["Record ID", "Lifecycle Stage", "Email"], "leads")
        assert mapping is not None
        assert "stage" not in read(
            mapping, ["Record ID", "Lifecycle Stage", "Email"], ["1", "Other", ""]
        )

    def test_any_file_with_plain_words(self) -> None:
        mapping = recognise(["E-mail address", "Company name", "Shoe size"], "leads")
        assert mapping is not None
        assert mapping.columns == {"E-mail address": "email", "Company name": "company"}

    def test_ids_of_a_system_that_nobody_named_are_not_taken(self) -> None:
        assert recognise(["Id", "Name"], "leads") is None
        mapping = recognise(["Id", "Email"], "leads")
        assert mapping is not None
        assert mapping.columns == {"Email": "email"}

    def test_a_file_that_names_nobody_is_not_recognised(self) -> None:
        assert recognise(["Shoe size", "Colour"], "leads") is None


class TestBodyReader:
    def test_constants_speak_for_rows_that_say_nothing(self) -> None:
        mapping = Map(
            kind="leads", columns={"a": "email", "c": "country"}, constants={"country": "BR"}
        )
        assert read(mapping, ["a", "c"], ["x@y.co", ""])["country"] == "BR"
        assert read(mapping, ["a", "c"], ["x@y.co", "DE"])["country"] == "DE"

    def test_texts_that_mean_missing_are_left_out(self) -> None:
        mapping = Map(kind="leads", columns={"a": "email", "s": "source"}, missing=("N/A", "-"))
        assert read(mapping, ["a", "s"], [" n/a ", "-"]) == {}
        assert read(mapping, ["a", "s"], ["x@y.co", "unknown"])["source"] == "unknown"
