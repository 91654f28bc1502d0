"""ALSAQ-40 and ALSAQ-5: dimensions from 0 to 100."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from scoring.instruments import Wording
from tests.scoring.instruments.forms import filled, values, vectors

# Jenkinson 1999: items of the five dimensions.
DIMENSIONS = {
    "physical_mobility": range(1, 11),
    "adl_independence": range(11, 21),
    "eating_drinking": range(21, 24),
    "communication": range(24, 31),
    "emotional_reactions": range(31, 41),
}
SHORT = dict(zip(DIMENSIONS, (9, 11, 22, 25, 34), strict=True))


@pytest.mark.parametrize("vector", vectors("alsaq40"), ids=lambda vector: vector["id"])
def test_golden_40(vector: dict[str, Any]) -> None:
    found, expected = values("alsaq_40", filled("alsaq_40", vector["items"])), vector["expected"]
    assert found.pop("index") == pytest.approx(expected["single_index_mean_of_40"], abs=1e-4)
    assert found == {name: pytest.approx(expected[name], abs=1e-4) for name in DIMENSIONS}


@pytest.mark.parametrize("vector", vectors("alsaq5"), ids=lambda vector: vector["id"])
def test_golden_5(vector: dict[str, Any]) -> None:
    assert values("alsaq_5", filled("alsaq_5", vector["items"])) == vector["expected"]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_dimension_is_the_share_of_its_greatest_sum(dimension: str) -> None:
    items = DIMENSIONS[dimension]
    answers = {f"alsaq_{item}": item % 5 for item in items}
    share = 100 * sum(item % 5 for item in items) / (4 * len(items))
    assert values("alsaq_40", answers)[dimension] == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_missing_item_costs_its_dimension_and_the_index(dimension: str) -> None:
    answers = filled("alsaq_40", 2)
    del answers[f"alsaq_{DIMENSIONS[dimension][0]}"]
    found = values("alsaq_40", answers)
    assert {name for name, value in found.items() if value is None} == {dimension, "index"}


@pytest.mark.parametrize("dimension", SHORT)
def test_the_short_form_counts_25_for_each_level(dimension: str) -> None:
    found = values("alsaq_5", {f"alsaq_{SHORT[dimension]}": 3})
    assert found.pop(dimension) == 75
    assert set(found.values()) == {None}


def test_items_of_the_short_form_keep_their_place_of_the_long_one() -> None:
    long = instruments.get("alsaq_40").by_key
    for item in instruments.get("alsaq_5").items:
        assert long[item.key].domain == item.domain
        assert long[item.key].codes == item.codes


def test_the_total_is_the_index_and_the_short_form_has_none() -> None:
    assert instruments.score(instruments.get("alsaq_40"), filled("alsaq_40", 4)).total == 100
    assert instruments.score(instruments.get("alsaq_5"), filled("alsaq_5", 4)).total is None


@pytest.mark.parametrize("key", ["alsaq_40", "alsaq_5"])
def test_no_text_is_shipped(key: str) -> None:
    definition = instruments.get(key)
    assert definition.licence.wording is Wording.SUPPLIED
    assert not any(item.text or item.options for item in definition.items)
