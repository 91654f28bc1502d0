"""The written form of a definition: plain values, ready for JSON, in the order of the fields.

What has its usual value is left out, so that a definition reads as short as it is. `site_definition` reads
the same form. Texts exist in English only; the locale is the seam where others would come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from typing import Any

DEFAULT_LOCALE = "en"


def nearest(locale: str) -> str:
    """The locale there are texts for that serves this one best."""
    del locale
    return DEFAULT_LOCALE


def document(value: object) -> dict[str, Any]:
    """A dataclass of `definition` as a mapping."""
    if not is_dataclass(value):
        raise TypeError(f"not a dataclass: {type(value).__name__}")
    known = ((one, getattr(value, one.name)) for one in fields(value))
    return {one.name: _plain(what) for one, what in known if what != _usual(one)}


def _usual(one: Field[Any]) -> object:
    return one.default if one.default_factory is MISSING else one.default_factory()


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, range):
        return {"low": value[0], "high": value[-1], **({"step": value.step} if value.step != 1 else {})}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return document(value) if is_dataclass(value) else value
