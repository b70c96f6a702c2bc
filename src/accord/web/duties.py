"""Who does a step of a lead's way and who answers for it, with the one thing to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accord.agreement.queries import NoAgreement, running
from accord.agreement.wording import joined
from accord.criteria.metrics import Scope
from accord.web.scopes import figure_url
from accord.web.words import role_label

_NAMED = 2  # of those who do it; more are counted

# Where one goes about a step, a promise or an artefact: the page, its query, what is done there.
PAGES: Mapping[str, tuple[str, str, Any]] = {
    "receive": ("imports", "", gettext_lazy("See what came in")),
    "identify": ("duplicates", "", gettext_lazy("See who may be one person")),
    "record": ("leads", "", gettext_lazy("Mend the record")),
    "evaluate": ("suggestions", "", gettext_lazy("See which facts are missing most")),
    "advance": ("agreement", "", gettext_lazy("Read what qualifies a lead")),
    "hand_off": ("handoffs", "?show=queue", gettext_lazy("See who waits in the queue")),
    "follow_up": ("handoffs", "?show=late", gettext_lazy("See who waits too long")),
    "pass_back": ("handoffs", "", gettext_lazy("Answer what is open")),
    "close": ("deals", "", gettext_lazy("See the open deals")),
    "revenue": ("deals", "", gettext_lazy("Look at the open deals")),
    "acceptance_rate": ("handoffs", "?show=all", gettext_lazy("See what waits for an answer")),
    "attempts": ("handoffs", "?show=late", gettext_lazy("See who waits too long")),
    "ready_leads": ("leads", "", gettext_lazy("See who is not ready yet")),
    "lead_to_customer": ("scoreboard", "", gettext_lazy("See where customers come from")),
    "first_attempt": ("handoffs", "?show=late", gettext_lazy("See who waits too long")),
    "answer": ("handoffs", "?show=late", gettext_lazy("See who waits too long")),
    "disposition": ("handoffs", "?show=late", gettext_lazy("See who waits too long")),
    "pass_back_answer": ("came_back", "", gettext_lazy("Answer what came back")),
    "nurture": ("leads", "?stage=recycled", gettext_lazy("See who is in nurture")),
    "content": ("content_requests", "", gettext_lazy("See what sales asked for")),
    "agreement": ("agreement", "", gettext_lazy("Read the agreement")),
    "scorecards": ("agreement", "", gettext_lazy("Read the scorecards")),
    "brief": ("handoffs", "", gettext_lazy("Read the briefs")),
    "scoreboard": ("scoreboard", "", gettext_lazy("Look at the figures")),
}
# Where a period is looked at, the rows of a figure say more than a page.
FIGURES: Mapping[str, tuple[str, Any]] = {
    "acceptance_rate": ("passed_back", gettext_lazy("Read what came back and why")),
    "attempts": ("given_up", gettext_lazy("See what was given up")),
}


@dataclass(frozen=True)
class Who:
    """In sentences, for one step; `link` is "" where there is no page about it."""

    does: str
    answers: str
    link: str
    act: str


def who(step: str, holders: Mapping[str, Sequence[str]], scope: Scope | None = None) -> Who | None:
    """Who is responsible for a step and who accountable; None where nobody is named.

    `holders` are the names of those who hold each role; a figure is opened over `scope`.
    """
    try:
        duty = running().duty(step)
    except NoAgreement:
        return None
    if duty is None:
        return None
    link, act = action(step, scope)
    people = joined(holders.get(duty.accountable, ()))
    return Who(
        does=_("Done by %(who)s.")
        % {"who": joined([_doers(role, holders.get(role, ())) for role in duty.responsible])},
        answers=_("%(people)s (%(role)s) answers for it.")
        % {"people": people or _("Nobody yet"), "role": role_label(duty.accountable)},
        link=link,
        act=act,
    )


def action(step: str, scope: Scope | None = None) -> tuple[str, str]:
    """The address where one goes about a step, and what one does there; "" where there is none."""
    if step in FIGURES and scope:
        figure, act = FIGURES[step]
        return figure_url(figure, scope), str(act)
    if step in PAGES:
        view, query, act = PAGES[step]
        return f"{reverse(view)}{query}", str(act)
    return "", ""


def _doers(role: str, people: Sequence[str]) -> str:
    """Who holds a role: all of a few, else the first and how many more."""
    words = {"role": role_label(role), "people": ", ".join(people[:_NAMED])}
    more = len(people) - _NAMED
    if not people:
        return _("nobody yet (%(role)s)") % words
    if more <= 0:
        return _("%(people)s (%(role)s)") % words
    named = ngettext(
        "%(people)s and %(n)d more (%(role)s)", "%(people)s and %(n)d more (%(role)s)", more
    )
    return named % {**words, "n": more}
