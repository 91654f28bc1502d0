"""Checks a value against a JSON Schema and names every member that does not fit.

The part of JSON Schema that `schema` uses, and no more: types, enumerations, patterns, limits, members and
lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from sys import float_info
from typing import Any

from scoring.problems import Problem, pointer_to

Schema = Mapping[str, Any]


def shape_problems(value: object, schema: Schema, pointer: str = "") -> Iterator[Problem]:
    """Yield what does not fit, from the outside in; not below a wrong type, nor behind a list's limit."""
    types = schema.get("type")
    names = [types] if isinstance(types, str) else types or list(_TYPES)
    if not any(_TYPES[name](value) for name in names):
        yield Problem(pointer, "wrong_type", f"has to be {' or '.join(names)}")
    elif isinstance(value, str):
        yield from _text(value, schema, pointer)
    elif isinstance(value, list):
        yield from _list(value, schema, pointer)
    elif isinstance(value, Mapping):
        yield from _members(value, schema, pointer)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(value, schema, pointer)


def _is_number(value: object) -> bool:
    """A whole number can be larger than any float: comparing does not convert it."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= float_info.max


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, Mapping),
}


def _text(value: str, schema: Schema, pointer: str) -> Iterator[Problem]:
    if value not in schema.get("enum", [value]):
        yield Problem(pointer, "not_permitted", f"has to be one of {', '.join(schema['enum'])}")
    if not re.fullmatch(schema.get("pattern", "(?s:.*)"), value):
        yield Problem(pointer, "not_permitted", f"has to match {schema['pattern']}")
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield Problem(pointer, "wrong_length", "is empty or too long")


def _number(value: float, schema: Schema, pointer: str) -> Iterator[Problem]:
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    if not low <= value <= high:
        yield Problem(pointer, "out_of_range", f"has to be {low} to {high}")


def _list(value: list[object], schema: Schema, pointer: str) -> Iterator[Problem]:
    least, most = schema["minItems"], schema["maxItems"]
    if not least <= len(value) <= most:
        yield Problem(pointer, "wrong_length", f"has to have {least} to {most} entries")
    for place, entry in enumerate(value[:most]):
        yield from shape_problems(entry, schema["items"], f"{pointer}/{place}")


def _members(value: Mapping[str, object], schema: Schema, pointer: str) -> Iterator[Problem]:
    known, others = schema.get("properties", {}), schema["additionalProperties"]
    for name in schema.get("required", ()):
        if name not in value:
            yield Problem(f"{pointer}/{name}", "missing_member", "is missing")
    for name, member in value.items():
        below = pointer + pointer_to(name)
        if name in known:
            yield from shape_problems(member, known[name], below)
        elif others is False:
            yield Problem(below, "unknown_member", "there is no such member")
        elif not re.fullmatch(schema["propertyNames"]["pattern"], name):
            yield Problem(
                below, "not_permitted", f"its name has to match {schema['propertyNames']['pattern']}"
            )
        else:
            yield from shape_problems(member, others, below)
