"""Rooms have no clock: a door takes the moment once and passes it on."""

import ast
import re
from collections.abc import Iterable, Iterator

from django.db import models

from tests.laws.source import DOORS, WIRING, Module, calls, modules, obey, planted, texts
from tests.laws.test_arrows import our_models

CLOCKS = re.compile(
    r"\b(datetime\.(now|utcnow|today)|date\.today|timezone\.(now|localdate)"
    r"|time\.(time|time_ns|monotonic|localtime|gmtime))$"
)
DATABASE_CLOCKS = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)"
    r"|\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\bLOCALTIMESTAMP\b",
    re.IGNORECASE,
)
# The ends of spans, and typed columns that may hold any value of their kind.
SPAN_ENDS = ("_from", "_until", "_after")
WORDS = {
    "teams.User.last_login": "Django's own name",
    "leads.Observed.since": "the beginning of a span that is open",
    "leads.FactChange.moment_value": "a value of whatever fact",
    "leads.FactChange.date_value": "a value of whatever fact",
    "leads.CompanyFactChange.moment_value": "a value of whatever fact",
    "leads.CompanyFactChange.date_value": "a value of whatever fact",
    "leads.LeadValue.date_value": "a value of whatever fact",
    "leads.CompanyValue.date_value": "a value of whatever fact",
    "deals.DealValue.date_value": "a value of whatever fact",
}


def clocks(found: Iterable[Module]) -> Iterator[str]:
    """Places in rooms and flows that ask a clock, here or in the database."""
    for module in found:
        if module.room in DOORS or module.room == WIRING:
            continue
        yield from (f"{module.at(node)} {what}" for node, what in _asked(module))


def _asked(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for node, called in calls(module):
        if CLOCKS.search(called) or called.split(".")[-1] == "Now":
            yield node, f"{called}()"
        yield from ((each, f"{each.arg}=…") for each in node.keywords if _is_default(each))
    for node, text in texts(module.tree):
        if DATABASE_CLOCKS.search(text) and " " in text:
            yield node, "asks the database's clock"


def _is_default(node: ast.keyword) -> bool:
    if node.arg in {"auto_now", "auto_now_add"}:
        return True
    return node.arg in {"default", "db_default"} and bool(CLOCKS.search(ast.unparse(node.value)))


def test_rooms_ask_no_clock() -> None:
    obey("Rooms have no clock: take `at` from the caller.", clocks(modules()))


def test_a_clock_in_a_room_is_found() -> None:
    for text in (
        "at = datetime.now(UTC)",
        "at = timezone.now()",
        "day = date.today()",
        "began = time.monotonic()",
        "at = models.DateTimeField(auto_now_add=True)",
        "at = models.DateTimeField(default=timezone.now)",
        "found.update(at=Now())",
        "SQL = 'UPDATE x SET at = now()'",
        "SQL = f'SELECT current_timestamp, {column}'",
    ):
        assert list(clocks(planted("leads.actions", text))), text
        assert not list(clocks(planted("jobs.tasks", text))), text
    assert not list(clocks(planted("leads.actions", "'''Known now() as then.'''")))


def misnamed(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Columns of time that do not say by their name what they are."""
    for model in found:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField):
                is_said = field.name.endswith(("_at", *SPAN_ENDS))
            elif isinstance(field, models.DateField):
                is_said = field.name == "on" or field.name.endswith("_on")
            else:
                continue
            if not is_said:
                yield f"{model._meta.label}.{field.name}"


def test_instants_end_in_at_and_days_in_on() -> None:
    reason = "Instants end in _at, days in _on, ends of spans in _from or _until."
    obey(reason, misnamed(our_models()), WORDS)


def defaulted(found: Iterable[type[models.Model]]) -> Iterator[str]:
    for model in found:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateField):
                given = field.has_default() or field.has_db_default() or field.auto_now
                if given or field.auto_now_add:
                    yield f"{model._meta.label}.{field.name}"


def test_no_column_of_time_fills_itself() -> None:
    obey("No time defaults in models: what is stored was passed in.", defaulted(our_models()))


def test_a_column_that_breaks_this_is_found() -> None:
    class Planted(models.Model):  # noqa: DJ008 - for this test only
        created = models.DateTimeField(auto_now_add=True)

        class Meta:
            app_label = "planted"

    assert list(misnamed([Planted])) == ["planted.Planted.created"]
    assert list(defaulted([Planted])) == ["planted.Planted.created"]
