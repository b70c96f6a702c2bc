"""Imports: bring in a file, see beforehand what it would do, and afterwards what it did."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accord.agreement import queries as agreement
from accord.base.errors import Invalid, Missing
from accord.flows import hand_off, import_file
from accord.leads import queries
from accord.leads.files import open_table, survey
from accord.leads.files.ledger import write_refused
from accord.leads.mapping import TARGETS, MapRefused
from accord.outbox import jobs
from accord.qualification import queries as qualification
from accord.qualification import reasons
from accord.web import uploads
from accord.web.requests import is_partial
from accord.web.templatetags.accord import day
from accord.web.uploads import Upload

if TYPE_CHECKING:
    from accord.leads.models import Import
    from accord.web.requests import Request

TRIED_OUT_UP_TO = 30_000  # lines; more would keep the page waiting for too long
FIRST = 5
TARGET_WORDS: dict[str, Any] = {
    "external_id": gettext_lazy("Id in the other system"),
    "lead_external_id": gettext_lazy("Id of the lead in the other system"),
    "happened_at": gettext_lazy("First contact"),
    "needed_by_on": gettext_lazy("Needed by"),
    "asks_for": gettext_lazy("Asks for (contact, demo, price, order)"),
    "company_domain": gettext_lazy("Web domain of the company"),
    "employees": gettext_lazy("Number of employees"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, what it is taken for, and its first values."""

    name: str
    target: str
    examples: Sequence[str]


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: "Request") -> HttpResponse:
    """All imports, and a place to drop the next file."""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            raise Invalid(_("No file came with the form. Choose one first."), field="file")
        return redirect("import_plan", uploads.keep(file, request.POST.get("kind", "leads")).id)
    return render(
        request, "imports.html", {"imports": queries.imports().filter(kind__in=uploads.KINDS)[:50]}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def import_plan(request: "Request", id: uuid.UUID) -> HttpResponse:
    """What the file is, which column says what, and five leads as they would be."""
    upload = uploads.find(id)
    if request.method == "POST":
        columns = _chosen(request.POST)
        uploads.write_map(upload, columns, source=request.POST.get("source", "file") or "file")
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
        "entries": [_shown(entry) for entry in entries],
        "columns": _columns(plan.header, plan.mapping.columns, [entry.body for entry in entries]),
        "before": _begun(plan.import_id),
        "try_out": plan.found.lines <= TRIED_OUT_UP_TO,
    }
    return render(request, "import_plan.html", context)


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


def _unmapped(upload: Upload, refusal: MapRefused) -> dict[str, Any]:
    """A file that tells nobody who its leads are: all columns, to be chosen from."""
    header = open_table(survey(upload.path)).header
    return {"columns": _columns(header, {}, []), "sentence": refusal.sentence}


def _columns(
    header: Sequence[str], taken: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> list[Column]:
    return [
        Column(
            name=name,
            target=taken.get(name, ""),
            examples=list(dict.fromkeys(str(row[name]) for row in rows if row.get(name)))[:2],
        )
        for name in header
    ]


def _targets(kind: str) -> list[tuple[str, str]]:
    return [
        (target, str(TARGET_WORDS.get(target, target.replace("_", " ").capitalize())))
        for target in TARGETS[kind]
    ]


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


def _begun(id: uuid.UUID) -> "Import | None":
    try:
        return queries.one_import(id)
    except Missing:
        return None


@require_GET
def import_trial(request: "Request", id: uuid.UUID) -> HttpResponse:
    """The figures of a dry run: all of it is done, and taken back."""
    plan = _plan(uploads.find(id))
    outcome = import_file.import_file(plan=plan, by=request.user.id, at=request.at, dry_run=True)
    return render(request, "parts/import_trial.html", {"outcome": outcome})


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
    )
    return redirect("import", plan.import_id)


@require_GET
def one_import(request: "Request", id: uuid.UUID) -> HttpResponse:
    """How far an import is, and what became of its rows."""
    found = _begun(id)
    context: dict[str, Any] = {"import_id": id, "import": found}
    if found and found.state == "done":
        context |= _result(found)
    template = "parts/import_progress.html" if is_partial(request) else "import.html"
    return render(request, template, context)


def _result(found: "Import") -> dict[str, Any]:
    if found.kind != "leads":
        return {}
    gate = agreement.running().gate
    given: dict[str, Any] = {"refused": queries.import_page(found.id, fate="refused")[:FIRST]}
    if not found.is_live:
        given["readiness"] = qualification.readiness(definition=gate, import_id=found.id)
        given["held_back"] = reasons.held_back(definition=gate, import_id=found.id)
        given["first"] = reasons.first_ready(definition=gate, import_id=found.id, limit=FIRST)
    return given


@require_GET
def import_refused(request: "Request", id: uuid.UUID) -> HttpResponse:
    """The refused rows with their reasons, as a file to be mended and imported again."""
    found = queries.one_import(id)
    rows = (
        (row.line or 0, row.field, row.reason, row.body)
        for row in queries.ledger(id, fate="refused").iterator()
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "refused.csv"
        write_refused(path, found.mapping.get("header", []), rows)
        content = path.read_bytes()
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="refused-{id}.csv"'},
    )


@require_POST
def import_handoffs(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Hand over the first ready leads of a history import, so that work can begin."""
    found = queries.one_import(id)
    gate = agreement.running().gate
    first = reasons.first_ready(definition=gate, import_id=found.id, limit=FIRST)
    if not first:
        raise Invalid(
            _("None of these leads is ready under the agreement, so none was handed over.")
        )
    why = _("Ready under the agreement, from the file %(name)s") % {"name": found.file_name}
    hand_off.offer(leads={lead.id for lead in first}, by=request.user.id, why=why, at=request.at)
    sentence = ngettext("%(n)d lead was handed over.", "%(n)d leads were handed over.", len(first))
    messages.success(request, sentence % {"n": len(first)})
    return redirect("handoffs")
