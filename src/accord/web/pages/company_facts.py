"""What is known of a company, changed by hand."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accord.base.errors import Invalid, Refusal
from accord.flows import learn
from accord.leads import queries, rules
from accord.web.acts import moved_on
from accord.web.fields import Field, own_fields

if TYPE_CHECKING:
    from accord.leads.models import Company
    from accord.web.requests import Request

LABELS: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "domain": gettext_lazy("Web domain"),
    "industry": gettext_lazy("Industry"),
    "employees": gettext_lazy("Employees"),
    "country": gettext_lazy("Country"),
    "parent_id": gettext_lazy("Belongs to"),
    "is_target": gettext_lazy("Target account"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def company_facts(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Change what is known of a company; its leads are judged anew."""
    found = queries.one_company(id)
    if request.method != "POST":
        return _facts_form(request, found, {})
    try:
        facts = rules.read_company_facts(request.POST, custom=queries.fact_rules("company"))
        if "parent" in request.POST:
            facts["parent_id"] = _parent(request.POST["parent"])
        learn.learn_of_company(company=found.id, facts=facts, by=request.user.id, at=request.at)
    except Refusal as refusal:
        return _facts_form(request, found, request.POST, refusal)
    messages.success(request, _("Saved. The leads of this company were judged anew."))
    return moved_on(request, "company", found.id)


def _parent(text: str) -> uuid.UUID | None:
    if not text.strip():
        return None
    found = queries.company_called(text)
    if found is None:
        raise Invalid(
            _("No one company is called “%(name)s”; give its web domain.") % {"name": text.strip()},
            field="parent",
        )
    return found


def _facts_form(
    request: "Request",
    company: "Company",
    given: Mapping[str, str],
    refusal: Refusal | None = None,
) -> HttpResponse:
    known = {key: getattr(company, key) for key in rules.COMPANY_FACTS}
    known["parent"] = company.parent and (company.parent.domain or company.parent.name)
    kinds = {"employees": "number"}
    labels = {**LABELS, "parent": _("Belongs to (web domain or name of the parent company)")}
    fields = [
        Field(key, str(labels[key]), kinds.get(key, "input"), given.get(key, str(value or "")))
        for key, value in known.items()
    ]
    own = queries.fact_rules("company")
    fields += own_fields(own, queries.values_of_companies([company.id]).get(company.id, {}), given)
    context: dict[str, Any] = {"company": company, "fields": fields}
    if refusal:
        context |= {"sentence": refusal.sentence, "refused": getattr(refusal, "field", "")}
    return render(request, "company_facts.html", context, status=422 if refusal else 200)


@require_POST
def company_target(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Make a company a target account, or no longer."""
    found = queries.one_company(id)
    wanted = request.POST.get("target") == "yes"
    learn.learn_of_company(
        company=found.id, facts={"is_target": wanted}, by=request.user.id, at=request.at
    )
    messages.success(
        request,
        _("A target account now: it can be asked for in the list and in the agreement.")
        if wanted
        else _("No target account any more."),
    )
    return moved_on(request, "company", found.id)
