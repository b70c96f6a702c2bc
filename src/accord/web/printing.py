"""The page of promises as a PDF file, one sheet."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from django.contrib.staticfiles import finders
from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from accord.base.lifecycle import Side
from accord.insights.promised import Quality, Volume
from accord.web.figures import figure, percent
from accord.web.times import exact
from accord.web.words import promise_state

if TYPE_CHECKING:
    from accord.web.pages.promises import Row

_SMALL, _TEXT, _HEAD, _TITLE = 7.5, 9, 12, 17  # points
_RULE, _MUTED = HexColor("#d0d5dd"), HexColor("#475467")
_WIDTHS = [62 * mm, 28 * mm, 34 * mm, 22 * mm, 34 * mm]


def printed(context: Mapping[str, Any]) -> bytes:
    """The page's context as a PDF file."""
    plain, bold = _letters()
    style = ParagraphStyle("text", fontName=plain, fontSize=_TEXT, leading=_TEXT * 1.35)
    small = ParagraphStyle("small", style, fontSize=_SMALL, leading=_SMALL * 1.35, textColor=_MUTED)
    head = ParagraphStyle("head", style, fontName=bold, fontSize=_HEAD, leading=18, spaceBefore=8)
    title = ParagraphStyle("title", head, fontSize=_TITLE, leading=22)
    company = context["workspace"].name if context["workspace"] else "Accord"
    story: list[Flowable] = [
        Paragraph(escape(_("How the promises stand") + f": {context['month']}"), title),
        Paragraph(escape(f"{company} · {_standing(context)}"), small),
    ]
    for name, rows in (("", context["goal"]), *context["sides"]):
        if rows:
            heading = str(Side(name).label) if name else _("The goal")
            story += [Paragraph(escape(heading), head), _table(rows, style, small)]
    if context["looked"]:
        story.append(Paragraph(escape(_("The figures we look at")), head))
        for each in context["looked"]:
            story.append(Paragraph(escape(f"{each.label}: {_looked(each)}"), style))
    story.append(Spacer(1, 6 * mm))
    made = BytesIO()
    sheet = SimpleDocTemplate(
        made,
        pagesize=A4,
        title=_("Promises"),
        author=company,
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=15 * mm,
        bottomMargin=15 * mm,
    )
    sheet.build(story)
    return made.getvalue()


@lru_cache(maxsize=1)
def _letters() -> tuple[str, str]:
    """Letters of most alphabets; without the front-end packages only those of Western Europe."""
    try:
        for name in ("DejaVuSans", "DejaVuSans-Bold"):
            registerFont(TTFont(name, finders.find(f"letters/{name}.ttf") or ""))
    except TTFError:
        return "Helvetica", "Helvetica-Bold"
    return "DejaVuSans", "DejaVuSans-Bold"


def _standing(context: Mapping[str, Any]) -> str:
    terms = context["terms"]
    return _("Version %(number)s of the agreement, as of %(moment)s") % {
        "number": terms.number,
        "moment": exact(timezone.localtime(context["at"])),
    }


def _table(rows: Sequence["Row"], style: ParagraphStyle, small: ParagraphStyle) -> Table:
    names = (_("Promise"), _("Promised"), _("Delivered"), _("State"), _("Answers for it"))
    cells = [[Paragraph(escape(name), small) for name in names]]
    cells += [[Paragraph(text, style) for text in _cells(row)] for row in rows]
    table = Table(cells, colWidths=_WIDTHS, hAlign="LEFT", repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
            ]
        )
    )
    return table


def _cells(row: "Row") -> Iterator[str]:
    yield escape(row.title)
    yield from map(escape, _figures(row.counted))
    yield escape(promise_state(row.state))
    yield escape(row.who.answers if row.who else "")


def _figures(counted: Volume | Quality) -> tuple[str, str]:
    if isinstance(counted, Volume):
        unit = "" if counted.unit == "leads" else f" {counted.unit}"
        return f"{figure(counted.target)}{unit}", _("%(number)s, due %(due)s") % {
            "number": figure(counted.delivered),
            "due": figure(counted.expected),
        }
    said = percent(counted.promised) if counted.promised is not None else "–"
    if counted.delivered.value is None:
        return said, "–"
    part, whole = counted.delivered.part, counted.delivered.whole
    share = percent(counted.delivered.value, 1)
    return said, _("%(share)s (%(part)s of %(whole)s)") % {
        "share": share,
        "part": figure(part),
        "whole": figure(whole),
    }


def _looked(each: Any) -> str:
    if each.share is None:
        return figure(each.number)
    return percent(each.share.value, 1) if each.share.value is not None else "–"
