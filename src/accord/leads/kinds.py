"""The kinds of activity, each with the sentence a person reads.

Rooms above register their own kinds here; an activity of an unregistered kind is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.base.lifecycle import Side, Stage
from accord.criteria.registry import registry


class Told(Protocol):
    """What a sentence is made of."""

    kind: str
    channel: str | None
    outcome: str | None
    text: str | None
    detail: dict[str, Any] | None


@dataclass(frozen=True)
class Kind:
    """`sentence` says what happened; `icon` is the name of a Tabler icon.

    `shows_text` tells whether the activity's own text stands below the sentence.
    `is_new_event` marks what the prospect did, which can make a lead ready again.
    """

    key: str
    label: Any
    side: Side
    icon: str
    sentence: Callable[[Told], str]
    shows_text: bool = True
    is_new_event: bool = False


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known. A key can be taken once."""
    for kind in kinds:
        known = _kinds.setdefault(kind.key, kind)
        if known.label != kind.label:
            raise ValueError(f"Two kinds of activity are called {kind.key}.")


def of(key: str) -> Kind:
    """The kind of this key. Raises KeyError when no room registered it."""
    return _kinds[key]


def registered() -> Mapping[str, Kind]:
    """All kinds by key."""
    return _kinds


def new_event_kinds() -> list[str]:
    """The kinds of what a prospect does, sorted."""
    return sorted(kind.key for kind in _kinds.values() if kind.is_new_event)


ASKED_FOR = {
    "contact": gettext_lazy("to be contacted"),
    "demo": gettext_lazy("for a demo"),
    "price": gettext_lazy("for a price"),
    "order": gettext_lazy("to order"),
    "content": gettext_lazy("for content"),
    "newsletter": gettext_lazy("for the newsletter"),
}


def _submitted(told: Told) -> str:
    if told.outcome in ASKED_FOR:
        return _("Filled in a form and asked %(what)s") % {"what": ASKED_FOR[told.outcome]}
    return _("Filled in a form")


def _called(told: Told) -> str:
    if told.outcome in ASKED_FOR:
        return _("Called and asked %(what)s") % {"what": ASKED_FOR[told.outcome]}
    return _("Called us")


AGREED = {
    "email": gettext_lazy("Agreed to get e-mails"),
    "phone": gettext_lazy("Agreed to be called"),
    "profiling": gettext_lazy("Agreed to profiling"),
}
TOOK_BACK = {
    "email": gettext_lazy("Wants no e-mails"),
    "phone": gettext_lazy("Does not want to be called"),
    "profiling": gettext_lazy("Wants no profiling"),
}


def _consented(sentences: Mapping[str, Any], without: Any) -> Callable[[Told], str]:
    def tell(told: Told) -> str:
        sentence = str(sentences.get(told.outcome or "", without))
        how = (told.detail or {}).get("name")
        if not how:
            return sentence
        return _("%(sentence)s (%(how)s)") % {"sentence": sentence, "how": how}

    return tell


def _named(sentence: Any, without: Any) -> Callable[[Told], str]:
    def tell(told: Told) -> str:
        name = (told.detail or {}).get("name")
        return str(sentence) % {"name": name} if name else str(without)

    return tell


def _stage_entered(told: Told) -> str:
    detail = told.detail or {}
    stage = str(Stage(told.outcome).label) if told.outcome else ""
    if detail.get("why") and detail["why"] != stage:
        return _("Entered the stage %(stage)s: %(why)s") % {"stage": stage, "why": detail["why"]}
    return _("Entered the stage %(stage)s") % {"stage": stage}


def _fact_changed(told: Told) -> str:
    keys = [key.removesuffix("_id") for key in (told.detail or {}).get("facts", [])]
    names = ", ".join(map(registry.label, keys))
    return _("Changed: %(facts)s") % {"facts": names}


def _owner_assigned(told: Told) -> str:
    detail = told.detail or {}
    return _("%(owner)s became the owner: %(why)s") % {
        "owner": detail.get("owner", ""),
        "why": detail.get("why", ""),
    }


def _named_lead(sentence: Any) -> Callable[[Told], str]:
    return lambda told: str(sentence) % {"lead": (told.detail or {}).get("lead", "")}


def _act(key: str, label: Any, icon: str, sentence: Callable[[Told], str]) -> Kind:
    """What the prospect does."""
    return Kind(key, label, Side.PROSPECT, icon, sentence, is_new_event=True)


