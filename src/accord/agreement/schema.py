"""The JSON Schema of an agreement, made of the very classes that read it."""

from typing import Any

from accord.agreement.document import Document
from accord.criteria.language import COMPARISONS, GROUPS, MAX_DAYS, OPERATORS

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
        "propertyNames": {"enum": ["fit", "engagement"]},
        "additionalProperties": {"$ref": "#/$defs/scorecard"},
    }
    schema["$defs"] |= {"definition": _DEFINITION, "clause": _any_clause(), "scorecard": _SCORECARD}
    return {"$schema": DIALECT, **schema}


_DEFINITION = {
    "type": "object",
    "required": ["title", "text"],
    "properties": {
        "title": _TEXT,
        "text": _TEXT,
        "stage": {"type": "string"},
        "must": {"anyOf": [_CLAUSE, _CLAUSES]},
        "should": _CLAUSES,
    },
    "additionalProperties": False,
}
_SCORECARD = {
    "type": "object",
    "required": ["title", "text", "rows", "grades"],
    "properties": {
        "title": _TEXT,
        "text": _TEXT,
        "rows": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["points"]},
        },
        "grades": {"type": "object"},
    },
    "additionalProperties": False,
}


def _any_clause() -> dict[str, Any]:
    """A group, or a question with exactly one operator."""
    days = {"type": "integer", "minimum": 1, "maximum": MAX_DAYS}
    whole = {operator: {"type": "integer"} for operator in COMPARISONS}
    return {
        "type": "object",
        "oneOf": [
            *(_named(kind, _CLAUSE if kind == "not" else _CLAUSES) for kind in GROUPS),
            _named("definition", _TEXT),
            _asking("fact", {}, {operator: {} for operator in OPERATORS}),
            _asking("count", {"within_days": days}, whole),
            _asking("score", {}, whole),
        ],
    }


def _named(name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "required": [name],
        "properties": {name: value, **_WORDS},
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
