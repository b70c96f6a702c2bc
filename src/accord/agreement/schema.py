"""The JSON Schema of an agreement, made of the very classes that read it."""

from typing import Any

from accord.agreement.document import Document
from accord.base.lifecycle import Stage
from accord.criteria.language import COMPARISONS, GROUPS, MAX_DAYS, OPERATORS
from accord.criteria.scorecards import (
    ENGAGEMENT,
    FIT,
    GRADES,
    LEAST_LOSS,
    MAX_POINTS,
    MAX_ROWS,
    MAX_TIMES,
    MOST_LOSS_DAYS,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string", "minLength": 1}
_WORDS = {"key": {"type": "string", "pattern": r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"}, "text": _TEXT}
_CLAUSE = {"$ref": "#/$defs/clause"}
_CLAUSES = {"type": "array", "items": _CLAUSE}


def json_schema() -> dict[str, Any]:
    """What a document may say; whether its parts fit together is checked beyond that."""
    schema = Document.model_json_schema()
    properties = schema["properties"]
    properties["definitions"] = {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z][a-z0-9]*(_[a-z0-9]+)*$", "maxLength": 40},
        "additionalProperties": {"$ref": "#/$defs/definition"},
    }
    properties["scorecards"] = {
        "type": "object",
        "properties": {
            FIT: _scorecard(FIT, _any_clause(_POINTS)),
            ENGAGEMENT: _scorecard(ENGAGEMENT, _EVENT_ROW),
        },
        "additionalProperties": False,
    }
    schema["$defs"] |= {"definition": _DEFINITION, "clause": _any_clause()}
    return {"$schema": DIALECT, **schema}


_DEFINITION = {
    "type": "object",
    "required": ["title", "text"],
    "properties": {
        "title": _TEXT,
        "text": _TEXT,
        "stage": {"enum": [stage.value for stage in Stage]},
        "must": {"anyOf": [_CLAUSE, _CLAUSES]},
        "should": _CLAUSES,
    },
    "additionalProperties": False,
}
_WHOLE = {"type": "integer"}
_DAYS = {"type": "integer", "minimum": 1, "maximum": MAX_DAYS}
_POINTS = {
    "points": {
        "type": "integer",
        "minimum": -MAX_POINTS,
        "maximum": MAX_POINTS,
        "not": {"const": 0},
    }
}
_EVENT_ROW = {
    "type": "object",
    "required": ["points", "each"],
    "properties": {
        **_POINTS,
        **_WORDS,
        "each": _TEXT,
        "within_days": _DAYS,
        "loses": {
            "type": "object",
            "required": ["percent", "every_days"],
            "properties": {
                "percent": {"type": "integer", "minimum": LEAST_LOSS, "maximum": 100},
                "every_days": {"type": "integer", "minimum": 1, "maximum": MOST_LOSS_DAYS},
            },
            "additionalProperties": False,
        },
        "at_most": {"type": "integer", "minimum": 1, "maximum": MAX_TIMES},
    },
    "not": {"required": ["within_days", "loses"]},
    "additionalProperties": False,
}


def _scorecard(key: str, row: dict[str, Any]) -> dict[str, Any]:
    names = GRADES[key][:-1]  # the last grade is for whatever is below
    return {
        "type": "object",
        "required": ["title", "text", "rows", "grades"],
        "properties": {
            "title": _TEXT,
            "text": _TEXT,
            "rows": {"type": "array", "minItems": 1, "maxItems": MAX_ROWS, "items": row},
            "grades": {
                "type": "object",
                "required": list(names),
                "properties": dict.fromkeys(names, _WHOLE),
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }


def _any_clause(more: dict[str, Any] | None = None) -> dict[str, Any]:
    """A group, or a question with exactly one operator; `more` is what has to stand beside it."""
    beside = more or {}
    whole = dict.fromkeys(COMPARISONS, _WHOLE)
    return {
        "type": "object",
        "oneOf": [
            *(_named(kind, _CLAUSE if kind == "not" else _CLAUSES, beside) for kind in GROUPS),
            _named("definition", _TEXT, beside),
            _asking("fact", beside, {operator: {} for operator in OPERATORS}),
            _asking("count", {"within_days": _DAYS, **beside}, whole),
            _asking("score", beside, whole),
        ],
        "required": list(beside),
    }


def _named(name: str, value: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {
        "required": [name],
        "properties": {name: value, **more, **_WORDS},
        "additionalProperties": False,
    }


def _asking(
    name: str, more: dict[str, Any], operators: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    return {
        "required": [name],
        "properties": {name: _TEXT, **more, **_WORDS, **operators},
        "oneOf": [{"required": [operator]} for operator in operators],
        "additionalProperties": False,
    }
