"""Messages as Slack and Teams take them. What prospects wrote stays plain text in both.

Slack: & < > are escaped, so that nobody is called by <!channel>; a section holds 3,000
characters, a message 50 blocks and about 13,000 characters in all. Teams: an adaptive card 1.4 of
at most 28 KB, made of text runs, which know no Markdown.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accord.outbox.models import Service
from accord.outbox.parcels import MOST_TOGETHER, Notice, Parcel

SLACK_SECTION = 550  # characters; twenty of them stay below what a message may hold
TEAMS_TEXT = 400
TEAMS_BYTES = 28 * 1024


def body_of(parcel: Parcel, service: str) -> bytes:
    """The message as JSON."""
    made = _slack(parcel) if service == Service.SLACK else _teams(parcel)
    return json.dumps(made, ensure_ascii=False).encode()


def _slack(parcel: Parcel) -> Mapping[str, Any]:
    texts = [_section(each) for each in parcel.notices[:MOST_TOGETHER]]
    if len(parcel.notices) > MOST_TOGETHER:
        texts.append(_("There is more in Accord."))
    sections = [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        for text in texts
    ]
    return {"text": escaped(parcel.subject, SLACK_SECTION), "blocks": sections}


def _section(notice: Notice) -> str:
    link = f"\n<{escaped(notice.address, 500)}|{_('Open in Accord')}>" if notice.address else ""
    said = "\n".join(part for part in (notice.subject, notice.text) if part)
    return escaped(said, SLACK_SECTION) + link


def escaped(text: str, most: int) -> str:
    """The text with & < > escaped, cut so that no more than `most` characters go out."""
    whole = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(whole) <= most:
        return whole
    return re.sub(r"&[a-z]{0,3}$", "", whole[: most - 1]) + "…"


def _teams(parcel: Parcel) -> Mapping[str, Any]:
    blocks: list[Any] = []
    for notice in parcel.notices:
        block = _runs(notice)
        if len(json.dumps([*blocks, *block], ensure_ascii=False).encode()) > TEAMS_BYTES - 2_000:
            more = _("There is more in Accord.")
            blocks.append({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": more}]})
            break
        blocks += block
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": parcel.subject[:200],
        "body": blocks,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _runs(notice: Notice) -> list[Any]:
    heading: dict[str, Any] = {"type": "TextRun", "text": notice.subject, "weight": "Bolder"}
    if notice.address:
        heading["selectAction"] = {"type": "Action.OpenUrl", "url": notice.address}
    blocks: list[Any] = [{"type": "RichTextBlock", "inlines": [heading]}]
    if notice.text:
        text = notice.text[:TEAMS_TEXT] + ("…" if len(notice.text) > TEAMS_TEXT else "")
        blocks.append({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text}]})
    return blocks
