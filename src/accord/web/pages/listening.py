"""How the person wants to be told: kind by kind, quiet hours, browsers and chats."""

import uuid
from datetime import time
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.base.errors import Invalid, Refusal
from accord.outbox import actions, kinds, queries
from accord.outbox.actions import CHANNELS, QUIETS, SERVICES, Listening, NewChat
from accord.outbox.kinds import TIMINGS
from accord.web.permissions import ADMIN, HEAD_OF_MARKETING, HEAD_OF_SALES

if TYPE_CHECKING:
    from accord.web.requests import Request

# Whose chats somebody looks after.
SIDES: dict[str, Any] = {HEAD_OF_SALES: ["sales"], HEAD_OF_MARKETING: ["marketing"]}


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: "Request") -> HttpResponse:
    """All choices of the person; POST keeps those of kinds and of quiet hours."""
    if request.method != "POST":
        return _page(request)
    try:
        wishes = {
            (kind, str(channel)): request.POST[f"{kind}:{channel}"]
            for kind in kinds.registered()
            for channel in TIMINGS
            if f"{kind}:{channel}" in request.POST
        }
        actions.set_listener(user=request.user.id, listening=_listening(request))
        actions.set_wishes(user=request.user.id, wishes=wishes)
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("Kept. It holds from now on."))
    return redirect("notification_settings")


@require_POST
def browsers(request: "Request") -> HttpResponse:
    """Push to the browser that asks from now on; it sends its subscription."""
    actions.add_browser(
        user=request.user.id,
        said=request.POST.get("subscription", ""),
        name=request.POST.get("name", ""),
        at=request.at,
    )
    messages.success(
        request, _("This browser tells you from now on, even when it shows no Accord.")
    )
    return redirect("notification_settings")


@require_POST
def browser_removal(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Push to one of the person's browsers no longer."""
    actions.remove_browser(user=request.user.id, id=id)
    messages.success(request, _("It is not told any more."))
    return redirect("notification_settings")


@require_POST
def chats(request: "Request") -> HttpResponse:
    """Connect the person's own chat, or a team's."""
    side = request.POST.get("side", "")
    chat = NewChat(
        name=request.POST.get("name", ""),
        service=request.POST.get("service", ""),
        url=request.POST.get("url", ""),
        side=side,
        kinds=request.POST.getlist("kinds"),
    )
    if side and side not in _sides(request):
        raise Refusal(_("Only who answers for the side connects its chats."))
    try:
        actions.connect_chat(
            chat=chat, user=None if side else request.user.id, by=request.user.id, at=request.at
        )
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(
        request, _("Connected. A first message is on its way there; see whether it arrives.")
    )
    return redirect("notification_settings")


@require_POST
def chat_removal(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Forget a chat's address: one's own, or a team's."""
    is_teams = request.POST.get("team") == "yes"
    actions.disconnect_chat(
        id=id, user=None if is_teams else request.user.id, sides=_sides(request)
    )
    messages.success(request, _("Disconnected. Its address is forgotten."))
    return redirect("notification_settings")


def _page(request: "Request", refusal: Refusal | None = None) -> HttpResponse:
    sides = _sides(request)
    browsers, own_chat = queries.browsers(request.user), queries.own_chat(request.user)
    has = {"email": True, "push": bool(browsers), "chat": bool(own_chat)}
    context = {
        "choices": queries.choices(request.user),
        "channels": {key: label for key, label in CHANNELS.items() if has[key]},
        "timings": {str(channel): found for channel, found in TIMINGS.items()},
        "listener": queries.listener(request.user),
        "quiets": QUIETS,
        "browsers": browsers,
        "push_key": actions.push_key(at=request.at),
        "services": SERVICES,
        "own_chat": own_chat,
        "sides": sides,
        "team_chats": [
            (chat, [kinds.of(key).label for key in chat.kinds])
            for chat in queries.team_chats(sides)
        ],
        "team_kinds": [
            kind
            for kind in kinds.registered().values()
            if not kind.is_personal and kind.concerns([*sides, "accord"])
        ],
        "given": request.POST,
        "sentence": refusal.sentence if refusal else "",
        "refused": getattr(refusal, "field", ""),
    }
    return render(request, "listening.html", context, status=422 if refusal else 200)


def _listening(request: "Request") -> Listening:
    said = request.POST
    return Listening(
        quiet=said.get("quiet", ""),
        quiet_from=_time(said.get("quiet_from", ""), "quiet_from"),
        quiet_until=_time(said.get("quiet_until", ""), "quiet_until"),
        lets_urgent=said.get("lets_urgent") == "yes",
        gets_digest=said.get("gets_digest") == "yes",
        push_says=said.get("push_says") == "yes",
    )


def _time(text: str, field: str) -> time | None:
    if not text:
        return None
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise Invalid(_("“%(text)s” is no time.") % {"text": text}, field=field) from error


def _sides(request: "Request") -> list[str]:
    """The sides whose chats the person looks after."""
    roles = set(request.user.roles)
    if ADMIN in roles:
        return ["sales", "marketing"]
    return [side for role, sides in SIDES.items() if role in roles for side in sides]
