"""The rows behind one figure of a back-test."""

import uuid
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accord.base.errors import Missing
from accord.criteria.registry import registry
from accord.insights.back_test_lists import Only, list_page
from accord.qualification import queries
from accord.teams import queries as teams
from accord.web.pages.back_tests import title_of
from accord.web.times import month

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_GET
def back_test_rows(request: "Request", back_test_id: uuid.UUID) -> HttpResponse:
    """The leads, deals or handoffs behind one figure."""
    test = queries.back_test(back_test_id)
    given = request.GET
    of, number = given.get("of", ""), given.get("variant", "0")
    if not number.isdecimal() or int(number) >= len(test.variants):
        raise Missing(_("There is no such variant in this back-test."))
    only = Only(
        month=given.get("month", ""),
        field=given.get("field", ""),
        value=given.get("value"),
        zone=teams.company_calendar().time_zone,
    )
    cursor = given.get("cursor", "")
    page = list_page(test, of=of, number=int(number), only=only, user=request.user, cursor=cursor)
    context = {
        "test": test,
        "page": page,
        "heading": _list_title(of, test.variants[int(number)]["name"], test.variants[0]["name"]),
        "part": _part_of(only),
        "query": urlencode({key: value for key, value in given.items() if key != "cursor"}),
        "is_later_page": bool(cursor),
        "title": title_of(test),
    }
    return render(request, "back_test_rows.html", context)


def _part_of(only: Only) -> str:
    if only.month:
        return month(date.fromisoformat(f"{only.month}-01"))
    if only.field:
        value = _("(not known)") if only.value is None else only.value
        return f"{registry.label(only.field)}: {value}"
    return ""


def _list_title(of: str, variant: str, first: str) -> str:
    titles = {
        "in": _("Qualified with %(variant)s"),
        "standing": _("Qualified with %(variant)s from the beginning"),
        "more": _("Qualified with %(variant)s, not with %(first)s"),
        "less": _("Qualified with %(first)s, not with %(variant)s"),
        "out": _("Never qualified with %(variant)s"),
        "customers_in": _("Became customers after they qualified with %(variant)s"),
        "customers_out": _("Became customers and never qualified with %(variant)s"),
        "kept": _("Won, and qualified with %(variant)s too"),
        "lost": _("Won, and not qualified with %(variant)s"),
        "gained": _("Won, and qualified with %(variant)s only"),
        "won_in": _("Won, of leads that had qualified with %(variant)s"),
        "won_out": _("Won, of leads that had not qualified with %(variant)s"),
        "closed_in": _("Won or lost, of leads that had qualified with %(variant)s"),
        "closed_out": _("Won or lost, of leads that had not qualified with %(variant)s"),
        "accepted_in": _("Accepted, of leads that had qualified with %(variant)s"),
        "accepted_out": _("Accepted, of leads that had not qualified with %(variant)s"),
        "answered_in": _("Answered, of leads that had qualified with %(variant)s"),
        "answered_out": _("Answered, of leads that had not qualified with %(variant)s"),
    }
    return titles[of] % {"variant": variant, "first": first}
