"""The hosted form: what the world may fill in. It needs nobody to sign in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accord.base.errors import Invalid
from accord.base.once import asking_once
from accord.flows.receive import Door, Incoming, check_body, receive
from accord.leads import queries as leads
from accord.leads import rules
from accord.teams import queries as teams
from accord.web.fields import own_fields
from accord.web.limits import address_of, is_too_often
from accord.web.nonces import Nonce, read_nonce
from accord.web.requests import moment_of

FASTEST = timedelta(seconds=3)  # nobody fills it in more quickly, but programs do
MOST = 30
SPAN = timedelta(minutes=10)
HONEY = "homepage"  # hidden from people; who fills it in is none
FIELDS = (
    "name",
    "email",
    "phone",
    "company",
    "job_title",
    "asks_for",
    "message",
    "needed_by_on",
)


@dataclass(frozen=True, slots=True)
class Form:
    """A form by its slug. `asks_for` is what people can choose, the first one preset.

    `consents` has the words they can agree to, by purpose. No box is ticked beforehand.
    """

    slug: str
    title: Any
    text: Any
    asks_for: Mapping[str, Any]
    consents: Mapping[str, Any]

    def wordings(self, company: str) -> dict[str, str]:
        """What a company asks to be agreed to, word for word as it is shown and kept."""
        return {
            purpose: str(words) % {"company": company} for purpose, words in self.consents.items()
        }


FORMS = {
    "contact": Form(
        slug="contact",
        title=gettext_lazy("Talk to us"),
        text=gettext_lazy("Tell us what you need; somebody who knows answers you."),
        asks_for={
            "contact": gettext_lazy("Call or write to me"),
            "demo": gettext_lazy("Show me a demo"),
            "price": gettext_lazy("Send me a price"),
            "content": gettext_lazy("Send me information to read"),
        },
        consents={
            "email": gettext_lazy(
                "%(company)s may send me e-mails about its products and offers. "
                "I can take this back at any time; a word is enough."
            ),
            "phone": gettext_lazy(
                "%(company)s may call me about its products and offers. "
                "I can take this back at any time; a word is enough."
            ),
            "profiling": gettext_lazy(
                "%(company)s may put together which of its pages I visit and which e-mails I "
                "open, to find out what fits me. I can take this back at any time; a word is "
                "enough."
            ),
        },
    )
}


@require_http_methods(["GET", "HEAD", "POST"])
@asking_once()
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows a form, and keeps what was filled in."""
    found = FORMS.get(slug)
    company = teams.company_name()
    if found is None or company is None:
        raise Http404
    own = _own()
    context: dict[str, Any] = {
        "form": found,
        "form_purpose": f"form:{slug}",
        "company": company,
        "given": request.POST,
        "fields": own_fields(own, {}, request.POST),
        "wordings": [
            (purpose, words, f"consent_{purpose}" in request.POST)
            for purpose, words in found.wordings(company).items()
        ],
    }
    if request.method != "POST":
        return render(request, "form.html", context)
    try:
        _receive(request, found, own, found.wordings(company))
    except Invalid as refusal:
        context |= {"sentence": refusal.sentence, "field": refusal.field}
        context["refused"] = refusal.field
        return render(request, "form.html", context, status=422)
    return render(request, "form_kept.html", context)


def _own() -> dict[str, rules.FactRule]:
    """The facts of the company's own that a form asks for."""
    return {key: rule for key, rule in leads.fact_rules().items() if rule.on_form}


def _receive(
    request: HttpRequest, form: Form, own: Collection[str], wordings: Mapping[str, str]
) -> None:
    """Keeps the submission, once for each time the form was shown. Raises Invalid."""
    at = moment_of(request)
    if is_too_often(request, "form", address_of(request), most=MOST, within=SPAN):
        raise Invalid(
            _("Too many forms came from your network just now. Try again in ten minutes.")
        )
    nonce = read_nonce(f"form:{form.slug}", request.POST.get("nonce", ""))
    body = _body(request, form, nonce, own, wordings)
    check_body(body=body, at=at)
    receive(
        submissions=[Incoming(body=body, nonce=f"form:{nonce.value}")],
        door=Door.FORM,
        by=None,
        at=at,
    )


def _body(
    request: HttpRequest,
    form: Form,
    nonce: Nonce,
    own: Collection[str],
    wordings: Mapping[str, str],
) -> dict[str, Any]:
    """What was filled in. What a program seems to have sent is kept, but asks for nothing."""
    given = {name: request.POST.get(name, "").strip() for name in (*FIELDS, *own)}
    body: dict[str, Any] = {name: value for name, value in given.items() if value}
    if body.get("asks_for") not in form.asks_for:
        body.pop("asks_for", None)
    if "message" in body:
        body["need"] = body["message"]
    body["source"] = request.POST.get("source", "").strip()[:100] or "website"
    body["source_detail"] = f"/f/{form.slug}"
    agreed = {each: words for each, words in wordings.items() if f"consent_{each}" in request.POST}
    if agreed:
        body["consents"] = [
            {"purpose": purpose, "wording": words, "source": f"/f/{form.slug}"}
            for purpose, words in agreed.items()
        ]
    is_program = request.POST.get(HONEY) or moment_of(request) - nonce.shown_at < FASTEST
    if is_program:
        body.pop("asks_for", None)
        body.pop("need", None)
        body.pop("consents", None)
        body["sent_by"] = "program?"
    return body
