"""Facts that the company defines itself: which there are, a new one, and changing one."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.base.errors import Missing, Refusal
from accord.leads import actions, queries
from accord.leads.actions import ABOUT, FACT_KINDS, Wanted

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def own_facts(request: "Request") -> HttpResponse:
    """The facts of one's own, and the form of a new one."""
    if request.method != "POST":
        return _page(request, {})
    try:
        fact = actions.define_fact(wanted=_wanted(request), at=request.at)
    except Refusal as refusal:
        refused = {"sentence": refusal.sentence, "refused": getattr(refusal, "field", "")}
        return _page(request, refused, status=422)
    messages.success(
        request,
        _("“%(label)s” is there. In files, criteria and the API it is called %(key)s.")
        % {"label": fact.label, "key": fact.key},
    )
    return redirect("own_facts")


@require_http_methods(["GET", "HEAD", "POST"])
def own_fact(request: "Request", key: str) -> HttpResponse:
    """Change how a fact is called, where it is shown, and its choices."""
    found = {fact.key: fact for fact in queries.custom_facts(retired=True)}.get(key)
    if found is None:
        raise Missing(_("There is no such fact."))
    context: dict[str, Any] = {"fact": found}
    if request.method != "POST":
        return render(request, "own_fact.html", context)
    try:
        actions.change_fact(key=key, wanted=_wanted(request))
    except Refusal as refusal:
        context |= {"sentence": refusal.sentence}
        return render(request, "own_fact.html", context, status=422)
    messages.success(request, _("Saved."))
    return redirect("own_facts")


@require_POST
def own_fact_retirement(request: "Request", key: str) -> HttpResponse:
    """No longer ask for a fact, or ask again; what is known stays."""
    is_back = request.POST.get("retired") == "no"
    actions.retire_fact(key=key, at=None if is_back else request.at)
    messages.success(
        request,
        _("It is asked for again.")
        if is_back
        else _("It is no longer asked for. What is known stays, and criteria can still ask it."),
    )
    return redirect("own_facts")


def _wanted(request: "Request") -> Wanted:
    return Wanted(
        label=request.POST.get("label", ""),
        about=request.POST.get("about", ""),
        kind=request.POST.get("kind", ""),
        choices=request.POST.get("choices", "").splitlines(),
        in_list=request.POST.get("in_list") == "yes",
        on_form=request.POST.get("on_form") == "yes",
    )


def _page(request: "Request", refused: dict[str, Any], status: int = 200) -> HttpResponse:
    facts = queries.custom_facts(retired=True)
    context = {
        "facts": [fact for fact in facts if not fact.retired_at],
        "retired": [fact for fact in facts if fact.retired_at],
        "abouts": ABOUT,
        "kinds": FACT_KINDS,
        "given": request.POST,
        **refused,
    }
    return render(request, "own_facts.html", context, status=status)
