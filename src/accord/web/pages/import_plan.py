"""A file before it is imported: which column says what, and what would happen."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accord.base.errors import Missing
from accord.flows import import_file
from accord.leads import queries
from accord.leads.cells import DAY, MONTH
from accord.leads.files import open_table, survey
from accord.leads.mapping import DATES, TARGETS, MapRefused, dates_of
from accord.outbox import jobs
from accord.web import uploads
from accord.web.times import day
from accord.web.uploads import Answers, Upload

if TYPE_CHECKING:
    from accord.leads.models import Import
    from accord.web.requests import Request

NO_SYSTEM = "file"
TRIED_OUT_UP_TO = 30_000  # lines; more would keep the page waiting for too long
DATE_ORDERS: dict[str, Any] = {
    DAY: gettext_lazy("the day first (3 April)"),
    MONTH: gettext_lazy("the month first (4 March)"),
}
FATES: dict[str, Any] = {
    "created": gettext_lazy("New"),
    "merged": gettext_lazy("Added to known"),
    "unchanged": gettext_lazy("Unchanged"),
    "refused": gettext_lazy("Refused"),
}
TARGET_WORDS: dict[str, Any] = {
    "external_id": gettext_lazy("Id in the other system"),
    "lead_external_id": gettext_lazy("Id of the lead in the other system"),
    "happened_at": gettext_lazy("First contact"),
    "needed_by_on": gettext_lazy("Needed by"),
    "asks_for": gettext_lazy("Asks for (contact, demo, price, order)"),
    "company_domain": gettext_lazy("Web domain of the company"),
    "employees": gettext_lazy("Number of employees"),
    "consent_email": gettext_lazy("Agreed to e-mails (yes, no)"),
    "consent_phone": gettext_lazy("Agreed to calls (yes, no)"),
    "consent_profiling": gettext_lazy("Agreed to profiling (yes, no)"),
    "consent_at": gettext_lazy("When they agreed or refused"),
    "consent_wording": gettext_lazy("The words they agreed to"),
    "consent_source": gettext_lazy("Where they agreed"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, what it is taken for, and its first values."""

    name: str
    target: str
    examples: Sequence[str]
    placeholders: Sequence["Placeholder"] = ()


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A word of which it is asked, once a column, whether it means: not known."""

    word: str
    number: int
    is_kept: bool


@require_http_methods(["GET", "HEAD", "POST"])
def import_plan(request: "Request", id: uuid.UUID) -> HttpResponse:
    """What the file is, which column says what, and five leads as they would be."""
    upload = uploads.find(id)
    if request.method == "POST":
        source = request.POST.get("source", "").replace(":", " ").strip().lower()
        dates = request.POST.get("dates", "")
        answers = Answers(
            columns=_chosen(request.POST),
            source=source[:50] or NO_SYSTEM,
            dates=dates if dates in DATE_ORDERS else "",
            keep=_kept(request.POST),
        )
        uploads.write_map(upload, answers)
        return redirect("import_plan", id)
    context: dict[str, Any] = {
        "upload": upload,
        "targets": _targets(upload.kind),
        "try_out": False,
    }
    try:
        plan = _plan(upload)
    except MapRefused as refusal:
        return render(
            request,
            "import_plan.html",
            context | _unmapped(upload, refusal),
            status=422,
        )
    entries = import_file.preview(plan=plan, at=request.at)
    context |= {
        "plan": plan,
        "source": "" if plan.mapping.source == NO_SYSTEM else plan.mapping.source,
        "entries": [_shown(entry) for entry in entries],
        "columns": _columns(
            plan.header, plan.mapping.columns, [entry.body for entry in entries], _asked(plan)
        ),
        "date_orders": DATE_ORDERS.items() if _is_dated(plan) else (),
        "before": begun(plan.import_id),
        "try_out": plan.found.lines <= TRIED_OUT_UP_TO,
    }
    return render(request, "import_plan.html", context)


def _is_dated(plan: import_file.Plan) -> bool:
    """Whether a column says a date, so that the order of day and month is worth asking."""
    return not (DATES | dates_of(plan.custom)).isdisjoint(plan.mapping.columns.values())


def _plan(upload: Upload) -> import_file.Plan:
    return import_file.plan_import(path=upload.path, kind=upload.kind, map_path=upload.map_path)


def _chosen(form: Mapping[str, str]) -> dict[str, str]:
    """Column to target, as chosen in the form: fields `column-0` and `target-0`, and so on."""
    chosen: dict[str, str] = {}
    number = 0
    while f"column-{number}" in form:
        if form.get(f"target-{number}"):
            chosen[form[f"column-{number}"]] = form[f"target-{number}"]
        number += 1
    return chosen


def _kept(form: QueryDict) -> dict[str, list[str]]:
    """The placeholders of each column that were said to mean what they say."""
    kept: dict[str, list[str]] = {}
    number = 0
    while f"column-{number}" in form:
        unknown = set(form.getlist(f"unknown-{number}"))
        words = [word for word in form.getlist(f"word-{number}") if word not in unknown]
        if words:
            kept[str(form[f"column-{number}"])] = words
        number += 1
    return kept


def _asked(plan: import_file.Plan) -> dict[str, list[Placeholder]]:
    return {
        column: [
            Placeholder(word, number, word.lower() in plan.mapping.keep.get(column, ()))
            for word, number in words.items()
        ]
        for column, words in plan.placeholders.items()
    }


def _unmapped(upload: Upload, refusal: MapRefused) -> dict[str, Any]:
    """A file that tells nobody who its leads are: all columns, to be chosen from."""
    header = open_table(survey(upload.path)).header
    return {"columns": _columns(header, {}, [], {}), "sentence": refusal.sentence}


def _columns(
    header: Sequence[str],
    taken: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    asked: Mapping[str, Sequence[Placeholder]],
) -> list[Column]:
    return [
        Column(
            name=name,
            target=taken.get(name, ""),
            examples=list(dict.fromkeys(str(row[name]) for row in rows if row.get(name)))[:2],
            placeholders=asked.get(name, ()),
        )
        for name in header
    ]


def _targets(kind: str) -> list[tuple[str, str]]:
    own = queries.fact_rules(*import_file.ABOUT[kind])
    return [
        (target, str(TARGET_WORDS.get(target, target.replace("_", " ").capitalize())))
        for target in TARGETS[kind]
    ] + [(key, rule.label) for key, rule in own.items()]


def _shown(entry: Any) -> dict[str, Any]:
    """What a row says, for the preview."""
    facts = getattr(entry, "facts", {})
    company = getattr(entry, "company", None) or {}
    id = entry.identities[0][1].partition(":")[2] if entry.identities else ""
    said = [facts.get("job_title"), company.get("name"), facts.get("source"), entry.stage]
    return {
        "entry": entry,
        "title": facts.get("name") or facts.get("email") or id,
        "said": [*(str(each) for each in said if each), day(timezone.localtime(entry.happened_at))],
    }


@require_GET
def import_trial(request: "Request", id: uuid.UUID) -> HttpResponse:
    """The figures of a dry run: all of it is done, and taken back."""
    plan = _plan(uploads.find(id))
    outcome = import_file.import_file(plan=plan, by=request.user.id, at=request.at, dry_run=True)
    examples = [
        (label, outcome.examples[fate]) for fate, label in FATES.items() if fate in outcome.examples
    ]
    context = {"outcome": outcome, "examples": examples}
    return render(request, "parts/import_trial.html", context)


@require_POST
def import_start(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Have the worker bring the file in."""
    upload = uploads.find(id)
    plan = _plan(upload)
    jobs.defer(
        "run_import",
        path=str(upload.path),
        kind=upload.kind,
        map_path=str(upload.map_path) if upload.map_path else None,
        live=request.POST.get("live") == "yes",
        by=str(request.user.id),
        upload=str(id),
    )
    request.session[f"import {plan.import_id}"] = request.at.isoformat()
    return redirect("import", plan.import_id)


def begun(id: uuid.UUID) -> "Import | None":
    """The import of this id; None before its first batch."""
    try:
        return queries.one_import(id)
    except Missing:
        return None
