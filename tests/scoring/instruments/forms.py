"""Filled-in forms for the tests of the instruments, and the golden values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scoring import instruments

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden_instruments.json").read_text())


def vectors(block: str) -> list[Any]:
    """The golden vectors of a block."""
    return GOLDEN[block]["vectors"]


def filled(key: str, codes: Sequence[int | None] | int) -> dict[str, int]:
    """Answers in the order of the items; None is missing, a single code is given to every item."""
    names = [item.key for item in instruments.get(key).items if not item.optional]
    codes = [codes] * len(names) if isinstance(codes, int) else codes
    return {name: code for name, code in zip(names, codes, strict=True) if code is not None}


def values(key: str, answers: Mapping[str, int], version: str | None = None) -> dict[str, Any]:
    """Every score's value."""
    result = instruments.score(instruments.get(key, version), answers)
    return {name: score.value for name, score in result.values.items()}


def bands(key: str, answers: Mapping[str, int]) -> dict[tuple[str, str], str]:
    """Names of the bands, by score and scale."""
    definition = instruments.get(key)
    found = instruments.interpret(definition, instruments.score(definition, answers))
    return {(band.score, band.scale): band.name for band in found}
