"""Leads that may be one person: side by side, merged or left apart, and parted again."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accord.base.errors import Invalid
from accord.base.lifecycle import Stage
from accord.flows import merge as flow
from accord.leads import queries
from accord.web.acts import moved_on
from accord.web.fields import shown
from accord.web.pages.facts import LABELS
from accord.web.times import day

if TYPE_CHECKING:
    from accord.leads.models import Lead
    from accord.leads.queries import Pair
    from accord.leads.rules import FactRule
    from accord.web.requests import Request

MOVES: dict[str, Any] = {
    "leads.Activity": gettext_lazy("activities"),
    "leads.Submission": gettext_lazy("submissions"),
    "leads.Identity": gettext_lazy("ways to recognise them"),
    "leads.Consent": gettext_lazy("consents"),
    "handoffs.Handoff": gettext_lazy("handoffs"),
    "handoffs.PassBack": gettext_lazy("pass-backs"),
    "deals.Deal": gettext_lazy("deals"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What both leads say of a thing, and whether they say different things."""

    label: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        return bool(self.one and self.other) and self.one.lower() != self.other.lower()


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair side by side."""

    pair: "Pair"
    rows: Sequence[Row]


@require_GET
def duplicates(request: "Request") -> HttpResponse:
    """The pairs that somebody has to look at."""
    context = {"shown": _shown(queries.suspects()), "count": queries.suspect_count()}
    return render(request, "duplicates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def lead_merging(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Merge another lead into this one; first, what that would do."""
    found = queries.one_lead(request.user, id)
    if request.method == "POST":
        return _merge(request, found.id)
    said = request.GET.get("with", "").strip()
    other = queries.lead_called(said) if said else None
    context: dict[str, Any] = {"lead": found, "said": said, "other": other}
    if said and (other is None or other == found.id):
        sentence = _("No other lead is called “%(said)s”; give its e-mail address or phone number.")
        return render(
            request,
            "lead_merging.html",
            context | {"sentence": sentence % {"said": said}},
            status=422,
        )
    if other:
        pair = queries.pair_of(found.id, other)
        would = flow.preview(winner=found.id, loser=other)
        moves = [(MOVES[key], number) for key, number in would.moves.items() if key in MOVES]
        context |= {"would": would, "moves": moves}
        context["shown"] = next(iter(_shown([pair] if pair else [])), None)
    return render(request, "lead_merging.html", context)


def _merge(request: "Request", winner: uuid.UUID) -> HttpResponse:
    loser = _named(request, "loser")
    done = flow.merge(winner=winner, loser=loser, by=request.user.id, at=request.at)
    undo = reverse("merge_undoing", args=[done.id])
    messages.success(
        request, _("Merged. The other lead's address leads here now."), extra_tags=undo
    )
    return moved_on(request, request.POST.get("next") or "lead", *_where(request, winner))


def _named(request: "Request", field: str) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get(field, ""))
    except ValueError as error:
        raise Invalid(_("Say which other lead is meant."), field=field) from error


def _where(request: "Request", winner: uuid.UUID) -> tuple[uuid.UUID, ...]:
    return () if request.POST.get("next") else (winner,)


@require_POST
def merge_undoing(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Part two leads that were merged."""
    parted = flow.undo_merge(merge=id, by=request.user.id, at=request.at)
    messages.success(request, _("They are two leads again."))
    return moved_on(request, "lead", parted.lead_id)


@require_POST
def duplicate_answer(request: "Request", id: uuid.UUID) -> HttpResponse:
    """They are two people: it is not asked again."""
    flow.leave_apart(one=id, other=_named(request, "other"), at=request.at)
    messages.success(request, _("Two people. It is not asked again."))
    return moved_on(request, "duplicates")


def _shown(pairs: Sequence["Pair"]) -> list[Shown]:
    """Pairs with all that is known of both. Two queries more than the pairs took."""
    rules = queries.fact_rules("lead")
    leads = [lead.id for pair in pairs for lead in (pair.one, pair.other)]
    known = queries.values_of_leads(leads) if rules else {}
    return [
        Shown(pair=pair, rows=[row for row in _rows(pair, rules, known) if row.one or row.other])
        for pair in pairs
    ]


def _rows(
    pair: "Pair",
    rules: Mapping[str, "FactRule"],
    known: Mapping[uuid.UUID, Mapping[str, Any]],
) -> Iterator[Row]:
    one, other = pair.one, pair.other
    for name, label in LABELS.items():
        yield Row(str(label), _text(one, name), _text(other, name))
    ours, theirs = known.get(one.id, {}), known.get(other.id, {})
    for key, rule in rules.items():
        yield Row(rule.label, shown(ours.get(key)), shown(theirs.get(key)))
    yield Row(_("Company"), str(one.company or ""), str(other.company or ""))
    yield Row(_("Stage"), str(Stage(one.stage).label), str(Stage(other.stage).label))
    yield Row(_("Owner"), str(one.owner or ""), str(other.owner or ""))
    yield Row(_("First contact"), _day(one), _day(other))


def _text(lead: "Lead", name: str) -> str:
    value = getattr(lead, name)
    return "" if value is None else str(value)


def _day(lead: "Lead") -> str:
    return day(timezone.localtime(lead.first_contact_at).date())
