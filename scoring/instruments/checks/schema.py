"""The JSON Schema of a written definition: which members there are, of which type, within which limits.

What a schema cannot say (names that refer to nothing, ranges that cannot be reached) is checked by
`references` and `ranges`. The limits keep a definition within what a phone can hold; they are our choice.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from scoring.instruments.terms import Audience, Direction, Kind, Proxy, Respondent, Wording

Schema = dict[str, Any]

KEY: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
# Control characters and halves of surrogate pairs cannot be shown, and not everything can store them.
_PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]*$"
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": _PRINTABLE}
TEXT: Schema = {"type": "string", "maxLength": 2000, "pattern": _PRINTABLE}
CODE: Schema = {"type": "integer", "minimum": -1_000_000, "maximum": 1_000_000}
NUMBER: Schema = {"type": "number", "minimum": -1_000_000, "maximum": 1_000_000}
FLAG: Schema = {"type": "boolean"}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _word(words: type[StrEnum]) -> Schema:
    return {"type": "string", "enum": [word.value for word in words]}


def _list(items: Schema, most: int, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _object(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


LICENCE = _object(
    {"owner": NAME, "terms": TEXT, "wording": _word(Wording)},
    {"credit": TEXT, "supplied": _list(NAME, 10)},
)
DOMAIN = _object({"key": KEY, "label": NAME})
CODES = _object({"low": CODE, "high": CODE}, {"step": {"type": "integer", "minimum": 1, "maximum": 1000}})
ITEM = _object(
    {"key": KEY, "domain": {**KEY, "pattern": "^([a-z][a-z0-9_]{0,39})?$"}, "codes": CODES, "label": NAME},
    {
        "text": TEXT,
        "stem": TEXT,
        "options": {
            "type": "object",
            "propertyNames": {"pattern": "^(0|-?[1-9][0-9]{0,6})$"},
            "additionalProperties": TEXT,
        },
        "reversed": FLAG,
        "values": _list(NUMBER, 200, 1),
        "slot": KEY,
        "optional": FLAG,
        "safety_from": _or_null(CODE),
        "audience": _word(Audience),
        "unit": NAME,
        "other_units": {
            "type": "object",
            "propertyNames": {"pattern": "^.{1,40}$"},
            "additionalProperties": NUMBER,
        },
    },
)
ROW = _object(
    {"raw": {"type": ["integer", "string"]}, "value": NUMBER},
    {"standard_error": _or_null(NUMBER)},
)
SCORE = _object(
    {
        "key": KEY,
        "label": NAME,
        "kind": _word(Kind),
        "of": _list(KEY, 200, 1),
        "low": _or_null(NUMBER),
        "high": _or_null(NUMBER),
        "direction": _word(Direction),
    },
    {
        "factor": NUMBER,
        "offset": NUMBER,
        "min_answered": {"type": "integer", "minimum": 0, "maximum": 200},
        "decimals": {"type": "integer", "minimum": 0, "maximum": 6},
        "whole_for_bands": FLAG,
        "table": _list(ROW, 5000, 1),
        "note": TEXT,
    },
)
MISSING = _object(
    {"rule": TEXT, "source": TEXT}, {"at_most": _or_null({"type": "integer", "minimum": 0, "maximum": 200})}
)
BAND = _object(
    {
        "score": KEY,
        "scale": KEY,
        "name": KEY,
        "label": NAME,
        "low": _or_null(NUMBER),
        "below": _or_null(NUMBER),
        "source": NAME,
    }
)
CHANGE = _object({"score": KEY, "amount": NUMBER, "meaning": NAME, "source": NAME})

LOCALE: Schema = {"type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"}
OPTIONS: Schema = ITEM["properties"]["options"]


def _by_key(values: Schema) -> Schema:
    return {"type": "object", "propertyNames": KEY, "additionalProperties": values}


TRANSLATION: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Translation of an instrument definition",
    **_object(
        {
            "locale": LOCALE,
            "title": NAME,
            "recall": NAME,
            "items": _by_key(_object({"label": NAME}, {"text": TEXT, "stem": TEXT, "options": OPTIONS})),
        },
        {
            "domains": _by_key(NAME),
            "scores": _by_key(NAME),
            "instruction": TEXT,
            "credit": TEXT,
        },
    ),
}

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Instrument definition",
    **_object(
        {
            "key": KEY,
            "version": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$"},
            "title": NAME,
            "sources": _list(NAME, 20, 1),
            "licence": LICENCE,
            "direction": _word(Direction),
            "recall": NAME,
            "subject": _word(Respondent),
            "respondents": _list(_word(Respondent), 3, 1),
            "proxy": _word(Proxy),
            "domains": _list(DOMAIN, 50),
            "items": _list(ITEM, 200, 1),
            "scores": _list(SCORE, 50),
            "main": {**KEY, "pattern": "^([a-z][a-z0-9_]{0,39})?$"},
            "missing": MISSING,
        },
        {
            "bands": _list(BAND, 100),
            "changes": _list(CHANGE, 50),
            "instruction": TEXT,
            "audience": _word(Audience),
            "retired": FLAG,
            "locale": LOCALE,
        },
    ),
}
