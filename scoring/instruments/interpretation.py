"""Reads the published bands of a score, and which answers a clinician has to see at once.

Nothing here changes a number. That no band or safety item is returned says nothing about how somebody is.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import floor

from scoring.instruments.definition import Band, Definition
from scoring.instruments.result import Score


class OtherInstrument(ValueError):
    """The score was formed by another instrument or another version of it."""


def interpret(definition: Definition, score: Score) -> tuple[Band, ...]:
    """Return the bands the scores are in, at most one for each score and scale.

    Raises:
        OtherInstrument: the score is not of this definition.
    """
    if (score.instrument, score.rule_version) != (definition.key, definition.version):
        raise OtherInstrument(f"a score of {score.instrument} {score.rule_version}")
    return tuple(band for band in definition.bands if _is_in(band, definition, score))


def _is_in(band: Band, definition: Definition, score: Score) -> bool:
    value = score.values[band.score].value
    if value is None or isinstance(value, str):
        return False
    if definition.rule(band.score).whole_for_bands:
        value = floor(value + 0.5)
    return (band.low is None or value >= band.low) and (band.below is None or value < band.below)


def safety_items(definition: Definition, answers: Mapping[str, int | float]) -> tuple[str, ...]:
    """Return the answered items that a clinician has to see at once, also from an incomplete form."""
    return tuple(
        item.key
        for item in definition.items
        if item.safety_from is not None and item.key in answers and answers[item.key] >= item.safety_from
    )
