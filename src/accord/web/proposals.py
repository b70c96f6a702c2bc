"""The proposal's form: its text, its fields, and rows of points that come anew, as one document."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.agreement import queries
from accord.agreement.editing import edited
from accord.agreement.faults import BadDocument, Fault
from accord.agreement.plain_yaml import read_yaml
from accord.agreement.rewriting import with_value
from accord.agreement.terms import Terms, read_terms
from accord.base.errors import Invalid
from accord.criteria.drafting import DraftRow, raw_of
from accord.criteria.registry import registry
from accord.web.builder import things
from accord.web.drafts import text_of

if TYPE_CHECKING:
    from accord.web.requests import Request

SPAN_UNITS: Mapping[str, Any] = {
    "working_minutes": gettext_lazy("working minutes"),
    "working_hours": gettext_lazy("working hours"),
    "working_days": gettext_lazy("working days"),
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
}


def written(request: "Request") -> tuple[str, Sequence[Fault]]:
    """The document as the form says it, and what keeps it from running.

    A form that has fields sends the text as it is written now (`yaml`) and as it was when they
    were made (`shown`); others send the document.
    """
    if "yaml" not in request.POST:
        document = text_of(request.POST, "document")
        return document, _faults(document)
    document, shown = text_of(request.POST, "yaml"), text_of(request.POST, "shown")
    terms = terms_in(shown)
    try:
        document = edited(document, terms, request.POST.getlist, shown=shown)
        act = request.POST.get("act", "")
        if act.startswith("add-"):
            document = _with_row(document, act.removeprefix("add-"), request.POST, terms)
    except BadDocument as refusal:
        return document, refusal.faults
    return document, _faults(document)


def terms_in(document: str) -> Terms:
    """The terms of a document, or those that run where it cannot be read."""
    try:
        return read_terms(document)
    except BadDocument:
        return queries.running()


def word_title(key: str, terms: Terms) -> str:
    """What people call a word, with criteria or without."""
    found = terms.definitions.get(key) or terms.words[key]
    return found.title


def _faults(document: str) -> Sequence[Fault]:
    try:
        read_terms(document)
    except BadDocument as refusal:
        return refusal.faults
    return ()


def _with_row(document: str, card: str, sent: Mapping[str, str], terms: Terms) -> str:
    """The document with a row more of a scorecard. Raises BadDocument where it says too little."""

    def of(name: str) -> str:
        return sent.get(f"new.{card}.{name}", "").strip()

    clause = _counted(of("each"), of("days")) if card == "engagement" else _asked(of, terms)
    rows = read_yaml(document).get("scorecards", {}).get(card, {}).get("rows", [])
    try:
        row = {"points": int(of("points")), **clause}
    except ValueError:
        row = {}
    if len(row) < 2:
        sentence = _("Choose what it is for, and say how many points it gives.")
        raise BadDocument([Fault(f"scorecards.{card}.rows", sentence)])
    return with_value(document, f"scorecards.{card}.rows.{len(rows)}", row)


def _counted(behaviour: str, days: str) -> dict[str, Any]:
    if not behaviour:
        return {}
    return {"each": behaviour, **({"within_days": int(days)} if days.isdecimal() else {})}


def _asked(of: Any, terms: Terms) -> dict[str, Any]:
    thing = things(terms).get(of("asks").casefold())
    if thing is None:
        return {}
    row = DraftRow("must", 0, "ask", asks=thing.asks, operator=of("operator"), value=of("value"))
    try:
        found = raw_of([row], registry=registry)["must"]["all"]
    except Invalid:
        return {}
    return dict(found[0]) if found else {}
