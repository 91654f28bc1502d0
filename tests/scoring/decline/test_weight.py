"""Weight in exact grams: loss against the reference, confirmed quick loss, underweight, doubtful entries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decline import Policy, Profile, Topic, evaluate
from scoring.decline.rules.weight import loss_percent
from tests.scoring.decline.histories import days, make_report, rules_after

VECTORS = json.loads((Path(__file__).parent / "golden_decline.json").read_text())


def weights(*grams: int, on: list[int] | None = None) -> list[object]:
    dates = days(*(on or [14 * place for place in range(len(grams))]))
    return [make_report("weight", {"weight_g": one}, day) for one, day in zip(grams, dates, strict=True)]


@pytest.mark.parametrize("vector", VECTORS["weight"]["vectors"], ids=lambda vector: vector["id"])
def test_published_bands(vector: dict[str, object]) -> None:
    reference, now = round(vector["baseline_kg"] * 1000), round(vector["current_kg"] * 1000)
    profile = Profile(diagnosis_weight_g=reference)
    rules = rules_after(*weights(now), profile=profile)
    assert (
        rules.get("weight_loss", "none")
        == {"none": "none", "ge5": "inform", "ge10": "soon"}[vector["expected"]["band"]]
    )
    assert float(loss_percent(reference, now)) == pytest.approx(vector["expected"]["loss_percent"])


@pytest.mark.parametrize(
    ("grams", "level"),
    [(76_001, None), (76_000, "inform"), (72_001, "inform"), (72_000, "soon"), (90_000, None)],
)
def test_the_bands_begin_at_exactly_5_and_10_percent(grams: int, level: str | None) -> None:
    assert (
        rules_after(*weights(grams), profile=Profile(diagnosis_weight_g=80_000)).get("weight_loss") == level
    )


@given(st.integers(22_000, 300_000).filter(lambda grams: grams % 20 == 0))
def test_exactly_5_percent_counts_at_every_weight(reference: int) -> None:
    profile = Profile(diagnosis_weight_g=reference)
    now = reference - reference // 20
    assert "weight_loss" in rules_after(*weights(now), profile=profile)
    assert "weight_loss" not in rules_after(*weights(now + 1), profile=profile)


def test_without_a_diagnosis_weight_the_first_one_is_the_reference() -> None:
    assert rules_after(*weights(80_000, 77_000, 75_500)).get("weight_loss") == "inform"


def test_the_first_weight_stays_the_reference_for_years() -> None:
    reports = weights(*(80_000 - 60 * week for week in range(120)), on=[7 * week for week in range(120)])
    (flag,) = evaluate(reports, Profile(), Policy()).flags
    assert flag.numbers["reference_kg"] == 80.0


QUICK = [
    # 2.5 % lost in 30 days, confirmed within 14 days.
    ((80_000, 78_000, 77_900), (0, 30, 44), True),
    ((80_000, 78_001, 77_900), (0, 30, 44), False),
    ((80_000, 78_000, 77_900), (0, 31, 45), False),
    ((80_000, 78_000, 77_900), (0, 30, 45), False),
    ((80_000, 78_000, 78_500), (0, 30, 44), False),
    ((80_000, 78_000), (0, 30), False),
]


@pytest.mark.parametrize(("grams", "on", "lit"), QUICK)
def test_a_quick_loss_needs_a_second_weight(grams: tuple[int, ...], on: tuple[int, ...], lit: bool) -> None:
    assert ("weight_quick_loss" in rules_after(*weights(*grams, on=list(on)))) is lit


@pytest.mark.parametrize(("grams", "lit"), [(53_465, False), (53_464, True)])
def test_underweight_begins_below_18_5(grams: int, lit: bool) -> None:
    rules = rules_after(*weights(grams), profile=Profile(height_cm=170))
    assert ("low_bmi" in rules) is lit


def test_without_a_height_there_is_no_body_mass_index() -> None:
    assert rules_after(*weights(30_000)) == {}


@pytest.mark.parametrize(
    ("grams", "doubtful"), [(88_000, False), (88_001, True), (72_000, False), (71_999, True)]
)
def test_a_jump_of_more_than_10_percent_is_asked_about(grams: int, doubtful: bool) -> None:
    evaluation = evaluate(weights(80_000, grams), Profile(), Policy())
    queries = [flag for flag in evaluation.flags if flag.topic is Topic.WEIGHT_QUERY]
    assert bool(queries) is doubtful
    assert all(flag.data_query for flag in queries)


def test_a_doubtful_weight_is_not_used() -> None:
    """Pounds entered as kilograms: no gain, and no loss afterwards."""
    rules = rules_after(*weights(80_000, 176_000, 80_100))
    assert rules == {"weight_jump": "inform"}


def test_a_doubtful_weight_entered_again_is_believed() -> None:
    rules = rules_after(*weights(80_000, 71_000, 70_900), profile=Profile(diagnosis_weight_g=80_000))
    assert rules["weight_loss"] == "soon"


def test_a_doubtful_weight_may_be_entered_again_on_the_same_day() -> None:
    reports = [
        *weights(80_000),
        *(make_report("weight", {"weight_g": 71_000}, days(14)[0], hour=hour) for hour in (8, 9)),
    ]
    assert rules_after(*reports)["weight_loss"] == "soon"


def test_weights_of_different_respondents_are_one_series() -> None:
    first, second, third = days(0, 28, 35)
    reports = [
        make_report("weight", {"weight_g": 80_000}, first),
        make_report("weight", {"weight_g": 78_000}, second, respondent="caregiver"),
        make_report("weight", {"weight_g": 77_900}, third),
    ]
    assert "weight_quick_loss" in rules_after(*reports)


def test_the_sentence_says_the_weights_in_kilograms() -> None:
    (flag,) = evaluate(weights(72_000), Profile(diagnosis_weight_g=80_000), Policy()).flags
    assert flag.sentence == "Weight is 72 kg, 10.0 % below the reference weight of 80 kg."
