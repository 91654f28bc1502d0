"""RAND-36: recoding, scales and the half rule."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from tests.scoring.instruments.forms import GOLDEN, filled, values, vectors

# RAND scoring instructions, table 1: what each code counts, by item number.
RECODES = {
    (1, 2, 20, 22, 34, 36): (100, 75, 50, 25, 0),
    tuple(range(3, 13)): (0, 50, 100),
    tuple(range(13, 20)): (0, 100),
    (21, 23, 26, 27, 30): (100, 80, 60, 40, 20, 0),
    (24, 25, 28, 29, 31): (0, 20, 40, 60, 80, 100),
    (32, 33, 35): (0, 25, 50, 75, 100),
}
COUNTS = {item: counts for items, counts in RECODES.items() for item in items}
# Table 2: items of the scales.
SCALES = {
    "physical_functioning": range(3, 13),
    "role_physical": range(13, 17),
    "role_emotional": range(17, 20),
    "energy_fatigue": (23, 27, 29, 31),
    "emotional_wellbeing": (24, 25, 26, 28, 30),
    "social_functioning": (20, 32),
    "pain": (21, 22),
    "general_health": (1, 33, 34, 35, 36),
    "health_change": (2,),
}


@pytest.mark.parametrize("vector", vectors("rand36"), ids=lambda vector: vector["id"])
def test_golden(vector: dict[str, Any]) -> None:
    found, expected = values("rand_36", filled("rand_36", vector["items"])), vector["expected"]
    assert found.pop("health_change") == expected["health_change"]
    assert set(found) == set(GOLDEN["rand36"]["scales"])
    for scale, value in found.items():
        half = expected[f"{scale}_half_rule"]
        assert value == (None if half is None else pytest.approx(half, abs=1e-4)), scale


@pytest.mark.parametrize("item", range(1, 37))
def test_every_code_counts_as_published(item: int) -> None:
    scale = next(name for name, items in SCALES.items() if item in items)
    others = [other for other in SCALES[scale] if other != item]
    for code, counts in enumerate(COUNTS[item], 1):
        answers = {f"rand_{other}": 1 for other in others} | {f"rand_{item}": code}
        mean = (sum(COUNTS[other][0] for other in others) + counts) / len(SCALES[scale])
        assert values("rand_36", answers)[scale] == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize("scale", SCALES)
def test_half_of_the_items_are_enough_and_fewer_are_not(scale: str) -> None:
    items = SCALES[scale]
    needed = -(-len(items) // 2)
    enough = {f"rand_{item}": 1 for item in items[:needed]}
    mean = sum(COUNTS[item][0] for item in items[:needed]) / needed
    assert values("rand_36", enough)[scale] == pytest.approx(mean)
    enough.popitem()
    assert values("rand_36", enough)[scale] is None


def test_best_and_worst_answers_reach_the_ends_of_every_scale() -> None:
    best = {f"rand_{item}": counts.index(100) + 1 for item, counts in COUNTS.items()}
    worst = {f"rand_{item}": counts.index(0) + 1 for item, counts in COUNTS.items()}
    assert set(values("rand_36", best).values()) == {100}
    assert set(values("rand_36", worst).values()) == {0}


def test_the_wording_is_shown_with_its_credit_and_every_code_has_a_text() -> None:
    definition = instruments.get("rand_36")
    assert "developed at RAND as part of the Medical Outcomes Study" in definition.licence.credit
    assert all(item.text and set(item.options) == set(item.codes) for item in definition.items)


def test_it_has_no_total() -> None:
    assert instruments.score(instruments.get("rand_36"), filled("rand_36", 1)).total is None
