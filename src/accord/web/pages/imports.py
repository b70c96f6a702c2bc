"""Imports: bring in a file, see beforehand what it would do, and afterwards what it did."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accord.agreement import queries as agreement
from accord.base.errors import Invalid
from accord.flows import hand_off
from accord.flows.undo_import import undo_import
from accord.leads import queries
from accord.leads.actions import cancel_import
from accord.leads.files.ledger import ledger_lines, write_refused
from accord.qualification import queries as qualification
from accord.qualification import reasons
from accord.web import uploads
from accord.web.figures import figure
from accord.web.pages.import_plan import begun
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.leads.models import Import, Lead
    from accord.web.requests import Request

FIRST = 5
PATIENCE = timedelta(seconds=20)


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


@require_GET
def one_import(request: "Request", id: uuid.UUID) -> HttpResponse:
    """How far an import is, and what became of its rows."""
    found = begun(id)
    asked_at = request.session.get(f"import {id}")
    is_slow = asked_at and request.at - datetime.fromisoformat(asked_at) > PATIENCE
    context: dict[str, Any] = {"import_id": id, "import": found, "is_slow": not found and is_slow}
    if found and found.state == "done":
        context |= _result(found)
    elif found and found.state == "running":
        context |= _speed(found, request.at)
    template = "parts/import_progress.html" if is_partial(request) else "import.html"
    return render(request, template, context)


def _speed(found: "Import", at: datetime) -> dict[str, Any]:
    """Rows a second of the run that is at it, and how long the rest takes at that rate."""
    took = at - found.resumed_at if found.resumed_at else timedelta(0)
    rows = found.lines_done - found.resumed_line
    if rows <= 0 or took < timedelta(seconds=1):
        return {}
    left = (found.lines_total - found.lines_done) * took / rows
    return {"rate": rows / took.total_seconds(), "left": max(left, timedelta(0))}


def _result(found: "Import") -> dict[str, Any]:
    if found.kind != "leads":
        return {}
    gate = agreement.running().gate
    given: dict[str, Any] = {"refused": queries.import_page(found.id, fate="refused")[:FIRST]}
    if not found.is_live:
        given["readiness"] = qualification.readiness(definition=gate, import_id=found.id)
        given["held_back"] = reasons.held_back(definition=gate, import_id=found.id)
        given["first"], given["is_ready"] = _first(found)
        given["why"] = _("From the file %(name)s") % {"name": found.file_name}
    return given


def _first(found: "Import") -> "tuple[list[Lead], bool]":
    """The leads to begin with, and whether they are ready; else those that lack least."""
    gate = agreement.running().gate
    ready = reasons.first_ready(definition=gate, import_id=found.id, limit=FIRST)
    if ready:
        return ready, True
    return reasons.nearest(definition=gate, import_id=found.id, limit=FIRST), False


@require_GET
def import_ledger(request: "Request", id: uuid.UUID) -> StreamingHttpResponse:
    """What became of every row, and why, as a file."""
    found = queries.one_import(id)
    rows = (
        (row.line or 0, row.fate, row.field, row.reason, row.body)
        for row in queries.ledger(id).iterator()
    )
    return StreamingHttpResponse(
        ledger_lines(found.mapping.get("header", []), rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="ledger-{id}.csv"'},
    )


@require_POST
def import_cancellation(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Stop a running import behind its current batch."""
    cancel_import(import_id=id, at=request.at)
    return redirect("import", id)


@require_POST
def import_undoing(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Take a whole import back."""
    undone = undo_import(import_id=id, at=request.at)
    sentence = _("Undone: %(removed)s leads are gone, %(restored)s are as they were before.")
    if queries.one_import(id).kind == "deals":
        sentence = _("Undone: %(removed)s deals are gone, %(restored)s are as they were before.")
    if undone.stayed:
        sentence += " " + _("%(stayed)s stay, because somebody went on with them.")
    words = {name: figure(getattr(undone, name)) for name in ("removed", "restored", "stayed")}
    messages.success(request, sentence % words)
    return redirect("import", id)


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
    """Hand over the first leads of a history import, so that work can begin.

    Where none is ready, they go by hand, with the reason that was given.
    """
    found = queries.one_import(id)
    first, is_ready = _first(found)
    if not first:
        raise Invalid(_("None of these leads can be reached, so none was handed over."))
    why = request.POST.get("why", "")
    if is_ready:
        why = _("Ready under the agreement, from the file %(name)s") % {"name": found.file_name}
    hand_off.offer(leads={lead.id for lead in first}, by=request.user.id, why=why, at=request.at)
    sentence = ngettext("%(n)d lead was handed over.", "%(n)d leads were handed over.", len(first))
    messages.success(request, sentence % {"n": len(first)})
    return redirect("handoffs")
