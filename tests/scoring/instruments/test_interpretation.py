"""Bands and safety items: read from the numbers, never changing them."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from scoring import instruments
from scoring.instruments import OtherInstrument
from tests.scoring.instruments.made_up import MADE_UP

BASE = {"odd_b": 0, "metres": 100}


def names(answers: dict[str, int]) -> list[str]:
    score = instruments.score(MADE_UP, {**BASE, **answers})
    return [band.name for band in instruments.interpret(MADE_UP, score)]


@pytest.mark.parametrize(
    ("one", "two", "three", "expected"),
    [
        (0, 4, 0, ["low", "worse"]),
        (2, 2, 0, ["low"]),
        (1, 4, 4, ["high", "worse"]),
        (2, 4, 3, ["high", "worse"]),
        (2, 3, 2, ["high"]),
        (4, 0, 4, ["high"]),
    ],
)
def test_bands_include_their_lower_end_and_not_their_upper_one(
    one: int, two: int, three: int, expected: list[str]
) -> None:
    assert names({"one": one, "two": two, "three": three}) == expected


def test_a_prorated_value_is_rounded_half_up_for_its_band() -> None:
    assert names({"one": 3, "three": 0})[0] == "high"  # 3 * 3 / 2 = 4.5
    assert names({"one": 2, "three": 0})[0] == "low"  # 3


def test_a_value_is_not_rounded_where_the_rule_does_not_say_so() -> None:
    rules = tuple(replace(rule, whole_for_bands=False) for rule in MADE_UP.scores)
    plain = replace(MADE_UP, scores=rules)
    score = instruments.score(plain, {**BASE, "one": 3, "three": 0})
    assert [band.name for band in instruments.interpret(plain, score)] == ["low"]


def test_a_missing_score_is_in_no_band() -> None:
    assert names({}) == []


def test_reading_the_bands_changes_no_number() -> None:
    score = instruments.score(MADE_UP, {**BASE, "one": 3, "three": 0})
    before = copy.deepcopy(score)
    instruments.interpret(MADE_UP, score)
    assert score == before


@pytest.mark.parametrize("other", [replace(MADE_UP, version="2"), replace(MADE_UP, key="other")])
def test_a_score_of_another_definition_is_refused(other: instruments.Definition) -> None:
    with pytest.raises(OtherInstrument, match="a score of made_up 1"):
        instruments.interpret(other, instruments.score(MADE_UP, BASE))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [({}, ()), ({"three": 2, "one": 4}, ()), ({"three": 3}, ("three",)), ({"three": 4}, ("three",))],
)
def test_safety_items_are_those_at_their_level(answers: dict[str, int], expected: tuple[str, ...]) -> None:
    assert instruments.safety_items(MADE_UP, answers) == expected


def test_of_all_shipped_items_only_thoughts_of_self_harm_are_safety_items() -> None:
    found = [
        (definition.key, item.key, item.safety_from)
        for definition in instruments.catalogue()
        for item in definition.items
        if item.safety_from is not None
    ]
    assert found == [("phq_9", "phq_9", 1)]
