"""The made-up definition as a document, spoilt where a test wants it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scoring.instruments.site_definition import InvalidDefinition, load
from tests.scoring.instruments.made_up import MADE_UP

GONE = object()


def written() -> dict[str, Any]:
    return json.loads(json.dumps(MADE_UP.as_dict()))


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The made-up definition with members put or taken away by JSON Pointer."""
    whole = written()
    for pointer, value in changes:
        *path, last = pointer.split("/")[1:]
        at: Any = whole
        for part in path:
            at = at[int(part) if isinstance(at, list) else part]
        last = int(last) if isinstance(at, list) and last != "-" else last
        if value is GONE:
            del at[last]
        elif last == "-":
            at.append(value)
        else:
            at[last] = value
    return whole


def mistakes(document: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDefinition) as error:
        load(document)
    return [(mistake.pointer, mistake.code) for mistake in error.value.problems]


def reasons(document: object) -> list[str]:
    with pytest.raises(InvalidDefinition) as error:
        load(document)
    return [mistake.detail for mistake in error.value.problems]
