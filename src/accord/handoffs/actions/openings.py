"""What a brief tells besides facts: the story of both sides, and a first sentence to say."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accord.agreement.queries import terms_of
from accord.base.lifecycle import Side
from accord.handoffs.models import Answer, PassBack
from accord.leads import kinds
from accord.leads.models import Activity, Lead
from accord.teams.queries import names, workspace

_LINES = 5
_WORDS = 160  # as much of their words as one says in a breath
_READ = frozenset({"content.downloaded", "event.attended"})
_CLICK = frozenset({"page.visited", "pricing.visited", "email.clicked"})
_LATELY = timedelta(days=7)  # nobody says the date of what was this week
# What is asked of whoever asked us for something, and said no more.
_FITTING = {
    "contact": gettext_lazy("What is it about?"),
    "demo": gettext_lazy("What would you like to see first?"),
    "price": gettext_lazy("What should it cover?"),
    "order": gettext_lazy("What do you need, and by when?"),
    "content": gettext_lazy("What would you like to find out?"),
}
_ANY = gettext_lazy("What can I do for you?")
# What is said of a thing that was lately, and of one that was longer ago.
_SENTENCES = {
    "question": (
        gettext_lazy("You asked: “%(words)s” Shall I answer that first?"),
        gettext_lazy("On %(day)s you asked: “%(words)s” Shall I answer that first?"),
    ),
    "wish with words": (
        gettext_lazy("You %(reason)s and wrote: “%(words)s” Where shall we begin?"),
        gettext_lazy("On %(day)s you %(reason)s and wrote: “%(words)s” Where shall we begin?"),
    ),
    "wish": (
        gettext_lazy("You %(reason)s. %(question)s"),
        gettext_lazy("On %(day)s you %(reason)s. %(question)s"),
    ),
    "pass-back": (
        gettext_lazy("When we last spoke it was not the moment. What has changed since?"),
        gettext_lazy("When we spoke on %(day)s it was not the moment. What has changed since?"),
    ),
    "event": (
        gettext_lazy("You were at “%(name)s” lately. What stayed with you?"),
        gettext_lazy("You were at “%(name)s” on %(day)s. What stayed with you?"),
    ),
    "content": (
        gettext_lazy("You read “%(name)s” lately. Which question led you there?"),
        gettext_lazy("You read “%(name)s” on %(day)s. Which question led you there?"),
    ),
}


@dataclass(frozen=True)
class Told:
    """What a lead's brief is made of: what happened, newest first, and earlier pass-backs.

    `at` is when it is offered.
    """

    lead: Lead
    happened: Sequence[Activity]
    backs: Sequence[PassBack]
    people: Mapping[uuid.UUID, str]
    zone: str
    at: datetime

    def did(self, *wanted: str) -> list[Activity]:
        """What the prospect did of these kinds, newest first; of all kinds where none is named."""
        return [
            each
            for each in self.happened
            if each.side == Side.PROSPECT and (not wanted or each.kind in wanted)
        ]

    def day(self, moment: datetime) -> str:
        """A moment's day, where the company is."""
        return formats.date_format(moment.astimezone(ZoneInfo(self.zone)), "j F Y")


def earlier_backs(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, list[PassBack]]:
    """The pass-backs of leads that were not taken back, newest first."""
    found: dict[uuid.UUID, list[PassBack]] = {}
    rows = PassBack.objects.filter(lead_id__in=leads, undone_at__isnull=True)
    for back in rows.order_by("lead_id", "-passed_back_at", "-id"):
        found.setdefault(back.lead_id, []).append(back)
    return found


def company_zone() -> str:
    """The zone in which the company's days begin."""
    here = workspace()
    return here.time_zone if here else "UTC"


def people_of(backs: Mapping[uuid.UUID, Sequence[PassBack]]) -> dict[uuid.UUID, str]:
    """The names of who passed back."""
    ids = {back.passed_back_by_id for each in backs.values() for back in each}
    return names(sorted(ids)) if ids else {}


def story(told: Told) -> list[str]:
    """What both sides did, in five lines at most: what came first, first."""
    return [line for line in _lines(told) if line][:_LINES]


def _lines(told: Told) -> Iterator[str]:
    yield _first_contact(told)
    yield from reversed([_round(told, back) for back in told.backs[:2]])
    yield _what_they_did(told)
    yield _what_marketing_sent(told)


