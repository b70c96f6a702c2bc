"""What happens to deals, as sentences."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.base.lifecycle import Side
from accord.leads.kinds import Kind, Told, register


def _named(sentence: Any) -> Callable[[Told], str]:
    return lambda told: str(sentence) % {"title": (told.detail or {}).get("title", "")}


def _moved(told: Told) -> str:
    detail = told.detail or {}
    return _("Moved the deal “%(title)s” to %(step)s") % {
        "title": detail.get("title", ""),
        "step": detail.get("step", ""),
    }


def _lost(told: Told) -> str:
    detail = told.detail or {}
    return _("Lost the deal “%(title)s”: %(reason)s") % {
        "title": detail.get("title", ""),
        "reason": detail.get("label") or told.outcome or "",
    }


register(
    Kind(
        "deal.opened",
        gettext_lazy("Deal opened"),
        Side.SALES,
        "briefcase",
        _named(gettext_lazy("Opened the deal “%(title)s”")),
    ),
    Kind(
        "deal.joined",
        gettext_lazy("Deal joined"),
        Side.SALES,
        "users-plus",
        _named(gettext_lazy("Takes part in the deal “%(title)s”")),
    ),
    Kind(
        "deal.given",
        gettext_lazy("Deal given to a colleague"),
        Side.SALES,
        "switch-horizontal",
        lambda told: (
            _("The deal “%(title)s” is %(owner)s's now")
            % {key: (told.detail or {}).get(key, "") for key in ("title", "owner")}
        ),
    ),
    Kind("deal.moved", gettext_lazy("Deal moved"), Side.SALES, "arrow-right", _moved),
    Kind(
        "deal.won",
        gettext_lazy("Deal won"),
        Side.SALES,
        "trophy",
        _named(gettext_lazy("Won the deal “%(title)s”")),
    ),
    Kind("deal.lost", gettext_lazy("Deal lost"), Side.SALES, "mood-sad", _lost),
)
