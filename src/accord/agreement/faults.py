"""What is wrong with a document, clause by clause."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic_core import ErrorDetails

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


_SENTENCES = {
    "missing": gettext_lazy("it is missing; add it."),
    "extra_forbidden": gettext_lazy("there is no such clause; remove it, or mind its spelling."),
    "string_too_short": gettext_lazy("it is empty; say what it means."),
    "too_short": gettext_lazy("it is empty; add at least one."),
}


def fault_of(error: ErrorDetails) -> Fault:
    """What does not fit the document's shape, as we say it."""
    clause = ".".join(str(part) for part in error["loc"] if part != "[key]") or "document"
    if error["type"] in _SENTENCES:
        return Fault(clause, str(_SENTENCES[error["type"]]))
    message = error["msg"]
    if error["type"] in ("span", "day"):
        return Fault(clause, message)
    return Fault(
        clause,
        _("%(input)r does not fit: %(why)s.")
        % {"input": error["input"], "why": f"{message[:1].lower()}{message[1:]}"},
    )