def _first_contact(told: Told) -> str:
    lead = told.lead
    words = {
        "day": told.day(lead.first_contact_at),
        "source": lead.source or "",
        "campaign": lead.campaign.name if lead.campaign else "",
    }
    if words["source"] and words["campaign"]:
        return _("First contact on %(day)s through %(source)s, campaign “%(campaign)s”.") % words
    if words["campaign"]:
        return _("First contact on %(day)s, campaign “%(campaign)s”.") % words
    if words["source"]:
        return _("First contact on %(day)s through %(source)s.") % words
    return _("First contact on %(day)s.") % words


def _what_they_did(told: Told) -> str:
    """What they read and looked at, most often first; asking stands in the reason."""
    looked = [each for each in told.did() if each.kind in _READ | _CLICK]
    counts = Counter(kinds.of(each.kind).sentence(each) for each in looked)
    if not looked:
        return ""
    parts = [
        sentence
        if number == 1
        else ngettext("%(what)s (%(n)d time)", "%(what)s (%(n)d times)", number)
        % {"what": sentence, "n": number}
        for sentence, number in counts.most_common(3)
    ]
    return _("%(what)s; last on %(day)s.") % {
        "what": "; ".join(parts),
        "day": told.day(looked[0].happened_at),
    }


def _what_marketing_sent(told: Told) -> str:
    sent = [e for e in told.happened if e.kind == "mail.sent" and e.side == Side.MARKETING]
    if not sent:
        return ""
    return _("Marketing on %(day)s: %(what)s.") % {
        "day": told.day(sent[0].happened_at),
        "what": kinds.of(sent[0].kind).sentence(sent[0]),
    }


def _round(told: Told, back: PassBack) -> str:
    reasons = terms_of(back.agreement_version).reasons
    words = {
        "day": told.day(back.passed_back_at),
        "name": told.people.get(back.passed_back_by_id, _("Somebody")),
        "reason": reasons[back.reason].label if back.reason in reasons else back.reason,
    }
    line = _("Passed back on %(day)s by %(name)s: %(reason)s.") % words
    if back.note:
        line += f" “{_short(back.note)}”"
    if back.answer and back.answer != Answer.ITSELF:
        line += " " + _("Marketing answered: %(answer)s.") % {"answer": Answer(back.answer).label}
    if back.answer_note:
        line += f" “{_short(back.answer_note)}”"
    return line


def opening(told: Told, *, wish: str, reason: str, words: Sequence[str]) -> str:
    """A first sentence that one can say; "" where nothing of theirs speaks for one.

    Their own question first, then what they asked for (the `wish` that made the handoff) with
    their words, then what they read. What they merely clicked on is not held up to them.
    """
    quoted = {"words": _short(words[0]) if words else "", "reason": reason}
    asked = [each for each in told.did("question.asked") if each.text]
    if asked:
        return _said(told, "question", asked[0].happened_at, words=_short(asked[0].text or ""))
    raised = [each for each in told.did() if wish and each.outcome == wish]
    if raised and words:
        return _said(told, "wish with words", raised[0].happened_at, **quoted)
    if raised:
        asks = str(_FITTING.get(wish, _ANY))
        return _said(told, "wish", raised[0].happened_at, reason=reason, question=asks)
    return _softer(told, quoted["words"])


def _softer(told: Told, words: str) -> str:
    if told.backs and not _was_out_of_reach(told.backs[0]):
        return _said(told, "pass-back", told.backs[0].passed_back_at)
    if mails := [each.text for each in told.did("mail.received") if each.text]:
        written = {"words": _short(mails[0])}
        return _("You wrote to us: “%(words)s” Shall I answer that first?") % written
    if words:
        return _("You wrote: “%(words)s” How do you do that today?") % {"words": words}
    for each in told.did(*_READ):
        if name := (each.detail or {}).get("name"):
            what = "event" if each.kind == "event.attended" else "content"
            return _said(told, what, each.happened_at, name=name)
    return ""


def _said(told: Told, what: str, moment: datetime, **words: str) -> str:
    """A sentence of `_SENTENCES`; with the day only where that is a while before the offer."""
    lately, earlier = _SENTENCES[what]
    is_lately = told.at - moment < _LATELY
    return str(lately if is_lately else earlier) % {**words, "day": told.day(moment)}


def _was_out_of_reach(back: PassBack) -> bool:
    reason = terms_of(back.agreement_version).reasons.get(back.reason)
    return reason is None or reason.after_attempts or reason.destination != "nurture"


def _short(text: str) -> str:
    """Their words in one breath, whole words only."""
    plain = " ".join(text.split())
    if len(plain) > _WORDS:
        plain = plain[:_WORDS].rsplit(" ", 1)[0] + " …"
    return plain if plain[-1:] in ".!?…" else f"{plain}."