register(
    _act("form.submitted", gettext_lazy("Form"), "forms", _submitted),
    _act(
        "page.visited",
        gettext_lazy("Page visit"),
        "world",
        _named(gettext_lazy("Visited the page “%(name)s”"), gettext_lazy("Visited a page")),
    ),
    _act(
        "pricing.visited",
        gettext_lazy("Pricing page visit"),
        "currency-euro",
        _named(
            gettext_lazy("Looked at the prices: “%(name)s”"), gettext_lazy("Looked at the prices")
        ),
    ),
    _act(
        "email.clicked",
        gettext_lazy("E-mail click"),
        "mail-opened",
        _named(
            gettext_lazy("Clicked in the e-mail “%(name)s”"), gettext_lazy("Clicked in an e-mail")
        ),
    ),
    # What marketing's own tools write. It makes nobody ready: only what comes of it does.
    Kind(
        "email.sent",
        gettext_lazy("Marketing's e-mail"),
        Side.MARKETING,
        "mail-share",
        _named(gettext_lazy("Was sent the e-mail “%(name)s”"), gettext_lazy("Was sent an e-mail")),
    ),
    _act(
        "content.downloaded",
        gettext_lazy("Download"),
        "download",
        _named(gettext_lazy("Downloaded “%(name)s”"), gettext_lazy("Downloaded content")),
    ),
    _act(
        "event.attended",
        gettext_lazy("Event"),
        "calendar-event",
        _named(gettext_lazy("Attended “%(name)s”"), gettext_lazy("Attended an event")),
    ),
    _act("call.received", gettext_lazy("Call from them"), "phone-incoming", _called),
    _act(
        "question.asked",
        gettext_lazy("Question"),
        "help-circle",
        lambda told: _("Asked a question"),
    ),
    Kind(
        "import.added",
        gettext_lazy("Import"),
        Side.MARKETING,
        "file-import",
        _named(gettext_lazy("Came in with the file %(name)s"), gettext_lazy("Came in with a file")),
    ),
    Kind(
        "lead.brought",
        gettext_lazy("Brought by a rep"),
        Side.SALES,
        "user-plus",
        lambda told: _("Brought in by a rep"),
    ),
    Kind(
        "mail.sent",
        gettext_lazy("E-mail to them"),
        Side.SALES,
        "mail-forward",
        _named(gettext_lazy("Wrote the e-mail “%(name)s”"), gettext_lazy("Wrote an e-mail")),
    ),
    _act(
        "mail.received",
        gettext_lazy("E-mail from them"),
        "mail",
        _named(gettext_lazy("Wrote to us: “%(name)s”"), gettext_lazy("Wrote to us")),
    ),
    Kind(
        "mail.automatic",
        gettext_lazy("Automatic reply"),
        Side.PROSPECT,
        "robot",
        _named(
            gettext_lazy("Their mail server answered: “%(name)s”"),
            gettext_lazy("Their mail server answered"),
        ),
    ),
    Kind("note.added", gettext_lazy("Note"), Side.ACCORD, "note", lambda told: _("Note")),
    Kind(
        "consent.given",
        gettext_lazy("Consent"),
        Side.PROSPECT,
        "checkbox",
        _consented(AGREED, gettext_lazy("Gave a consent")),
    ),
    Kind(
        "consent.withdrawn",
        gettext_lazy("Consent withdrawn"),
        Side.PROSPECT,
        "circle-minus",
        _consented(TOOK_BACK, gettext_lazy("Took a consent back")),
    ),
    Kind(
        "fact.changed",
        gettext_lazy("Fact"),
        Side.ACCORD,
        "pencil",
        _fact_changed,
    ),
    Kind("stage.entered", gettext_lazy("Stage"), Side.ACCORD, "stairs-up", _stage_entered),
    Kind(
        "lead.merged",
        gettext_lazy("Merged"),
        Side.ACCORD,
        "arrow-merge",
        _named_lead(gettext_lazy("Merged with %(lead)s, who was the same person")),
    ),
    Kind(
        "lead.parted",
        gettext_lazy("Parted"),
        Side.ACCORD,
        "arrows-split-2",
        _named_lead(gettext_lazy("Parted from %(lead)s again")),
    ),
    Kind("owner.assigned", gettext_lazy("Owner"), Side.ACCORD, "user-check", _owner_assigned),
)
