"""What holds from now on so that leads can live apart: keys, references, locks."""

import ast
from collections.abc import Iterable, Iterator

import pytest
from django.apps import apps
from django.db import connection, models

from tests.laws.scale import KEPT_OTHERWISE, breaches, key_of, lead_keyed
from tests.laws.source import Module, calls, modules, obey, planted, texts
from tests.laws.test_arrows import our_models


def test_there_are_tables_kept_by_lead() -> None:
    names = {model._meta.label for model in lead_keyed()}
    assert {"leads.Lead", "leads.Activity", "handoffs.Handoff", "deals.Deal"} <= names
    assert set(KEPT_OTHERWISE) <= {model._meta.label for model in our_models()}


def loose_keys(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Unique keys that do not contain the key by which the rows are spread."""
    for model in found:
        key = key_of(model)
        unique = [
            (f"{model._meta.label}.{field.name}", {field.column})
            for field in model._meta.concrete_fields
            if field.unique and not field.primary_key
        ]
        unique += [
            (f"{model._meta.label} {rule.name}", set(rule.fields))
            for rule in model._meta.constraints
            if isinstance(rule, models.UniqueConstraint)
        ]
        unique += [
            (f"{model._meta.label} {names}", set(names)) for names in model._meta.unique_together
        ]
        yield from (name for name, columns in unique if key not in columns)


def test_unique_keys_contain_the_lead() -> None:
    obey(
        "Only what contains lead_id can be unique once leads live apart.", loose_keys(lead_keyed())
    )


def references(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Foreign keys to tables that are spread: they would cross machines."""
    spread = {*lead_keyed(), *(apps.get_model(label) for label in KEPT_OTHERWISE)}
    for model in found:
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model in spread:
                yield f"{model._meta.label}.{field.name}"


def test_nothing_refers_to_a_spread_table() -> None:
    reason = "No foreign key to a lead or to what lies with it: keep its plain id."
    obey(reason, references(our_models()))


def test_a_model_that_breaks_this_is_found() -> None:
    class Visit(models.Model):  # noqa: DJ008 - for this test only
        lead = models.ForeignKey("leads.Lead", models.CASCADE, related_name="+")
        number = models.IntegerField(unique=True)

        class Meta:
            app_label = "planted"
            constraints = [models.UniqueConstraint(fields=["lead", "number"], name="once")]

    Visit._meta.constraints[0].fields = ("number",)
    assert list(loose_keys([Visit])) == ["planted.Visit.number", "planted.Visit once"]
    assert list(references([Visit])) == ["planted.Visit.lead"]


_TRIGGERS = """
SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relname = ANY(%s) ORDER BY 1, 2
"""


def triggers() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS, [[model._meta.db_table for model in lead_keyed()]])
        return [f"{table}: {name}" for table, name in cursor.fetchall()]


@pytest.mark.django_db
def test_no_triggers_on_what_lies_with_leads() -> None:
    obey("No triggers on lead-keyed tables: what follows is called in the action.", triggers())
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER planted BEFORE INSERT ON leads_lead"
            " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        )
    assert triggers() == ["leads_lead: planted"]


def locks(found: Iterable[Module]) -> Iterator[str]:
    """Locks on rows of leads, in texts and by the ORM."""
    spread = {model.__name__ for model in lead_keyed()}
    kept = {model.__name__ for model in our_models()} - spread
    for module in found:
        for node, text in texts(module.tree):
            yield from (f"{module.at(node)} {why}" for why in breaches(text))
        for node, called in calls(module):
            root = called.split(".")[0]
            if called.endswith(".select_for_update") and root not in kept:
                yield f"{module.at(node)} locks by select_for_update"
            is_write = called.split(".")[-1] == "update" and "objects" in called
            if is_write and root in spread and _sets_lead(node):
                yield f"{module.at(node)} changes a lead_id"


def _sets_lead(call: ast.Call) -> bool:
    return any(keyword.arg in {"lead_id", "lead"} for keyword in call.keywords)


def test_rows_of_leads_are_claimed_by_update() -> None:
    reason = "Claim by UPDATE … RETURNING, never change a lead_id, read identity and lead in turn."
    obey(reason, locks(modules()))


def test_a_statement_that_breaks_this_is_found() -> None:
    for text in (
        "SQL = 'SELECT id FROM leads_lead WHERE stage = %s FOR UPDATE'",
        "SQL = 'SELECT id FROM handoffs_handoff WHERE state = %s FOR UPDATE SKIP LOCKED'",
        "SQL = 'UPDATE leads_activity SET lead_id = %s WHERE lead_id = %s'",
        "SQL = f'UPDATE deals_deal AS deal SET title = %s, lead_id = new.lead_id FROM {x}'",
        "SQL = 'SELECT 1 FROM leads_identity JOIN leads_lead ON leads_lead.id = lead_id'",
        "Lead.objects.select_for_update().filter(stage='mql')",
        "Activity.objects.filter(lead_id=old).update(lead_id=new)",
    ):
        assert list(locks(planted("leads.actions", text))), text
    for text in (
        "SQL = 'UPDATE leads_submission SET lead_id = new.lead_id WHERE id = new.id'",
        "SQL = 'UPDATE leads_lead SET owner_id = %s WHERE lead_id = %s'",
        "SQL = 'SELECT id FROM leads_lead WHERE id = %s FOR UPDATE'",
        "Version.objects.select_for_update().filter(number=1)",
    ):
        assert not list(locks(planted("leads.actions", text))), text


@pytest.mark.django_db
def test_a_statement_of_a_test_that_breaks_this_fails() -> None:
    with connection.cursor() as cursor, pytest.raises(AssertionError, match="live apart"):
        cursor.execute("SELECT id FROM leads_lead WHERE stage = 'mql' FOR UPDATE")
