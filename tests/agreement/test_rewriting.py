"""A document with one definition written anew keeps all its other lines."""

from difflib import unified_diff

import pytest
import yaml

from accord.agreement.faults import BadDocument
from accord.agreement.rewriting import entry_in, with_entry
from accord.agreement.terms import read_terms
from accord.criteria.drafting import raw_of, rows_of
from accord.criteria.registry import registry
from tests.agreement.papers import paper

DEFINED = sorted(read_terms(paper()).definitions)


@pytest.mark.parametrize("key", DEFINED)
def test_the_same_definition_changes_nothing_that_is_said(key):
    before = entry_in(paper(), "definitions", key)
    criteria = raw_of(rows_of(before), registry=registry)
    heading = {name: before[name] for name in ("title", "text", "stage") if name in before}
    written = with_entry(paper(), "definitions", key, {**heading, **criteria})
    assert yaml.safe_load(written) == yaml.safe_load(paper())


@pytest.mark.parametrize("key", DEFINED)
def test_only_its_own_lines_are_written_anew(key):
    changed = {**entry_in(paper(), "definitions", key), "title": "Quite another title"}
    written = with_entry(paper(), "definitions", key, changed)
    lines = paper().splitlines()
    begin = lines.index(f"  {key}:")
    end = next(
        number
        for number in range(begin + 1, len(lines))
        if lines[number].strip() and not lines[number].startswith("    ")
    )
    assert written.startswith("\n".join(lines[:begin]))
    assert written.endswith("\n".join(lines[end:]) + "\n")
    assert read_terms(written).definitions[key].title == "Quite another title"


def test_a_new_one_stands_last_and_comments_stay():
    new = {"title": "Norway", "text": "T", "must": {"all": [{"fact": "country", "is": "NO"}]}}
    written = with_entry(paper(), "definitions", "norway", new)
    differing = [
        line
        for line in unified_diff(paper().splitlines(), written.splitlines(), n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]
    assert all(line.startswith("+") for line in differing)
    assert list(yaml.safe_load(written)["definitions"])[-1] == "norway"
    assert entry_in(written, "definitions", "norway")["must"]["all"][0]["is"] == "NO"


def test_a_document_that_cannot_be_read_is_not_written():
    with pytest.raises(BadDocument, match="line 2"):
        with_entry("a: [", "definitions", "mql", {"title": "T"})
    assert entry_in("title: Nothing else", "definitions", "mql") == {}
