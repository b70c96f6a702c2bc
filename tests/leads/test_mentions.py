"""Who is meant by an @."""

import uuid

import pytest

from accord.leads.rules.mentions import mentioned

MIRA, SAM, SAMUEL, ANN, ANNA = (uuid.UUID(int=n) for n in range(5))
NAMES = {MIRA: "Mira Lind", SAM: "Sam Okafor", SAMUEL: "Samuel Berg", ANN: "Ann A", ANNA: "Ann B"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@Mira Lind, please look", {MIRA}),
        ("Ask @sam and @Samuel", {SAM, SAMUEL}),
        ("@Ann is two people", set()),
        ("@Ann B is one", {ANNA}),
        ("write to mira@Mira.example", set()),
        ("@Mirabelle is nobody", set()),
        ("@", set()),
    ],
)
def test_is_who_the_name_belongs_to(text: str, meant: set[uuid.UUID]) -> None:
    assert mentioned(text, NAMES) == meant
