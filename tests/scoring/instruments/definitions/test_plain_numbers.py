"""Weight in grams with its unit guard, and well-being from 1 to 10."""

from __future__ import annotations

import pytest

from scoring import instruments
from scoring.instruments import Direction, InvalidAnswers
from tests.scoring.instruments.forms import values


@pytest.mark.parametrize("grams", [20_000, 36_090, 72_500, 300_000])
def test_a_weight_is_its_own_score(grams: int) -> None:
    assert values("weight", {"weight_g": grams}) == {"weight_g": grams}


@pytest.mark.parametrize(
    ("number", "code", "unit"),
    [
        (300, "wrong_unit", "kilograms or pounds"),
        (301, "wrong_unit", "looks like pounds"),
        (72, "wrong_unit", "kilograms or pounds"),
        (44, "wrong_unit", "looks like kilograms"),  # 44 lb are less than 20 kg
        (20, "wrong_unit", "looks like kilograms"),
        (19, "code_not_permitted", "20000 to 300000 g"),
        (19_999, "code_not_permitted", "20000 to 300000 g"),
        (300_001, "code_not_permitted", "20000 to 300000 g"),
    ],
)
def test_a_number_in_another_unit_is_named(number: int, code: str, unit: str) -> None:
    with pytest.raises(InvalidAnswers) as error:
        instruments.validate(instruments.get("weight"), {"weight_g": number})
    (problem,) = error.value.problems
    assert problem.code == code
    assert unit in problem.detail


def test_a_weight_with_a_fraction_is_refused() -> None:
    with pytest.raises(InvalidAnswers):
        instruments.validate(instruments.get("weight"), {"weight_g": 72_500.5})


def test_no_weight_is_better_than_another() -> None:
    score = instruments.score(instruments.get("weight"), {"weight_g": 72_500})
    assert score.values["weight_g"].direction is Direction.NEITHER
    assert score.total == 72_500


@pytest.mark.parametrize("rating", [1, 10])
def test_well_being_is_its_own_score(rating: int) -> None:
    assert values("well_being", {"rating": rating}) == {"rating": rating}


@pytest.mark.parametrize("rating", [0, 11])
def test_well_being_goes_from_1_to_10(rating: int) -> None:
    with pytest.raises(InvalidAnswers):
        instruments.validate(instruments.get("well_being"), {"rating": rating})
