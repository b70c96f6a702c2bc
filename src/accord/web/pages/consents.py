"""What a lead agreed to, written down by hand: given, refused or taken back."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accord.base.errors import Invalid, Refusal
from accord.base.lifecycle import Side
from accord.flows import learn
from accord.leads import queries, rules
from accord.web.acts import moved_on
from accord.web.requests import is_partial, past_moment

if TYPE_CHECKING:
    from accord.leads.models import Lead
    from accord.web.requests import Request

WORDS: dict[str, Any] = {
    "yes": gettext_lazy("They agreed"),
    "no": gettext_lazy("They refused, or took it back"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def lead_consents(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Write down what a lead agreed to or took back; it is judged anew."""
    found = queries.one_lead(request.user, id)
    if request.method != "POST":
        return _form(request, found, request.GET)
    try:
        is_new = learn.learn_consent(
            lead=found.id,
            said=_said(request),
            by=request.user.id,
            side=Side(request.user.side),
            at=request.at,
        )
    except Refusal as refusal:
        return _form(request, found, request.POST, refusal)
    sentence = _("Written down.") if is_new else _("That was known already; nothing changed.")
    messages.success(request, sentence)
    return moved_on(request, "lead", found.id)


def _said(request: "Request") -> rules.ConsentSaid:
    """What the person who writes it down heard. Raises Invalid, naming the field."""
    given = {
        key: request.POST.get(key, "").strip() for key in ("purpose", "word", "wording", "how")
    }
    if given["purpose"] not in rules.PURPOSES:
        raise Invalid(_("Choose what it is about."), field="purpose")
    if given["word"] not in WORDS:
        raise Invalid(_("Choose whether they agreed or refused."), field="word")
    if not given["how"]:
        raise Invalid(_("Write how they told you, such as: on the phone, by e-mail."), field="how")
    is_given = given["word"] == "yes"
    if is_given and not given["wording"]:
        raise Invalid(_("Write what exactly they agreed to, in the words used."), field="wording")
    return rules.ConsentSaid(
        purpose=given["purpose"],
        is_given=is_given,
        said_at=past_moment(request, "said_at"),
        wording=rules.read_text(given["wording"], "wording") if is_given else "",
        source=rules.read_text(given["how"], "consent_source"),
    )


def _form(
    request: "Request", lead: "Lead", given: Mapping[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    template = "parts/consents_form.html" if is_partial(request) else "consents.html"
    context = {
        "lead": lead,
        "given": given,
        "purposes": queries.PURPOSE_LABELS,
        "words": WORDS.items(),
    }
    if refusal is None:
        return render(request, template, context)
    context |= {"sentence": refusal.sentence, "refused": getattr(refusal, "field", "")}
    return render(request, template, context, status=422)
