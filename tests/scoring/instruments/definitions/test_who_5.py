"""WHO-5: raw sum and percentage."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from scoring.instruments import Wording
from tests.scoring.instruments.forms import bands, filled, values, vectors


def reaching(raw: int) -> list[int]:
    """Five codes with this sum."""
    return [min(5, max(0, raw - 5 * place)) for place in range(5)]


@pytest.mark.parametrize("vector", vectors("who5"), ids=lambda vector: vector["id"])
def test_golden(vector: dict[str, Any]) -> None:
    answers, expected = filled("who_5", vector["items"]), vector["expected"]
    assert values("who_5", answers) == {"total": expected["percent"], "raw": expected["raw"]}
    band = bands("who_5", answers).get(("total", "screen"))
    assert (band is not None) is bool(expected["below_50"])
    assert (band == "likely_depression") is bool(expected["at_or_below_28"])


# WHO 2024: the percentage is four times the sum; below 50 asks for a look, 28 or less is likely depression.
@pytest.mark.parametrize(
    ("raw", "band"),
    [
        (0, "likely_depression"),
        (7, "likely_depression"),
        (8, "low_well_being"),
        (12, "low_well_being"),
        (13, None),
        (25, None),
    ],
)
def test_percentage_and_bands(raw: int, band: str | None) -> None:
    answers = filled("who_5", reaching(raw))
    assert values("who_5", answers) == {"total": 4 * raw, "raw": raw}
    assert bands("who_5", answers).get(("total", "screen")) == band


def test_one_missing_item_leaves_no_score() -> None:
    assert values("who_5", filled("who_5", [5, 5, None, 5, 5])) == {"total": None, "raw": None}


def test_no_text_of_the_instrument_is_shipped() -> None:
    definition = instruments.get("who_5")
    assert definition.licence.wording is Wording.LABELS
    assert not any(item.text or item.stem for item in definition.items)
