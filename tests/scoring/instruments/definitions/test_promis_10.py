"""PROMIS Global Health: raw sums, T scores, and the coding of versions 1.1 and 1.2."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from tests.scoring.instruments.forms import GOLDEN, bands, filled, values, vectors

BLOCK = GOLDEN["promis10"]
PHYSICAL, MENTAL = ("g03", "g06", "g07", "g08"), ("g02", "g04", "g05", "g10")


@pytest.mark.parametrize("vector", vectors("promis10"), ids=lambda vector: vector["id"])
def test_golden(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    score = instruments.score(instruments.get("promis_10"), vector["items"])
    for part in ("physical", "mental"):
        assert score.values[f"{part}_raw"].value == expected[f"{part}_raw"]
        assert score.values[f"{part}_t"].value == expected[f"{part}_t"]
        assert score.values[f"{part}_t"].standard_error == expected[f"{part}_se"]


@pytest.mark.parametrize(("part", "items"), [("physical", PHYSICAL), ("mental", MENTAL)])
@pytest.mark.parametrize("raw", range(4, 21))
def test_every_row_of_the_tables(part: str, items: tuple[str, ...], raw: int) -> None:
    codes = [1 + min(4, max(0, raw - 4 - 4 * place)) for place in range(4)]
    counted = dict(zip(items, codes, strict=True))
    assert sum(codes) == raw
    answers = {**counted, **({"g07": BLOCK["pain_recode"].index(counted["g07"])} if "g07" in counted else {})}
    value = instruments.score(instruments.get("promis_10"), answers).values[f"{part}_t"]
    assert [value.value, value.standard_error] == BLOCK[f"t_{part}"][str(raw)]


# No pain counts 5, 1-3 count 4, 4-6 count 3, 7-9 count 2, the worst counts 1.
@pytest.mark.parametrize(
    ("pain", "counts"), [(0, 5), (1, 4), (3, 4), (4, 3), (6, 3), (7, 2), (9, 2), (10, 1)]
)
def test_pain_is_recoded(pain: int, counts: int) -> None:
    found = values("promis_10", {"g03": 1, "g06": 1, "g07": pain, "g08": 1})
    assert found["physical_raw"] == 3 + counts


def test_the_tables_need_all_four_items() -> None:
    for part, items in (("physical", PHYSICAL), ("mental", MENTAL)):
        for left_out in items:
            answers = {key: code for key, code in filled("promis_10", 3).items() if key != left_out}
            found = values("promis_10", answers)
            assert found[f"{part}_raw"] is None
            assert found[f"{part}_t"] is None


def test_version_1_1_stored_fatigue_and_emotional_problems_the_other_way_round() -> None:
    now = {**filled("promis_10", 3), "g08": 5, "g10": 4}
    then = {**now, "g08": 1, "g10": 2}
    assert values("promis_10", then, "1.1") == values("promis_10", now, "1.2")
    assert values("promis_10", now, "1.1") != values("promis_10", now, "1.2")


def test_the_texts_of_version_1_1_turn_with_its_codes() -> None:
    fatigue = instruments.get("promis_10", "1.1").by_key["g08"]
    assert fatigue.options == {5: "very severe", 1: "none"}
    assert instruments.get("promis_10").by_key["g08"].options == {1: "very severe", 5: "none"}


def test_version_1_0_is_scored_as_1_1() -> None:
    for code in range(1, 6):
        answers = filled("promis_10", code)
        assert values("promis_10", answers, "1.0") == values("promis_10", answers, "1.1")


def test_older_versions_are_retired_and_1_2_is_the_newest() -> None:
    assert instruments.get("promis_10").version == "1.2"
    assert [definition.retired for definition in instruments.versions("promis_10")] == [True, True, False]


# HealthMeasures: physical 58, 50, 42, 35; mental 56, 48, 40, 29.
# Codes 1 to 5 everywhere are raw sums 4, 8, 12, 16 and 20: physical 16.2, 29.6, 39.8, 50.8 and 67.7, mental
# 21.2, 33.8, 43.5, 53.3 and 67.6.
@pytest.mark.parametrize(
    ("code", "physical", "mental"),
    [
        (1, "poor", "poor"),
        (2, "poor", "fair"),
        (3, "fair", "good"),
        (4, "very_good", "very_good"),
        (5, "excellent", "excellent"),
    ],
)
def test_bands(code: int, physical: str, mental: str) -> None:
    answers = {**filled("promis_10", code), "g07": BLOCK["pain_recode"].index(code)}
    assert bands("promis_10", answers) == {("physical_t", "level"): physical, ("mental_t", "level"): mental}
