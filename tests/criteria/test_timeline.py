"""The past of each lead in one sweep, against the judge asked moment by moment."""

from datetime import timedelta

from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.criteria.compiler import compile
from accord.criteria.language import read_definition
from accord.criteria.timeline import timeline
from tests.criteria.judge import World, outcome
from tests.criteria.test_compiler import EXAMPLES, REGISTRY, definitions_of, prepare
from tests.criteria.world import (
    AT,
    CAME,
    CHANGED,
    COUNTS,
    DEFINITIONS,
    DONE,
    FACTS,
    KINDS,
    LEADS,
    LEARNT,
    OUTCOMES,
    SCORECARDS,
    WATCHED,
)

BEGINS, ENDS = AT - timedelta(days=10), AT + timedelta(days=10)
OFTEN = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(OUTCOMES),
        st.integers(-12 * 6, 9 * 6).map(lambda n: AT + timedelta(hours=4 * n)),
        st.sampled_from([0, 0, 8, 24 * 5]).map(lambda n: timedelta(hours=n)),
    ),
    min_size=5,
    max_size=12,
)
TINY = timedelta(microseconds=1)


def pasts(cursor, definitions, begins, ends, *, cards=None, **narrowed):
    compiled = compile(definitions, registry=REGISTRY, scorecards=cards or {})
    sql, params = timeline(compiled, begins=begins, ends=ends, **narrowed)
    cursor.execute(sql, params)
    found = {}
    for lead_id, at, key, verdict in cursor.fetchall():
        moments = found.setdefault((lead_id, key), {})
        assert moments.setdefault(at, verdict) is verdict, "two verdicts at one moment"
    return {key: sorted(moments.items()) for key, moments in found.items()}


def enters(at, late):
    """When a thing that was done begins to count."""
    return at if at + late <= LEARNT else at + late


def world_at(moment, definitions, watched, lead, cards):
    now, then, done = lead
    facts = then if max(moment, LEARNT) < CHANGED else now
    heard = [each for each in done if enters(each[2], each[3]) <= moment]
    return World(REGISTRY, definitions, moment, watched, facts, heard, cards)


def moments_worth_asking(done, watched, hours):
    turns = [CHANGED, LEARNT, BEGINS, *(AT + timedelta(hours=each) for each in hours)]
    for _kind, _outcome, at, late in done:
        over = (at + timedelta(days=days) for days in (1, 2, 3, 6, 10, 20, 30))
        turns += [enters(at, late), *over]
    turns += [at + timedelta(days=days) for at in watched.values() if at for days in (1, 3, 30)]
    around = {turn + step for turn in turns for step in (-TINY, timedelta(0), TINY)}
    return [each for each in sorted(around) if max(BEGINS, CAME) <= each < ENDS]


def compare(definitions, leads, watched, hours, cards):
    with connection.cursor() as cursor:
        ids = prepare(cursor, leads, watched)
        found = pasts(cursor, definitions, BEGINS, ENDS, cards=cards)
    for id, lead in zip(ids, leads, strict=True):
        for moment in moments_worth_asking(lead[2], watched, hours):
            world = world_at(moment, definitions, watched, lead, cards)
            for key, definition in definitions.items():
                before = [verdict for at, verdict in found[id, key] if at <= moment]
                assert before[-1] is outcome(definition.must, world), (moment, key)


class TestAgainstTheJudge(TestCase):
    @given(
        raw=DEFINITIONS,
        other=DEFINITIONS,
        leads=st.lists(st.tuples(LEADS, LEADS, DONE), min_size=3, max_size=4),
        watched=WATCHED,
        hours=st.lists(st.integers(-240, 239), max_size=4),
        cards=SCORECARDS,
    )
    @settings(max_examples=EXAMPLES, deadline=None)
    def test_the_verdict_at_any_moment_is_the_last_one_before_it(
        self, raw, other, leads, watched, hours, cards
    ):
        compare(definitions_of(raw, other), leads, watched, hours, cards)

    @given(
        raw=DEFINITIONS,
        counts=st.lists(COUNTS, min_size=1, max_size=2),
        done=st.lists(OFTEN, min_size=1, max_size=3),
        watched=WATCHED,
        cards=SCORECARDS,
    )
    @settings(max_examples=EXAMPLES, deadline=None)
    def test_what_is_done_often_enters_and_leaves_its_counts(
        self, raw, counts, done, watched, cards
    ):
        leads = [(dict.fromkeys(FACTS), dict.fromkeys(FACTS), each) for each in done]
        definitions = definitions_of(raw, raw) | {
            f"count_{number}": read_definition("count", {**raw, "must": [count], "should": []})
            for number, count in enumerate(counts)
        }
        compare(definitions, leads, watched, [], cards)

    @given(
        raw=DEFINITIONS,
        leads=st.lists(st.tuples(LEADS, LEADS, DONE), min_size=3, max_size=3),
        cards=SCORECARDS,
    )
    @settings(max_examples=10, deadline=None)
    def test_some_leads_have_the_past_they_have_among_all(self, raw, leads, cards):
        definitions = {"first": definitions_of(raw, raw)["first"]}
        with connection.cursor() as cursor:
            ids = prepare(cursor, leads, {})
            every = pasts(cursor, definitions, BEGINS, ENDS, cards=cards)
            among = f"lead_id = '{ids[1]}'"
            some = pasts(cursor, definitions, BEGINS, ENDS, cards=cards, among=among)
        assert some == {(ids[1], "first"): every[ids[1], "first"]}
