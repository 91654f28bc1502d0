"""The written form of a definition: plain values, ready for JSON, in the order of the fields.

What has its usual value is left out, so that a definition reads as short as it is. Reading trusts what it is
given; `site_definition` checks first. Texts in another language are `translation`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

Thing = TypeVar("Thing")

DEFAULT_LOCALE = "en"


def document(value: object) -> dict[str, Any]:
    """A dataclass of `definition` as a mapping."""
    if not is_dataclass(value):
        raise TypeError(f"not a dataclass: {type(value).__name__}")
    known = ((field, getattr(value, field.name)) for field in fields(value))
    return {field.name: _plain(what) for field, what in known if what != _usual(field)}


def _usual(one: Field[Any]) -> object:
    return one.default if one.default_factory is MISSING else one.default_factory()


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, range):
        return {"low": value[0], "high": value[-1], **({"step": value.step} if value.step != 1 else {})}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return document(value) if is_dataclass(value) else value


def read(kind: type[Thing], written: Mapping[str, Any]) -> Thing:
    """The dataclass that was written; members that it does not have are ignored."""
    hints = _hints(cast("Hashable", kind))
    return kind(**{name: _value(hints[name], value) for name, value in written.items() if name in hints})


@cache
def _hints(kind: Hashable) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: Any) -> Any:  # noqa: ANN401 - the type hint decides
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], entry) for entry in value)
    if get_origin(hint) is Mapping:
        key, _ = get_args(hint)
        return {key(name): one for name, one in value.items()}
    if hint is range:
        return range(value["low"], value["high"] + 1, value.get("step", 1))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return read(hint, value) if isinstance(hint, type) and is_dataclass(hint) else value
