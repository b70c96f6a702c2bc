"""A small world of its own for criteria: tables, a registry, and random definitions."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from accord.criteria.registry import THEN, Behaviour, Fact, Journal, Registry, Relation
from accord.criteria.scorecards import read_scorecard

AT = datetime(2026, 6, 15, 13, 30, tzinfo=UTC)
TABLES = """
CREATE TEMP TABLE t_lead (id uuid, company_id uuid, word text, pick text, score int, sum numeric,
                          day date, moment timestamptz, flag boolean, closed_flag boolean,
                          closed_sum numeric, closed_word text, words text[],
                          closed_words text[]);
CREATE TEMP TABLE t_then (LIKE t_lead);
CREATE TEMP TABLE t_company (id uuid, size int);
CREATE TEMP TABLE t_company_then (LIKE t_company);
CREATE TEMP TABLE t_journal (lead_id uuid, kind text, outcome text, happened_at timestamptz,
                             known_at timestamptz);
CREATE TEMP TABLE t_watched (kind text, since timestamptz);
CREATE TEMP TABLE t_came (lead_id uuid, since_at timestamptz, known_at timestamptz);
"""
# Facts are those of "then" before this moment, and those of now from it on.
CHANGED = AT + timedelta(hours=12)
# Each lead came with what it had done before, some days before we learnt of it.
CAME, LEARNT = AT - timedelta(days=20), AT - timedelta(days=6, hours=3)
FACTS = {
    "word": ("text", True),
    "pick": ("choice", True),
    "score": ("number", True),
    "sum": ("money", True),
    "day": ("date", True),
    "moment": ("moment", True),
    "flag": ("yes_no", True),
    "closed_flag": ("yes_no", False),
    "closed_sum": ("money", False),
    "closed_word": ("text", False),
    "words": ("texts", True),
    "closed_words": ("texts", False),
    "size": ("number", True),
}
OF_LEAD = [name for name in FACTS if name != "size"]
CHOICES = ("red", "green", "blue")
KINDS = ("visit", "click", "ask")
OUTCOMES = (None, "demo", "price")


def _past(now, then) -> str:
    changed = f"'{CHANGED.isoformat()}'::timestamptz"
    return (
        f"LATERAL (SELECT * FROM {then} WHERE {THEN} < {changed} "
        f"UNION ALL SELECT * FROM {now} WHERE {THEN} >= {changed})"
    )


def _changes(owner) -> str:
    return f"SELECT {owner} AS lead_id, '{CHANGED.isoformat()}'::timestamptz AS at FROM t_lead"


def small_registry() -> Registry:
    registry = Registry()
    registry.add(
        Relation("lead", "t_lead", _past("t_lead", "t_then"), changes=_changes("id")),
        Relation(
            "company",
            "t_company",
            _past("t_company", "t_company_then"),
            on="company.id = lead.company_id",
        ),
        Journal("t_journal", "t_watched", "t_came"),
    )
    for key, (type, is_open) in FACTS.items():
        relation = "company" if key == "size" else "lead"
        sql = f"{relation}.{key}"
        if type == "texts":
            sql = f"(SELECT array_agg(lower(word)) FROM unnest({sql}) AS word)"
        registry.add(Fact(key, key, type, sql, relation, is_open=is_open, choices=CHOICES))
    registry.add(
        Behaviour("visits", "Visits", ("visit",)),
        Behaviour("doings", "Doings", ("visit", "click")),
        Behaviour("demos", "Demos", ("ask",), outcomes=("demo",)),
    )
    return registry


WORDS = st.sampled_from(["alpha", "Beta", "al", "Österreich", "ÖSTERREICH"])
SEVERAL = st.lists(WORDS, min_size=1, max_size=3)
NUMBERS = st.integers(-2, 4)
DAYS = st.integers(-4, 4).map(lambda n: AT.date() + timedelta(days=n))
SPANS = st.integers(1, 4)


def _test(fact, operator, values):
    return st.builds(lambda value: {"fact": fact, operator: value}, values)


def tests_of(fact):
    type = FACTS[fact][0]
    known = _test(fact, "known", st.booleans())
    if type == "yes_no":
        return st.one_of(known, _test(fact, "is", st.booleans()))
    if type in ("date", "moment"):
        relative = [
            _test(fact, o, SPANS) for o in ("in_last_days", "in_next_days", "older_than_days")
        ]
        return st.one_of(known, _test(fact, "before", DAYS), _test(fact, "after", DAYS), *relative)
    if type in ("number", "money"):
        operators = ("is", "is_not", "at_least", "at_most", "more_than", "less_than")
        return st.one_of(known, *(_test(fact, o, NUMBERS) for o in operators))
    values = WORDS if type in ("text", "texts") else st.sampled_from(CHOICES)
    lists = st.lists(values, min_size=1, max_size=3)
    found = [known, _test(fact, "is", values), _test(fact, "is_not", values)]
    found += [_test(fact, "one_of", lists), _test(fact, "none_of", lists)]
    return st.one_of(*found, *([_test(fact, "contains", WORDS)] if type == "text" else []))


COUNTS = st.builds(
    lambda behaviour, days, operator, number: {
        "count": behaviour,
        operator: number,
        **({"within_days": days} if days else {}),
    },
    st.sampled_from(["visits", "doings", "demos"]),
    st.sampled_from([None, 1, 3, 30]),
    st.sampled_from(["at_least", "at_most", "more_than", "less_than"]),
    st.integers(0, 3),
)


def _scores(card):
    return st.builds(
        lambda operator, number: {"score": card, operator: number},
        st.sampled_from(["at_least", "at_most", "more_than", "less_than"]),
        st.integers(-10, 30),
    )


ENGAGED = _scores("engagement")
PLAIN = st.one_of(*(tests_of(fact) for fact in FACTS), COUNTS, COUNTS)
LEAVES = st.one_of(PLAIN, PLAIN, PLAIN, _scores("fit"), ENGAGED)


def _clauses_of(leaves):
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda items: {"all": items}, st.lists(inner, max_size=3)),
            st.builds(lambda items: {"any": items}, st.lists(inner, max_size=3)),
            st.builds(lambda item: {"not": item}, inner),
        ),
        max_leaves=6,
    )


CLAUSES = _clauses_of(LEAVES)
POINTS = st.integers(-20, 20).filter(bool)
ENDS = st.one_of(
    st.just({}),
    st.sampled_from([1, 3, 30]).map(lambda days: {"within_days": days}),
    st.tuples(st.sampled_from([30, 50, 100]), st.sampled_from([1, 3, 10])).map(
        lambda loss: {"loses": {"percent": loss[0], "every_days": loss[1]}}
    ),
)


def _card(key, rows):
    names = {"fit": ("A", "B"), "engagement": (1, 2)}[key]
    grades = {names[0]: 20, names[1]: 10}
    rows = [{**row, "key": f"row-{number}"} for number, row in enumerate(rows)]
    return read_scorecard(key, {"title": "T", "text": "T", "rows": rows, "grades": grades})


SCORECARDS = st.builds(
    lambda fit, engagement: {
        "fit": _card("fit", fit),
        "engagement": _card("engagement", engagement),
    },
    st.lists(
        st.builds(
            lambda points, clause: {"points": points, **clause},
            POINTS,
            _clauses_of(st.one_of(PLAIN, PLAIN, ENGAGED)),
        ),
        min_size=1,
        max_size=3,
    ),
    st.lists(
        st.builds(
            lambda points, each, most, ends: {
                "points": points,
                "each": each,
                "at_most": most,
                **ends,
            },
            POINTS,
            st.sampled_from(["visits", "doings", "demos"]),
            st.integers(1, 4),
            ENDS,
        ),
        min_size=1,
        max_size=3,
    ),
)
DEFINITIONS = st.builds(
    lambda leaf, must, should: {"title": "T", "text": "T", "must": [leaf, *must], "should": should},
    LEAVES,
    st.lists(CLAUSES, max_size=2),
    st.lists(LEAVES, max_size=2),
)

_value = {
    "word": WORDS,
    "pick": st.sampled_from(CHOICES),
    "score": NUMBERS,
    "sum": NUMBERS.map(Decimal),
    "day": DAYS,
    "moment": st.integers(-100, 100).map(lambda n: AT + timedelta(hours=n)),
    "flag": st.booleans(),
    "closed_flag": st.booleans(),
    "closed_sum": NUMBERS.map(Decimal),
    "closed_word": WORDS,
    "words": SEVERAL,
    "closed_words": st.lists(WORDS, max_size=3),
    "size": NUMBERS,
}
LEADS = st.fixed_dictionaries(
    {name: st.one_of(st.none(), values) for name, values in _value.items()}
)
DONE = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(OUTCOMES),
        st.integers(-34 * 24, 30).map(lambda n: AT + timedelta(hours=n)),
        st.sampled_from([0, 0, 5, 24 * 50]).map(lambda n: timedelta(hours=n)),
    ),
    max_size=5,
)
WATCHED = st.fixed_dictionaries(
    {
        kind: st.sampled_from(
            [None, AT - timedelta(days=40), AT - timedelta(days=3), AT - timedelta(hours=2)]
        )
        for kind in KINDS
    }
)


def write(cursor, leads, watched) -> list[uuid.UUID]:
    """Put leads into the tables: facts now, facts then, and what was done; their ids."""
    ids = [uuid.UUID(int=number + 1) for number in range(len(leads))]
    for number, tables in enumerate((("t_lead", "t_company"), ("t_then", "t_company_then"))):
        facts = [(id, lead[number]) for id, lead in zip(ids, leads, strict=True)]
        _insert(
            cursor,
            tables[0],
            ("id", "company_id", *OF_LEAD),
            [(id, id, *(each[name] for name in OF_LEAD)) for id, each in facts],
        )
        sizes = [(id, each["size"]) for id, each in facts if each["size"] is not None]
        _insert(cursor, tables[1], ("id", "size"), sizes)
    done = [(id, each) for id, lead in zip(ids, leads, strict=True) for each in lead[2]]
    _insert(
        cursor,
        "t_journal",
        ("lead_id", "kind", "outcome", "happened_at", "known_at"),
        [(id, kind, outcome, at, at + late) for id, (kind, outcome, at, late) in done],
    )
    came = [(id, CAME, LEARNT) for id in ids]
    _insert(cursor, "t_came", ("lead_id", "since_at", "known_at"), came)
    since = [(kind, moment) for kind, moment in watched.items() if moment]
    _insert(cursor, "t_watched", ("kind", "since"), since)
    return ids


def _insert(cursor, table, columns, rows) -> None:
    cursor.execute(f"TRUNCATE {table}")
    if rows:
        places = f"({', '.join(['%s'] * len(columns))})"
        values = [value for row in rows for value in row]
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([places] * len(rows))}",
            values,
        )
