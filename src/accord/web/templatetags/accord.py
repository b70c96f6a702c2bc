"""What templates draw with: icons, sides, stages, and everything of words, times and figures."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accord.base.lifecycle import HOLDER, Side, Stage
from accord.criteria.metrics import Scope
from accord.leads.queries import LeadFilters
from accord.teams import queries as teams
from accord.web import duties, figures, mailto, times
from accord.web.filters import leads_url
from accord.web.nonces import new_nonce
from accord.web.scopes import figure_url
from accord.web.setting_words import FILTERS as SETTING_WORDS
from accord.web.words import FILTERS as WORDS
from accord.web.words import stage_short

register = template.Library()
FIGURES = (
    figures.figure,
    figures.percent,
    figures.hours,
    figures.points,
    figures.money,
    figures.unlocal,
    figures.absolute,
)
FILTERS: tuple[Callable[..., object], ...] = (
    *WORDS,
    *SETTING_WORDS,
    *FIGURES,
    *(times.span, times.day, times.month),
)
for each in FILTERS:
    register.filter(each)
register.simple_tag(figures.meter)
register.simple_tag(figures.bars)
register.simple_tag(times.when)
register.simple_tag(takes_context=True)(times.ago)
register.simple_tag(takes_context=True)(times.aged)
register.simple_tag(takes_context=True)(times.left)
register.simple_tag(takes_context=True)(times.soon)
register.simple_tag(takes_context=True)(times.half_day)

SIDE_ICON = {
    "marketing": "speakerphone",
    "sales": "phone",
    "prospect": "user",
    "accord": "bolt",
    "nobody": "circle-off",
}


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    path = finders.find(f"icons/outline/{name}.svg")
    if not path:
        raise template.TemplateSyntaxError(f"There is no icon “{name}”.")
    text = Path(str(path)).read_text(encoding="utf-8")
    return text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")].strip()


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, extra: str = "") -> SafeString:
    """An outline icon, drawn in place; the word beside it is what is read aloud."""
    return format_html(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        'aria-hidden="true" focusable="false">{}</svg>',
        extra,
        mark_safe(_drawing(name)),  # noqa: S308 - a file of the icon package
    )


@register.simple_tag
def gets(view: str, *args: object) -> SafeString:
    """Where a link leads; what is there opens in place where there is JavaScript."""
    return format_html('href="{0}" hx-get="{0}"', reverse(view, args=args))


@register.simple_tag
def posts(view: str, *args: object) -> SafeString:
    """Where a form is sent; the answer comes in place where there is JavaScript."""
    return format_html('action="{0}" hx-post="{0}"', reverse(view, args=args))


@register.simple_tag
def nonce(purpose: str) -> SafeString:
    """The hidden field that makes a repeated sending the same one."""
    return format_html('<input type="hidden" name="nonce" value="{}">', new_nonce(purpose))


@register.simple_tag(takes_context=True)
def mail_to(context: template.Context, email: str) -> str:
    """Where a link leads that begins a mail."""
    return mailto.mailto(context["request"], email)


@register.simple_tag(takes_context=True)
def copy_address(context: template.Context) -> str:
    """The address for copies of whoever looks; "" where they have none."""
    return mailto.copy_of(context["request"])


@register.inclusion_tag("parts/who.html", takes_context=True)
def who(
    context: template.Context, step: str, scope: Scope | None = None, to: str = ""
) -> dict[str, Any]:
    """Who does a step or keeps a promise, who answers for it, and where one goes about it.

    On the page where one goes about it, the link is left out; `to` is a nearer page.
    """
    request = context["request"]
    if not hasattr(request, "holders"):
        request.holders = teams.holders()
    found = duties.who(step, request.holders, scope)
    link = to or (found.link if found else "")
    return {"who": found, "link": link if link != request.get_full_path() else ""}


@register.simple_tag
def side(value: str) -> SafeString:
    """A side: its colour, its icon and its word."""
    label = Side(value).label
    return format_html(
        '<span class="side side-{}" title="{}">{}{}</span>',
        value,
        label,
        icon(SIDE_ICON[value]),
        format_html("<span>{}</span>", label),
    )


@register.simple_tag
def stage(value: str, form: str = "short") -> SafeString:
    """A lifecycle stage, coloured by the side that holds a lead in it; in `form` short or long."""
    label = str(Stage(value).label)
    return format_html(
        '<span class="stage side-{}" title="{}">{}</span>',
        HOLDER[Stage(value)].value,
        label,
        label if form == "long" else stage_short(value),
    )


@register.filter
def initials(name: str) -> str:
    """The first letters of a name, for the circle beside it."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.filter
def at(values: Mapping[str, Any], key: str) -> Any:
    """What a mapping holds under a key."""
    return values.get(key)


@register.filter
def leads_href(filters: LeadFilters | None) -> str:
    """The address of the leads list with these filters."""
    return "" if filters is None else leads_url(filters)


@register.simple_tag
def opens(number: float | None, filters: LeadFilters | None) -> SafeString | str:
    """A figure as a link to the very rows it counts."""
    if filters is None or not number:
        return figures.figure(number)
    return format_html(
        '<a class="figure" href="{}">{}</a>', leads_url(filters), figures.figure(number)
    )


@register.simple_tag(takes_context=True)
def query_with(context: Mapping[str, Any], **said: str) -> str:
    """The query of this page's address, with some of it said anew."""
    query = context["request"].GET.copy()
    for name, value in said.items():
        query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def figure_link(key: str, scope: Scope, only: str = "") -> str:
    """The address of the rows that a metric counts over the scope."""
    return figure_url(key, scope, only)


@register.simple_tag
def counted(number: float | None, key: str, scope: Scope, only: str = "") -> SafeString | str:
    """A figure as a link to the rows that its metric counts over the scope."""
    if not number:
        return figures.figure(number)
    return format_html(
        '<a class="figure" href="{}">{}</a>',
        figure_url(key, scope, only),
        figures.figure(number),
    )
