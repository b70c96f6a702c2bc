"""What is wrong with a document, clause by clause."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.base.errors import Invalid


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, and a sentence that names the way out."""

    clause: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.clause}: {self.sentence}"


class BadDocument(Invalid):
    """The document cannot be an agreement. `faults` lists all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)), field=faults[0].clause)
        self.faults = tuple(faults)
