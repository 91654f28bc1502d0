"""Weight in exact grams: loss against the reference, confirmed quick loss, underweight, doubtful entries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decline import Policy, Profile, Signal, Topic, evaluate
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


def test_a_doubtful_weight_is_not_borne_out_by_the_same_day_nor_by_the_hour_after_midnight() -> None:
    reports = [
        *weights(80_000),
        *(
            make_report("weight", {"weight_g": 71_000}, day, hour=hour)
            for day, hour in zip(days(14, 14, 15, 15), (8, 23, 0, 11), strict=True)
        ),
    ]
    believed = ["weight_loss" in rules_after(*reports[: count + 1]) for count in range(5)]
    assert believed == [False, False, False, False, True]


def test_a_first_weight_that_is_replaced_the_same_day_is_no_reference() -> None:
    slip, right, later = (
        make_report("weight", {"weight_g": grams}, day, hour=hour)
        for grams, day, hour in zip((176_000, 80_000, 79_000), days(0, 0, 7), (9, 10, 9), strict=True)
    )
    assert not rules_after(slip, right, of=Topic.WEIGHT)
    assert not rules_after(slip, right, later, of=Topic.WEIGHT)


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


def signal_of(rule: str, reports: list[object], profile: Profile = Profile()) -> Signal:  # noqa: B008
    flags = evaluate(reports, profile, Policy()).flags
    signals = [signal for flag in flags for signal in (flag, *flag.further)]
    (found,) = (signal for signal in signals if signal.rule == rule)
    return found


@pytest.mark.parametrize(
    ("grams", "level", "band", "percent"),
    [(76_000, "inform", "ge5", 5.0), (72_800, "inform", "ge5", 9.0), (72_000, "soon", "ge10", 10.0)],
)
def test_a_loss_is_recorded_with_its_band_and_both_weights(
    grams: int, level: str, band: str, percent: float
) -> None:
    reports = weights(grams)
    signal = signal_of("weight_loss", reports, Profile(diagnosis_weight_g=80_000))
    assert (signal.level, signal.evidence) == (level, (reports[0].id,))
    assert dict(signal.numbers) == {
        "loss_percent": percent,
        "band": band,
        "reference_kg": 80.0,
        "now_kg": grams / 1000,
        "clear_percent": 5,
    }
    assert signal.clears_when == "The loss is below 5 % at two weights in a row."


def test_a_loss_that_is_clearing_shows_the_weight_of_now() -> None:
    signal = signal_of("weight_loss", weights(76_000, 77_000), Profile(diagnosis_weight_g=80_000))
    assert (signal.numbers["band"], signal.numbers["now_kg"], signal.level) == ("none", 77.0, "inform")


@pytest.mark.parametrize(("grams", "stands"), [(76_001, False), (76_000, True)])
def test_the_loss_clears_below_5_percent_at_two_weights_in_a_row(grams: int, stands: bool) -> None:
    rules = rules_after(*weights(75_000, grams, grams), profile=Profile(diagnosis_weight_g=80_000))
    assert ("weight_loss" in rules) is stands


def test_a_quick_loss_is_counted_from_the_heaviest_weight_of_the_30_days_before() -> None:
    """The first weight is 35 days before the first low one, the fourth less than 2.5 % above it."""
    reports = weights(82_000, 81_000, 80_500, 79_900, 78_000, 77_760, on=[0, 10, 12, 14, 35, 45])
    signal = signal_of("weight_quick_loss", reports)
    assert (signal.level, signal.evidence) == ("soon", tuple(reports[place].id for place in (1, 4, 5)))
    assert dict(signal.numbers) == {
        "start_kg": 81.0,
        "first_kg": 78.0,
        "now_kg": 77.76,
        "loss_percent": pytest.approx(4.0),
        "days": 35,
        "limit_percent": 2.5,
        "limit_days": 30,
    }
    assert signal.sentence == (
        "Weight fell from 81 to 78 kg and a second weight confirms it (77.76 kg, 4.0 % less within 35 days)."
    )
    assert signal.clears_when == (
        "Two weights in a row, close together, are less than 2.5 % below those of the 30 days before."
    )


def test_a_doubtful_weight_that_is_confirmed_counts_as_the_first_of_a_quick_loss() -> None:
    """The weight of day 0 is three weeks old by the second of the two low ones."""
    reports = weights(80_000, 71_000, 70_900, on=[0, 14, 21])
    signal = signal_of("weight_quick_loss", reports)
    assert signal.evidence == tuple(report.id for report in reports)
    assert (signal.numbers["start_kg"], signal.numbers["first_kg"], signal.numbers["now_kg"]) == (
        80.0,
        71.0,
        70.9,
    )


def test_two_weights_of_one_day_do_not_confirm_each_other() -> None:
    low = [make_report("weight", {"weight_g": 77_000}, days(20)[0], hour=hour) for hour in (8, 9)]
    assert "weight_quick_loss" not in rules_after(*weights(80_000), *low)
    assert "weight_quick_loss" in rules_after(*weights(80_000), *low, *weights(77_000, on=[21]))


def test_a_quick_loss_clears_at_two_steady_weights_close_together() -> None:
    lost = ((80_000, 0), (78_000, 30), (77_900, 44))
    for later, stands in ((((77_900, 58), (77_900, 72)), False), (((77_900, 70), (77_900, 96)), True)):
        grams, on = zip(*lost, *later, strict=True)
        assert ("weight_quick_loss" in rules_after(*weights(*grams, on=list(on)))) is stands


def test_a_replaced_weight_of_the_day_starts_no_quick_loss() -> None:
    """82 kg was entered in the morning of the first day and 80 kg in its place."""
    first = days(0)[0]
    slip = [
        make_report("weight", {"weight_g": grams}, first, hour=hour)
        for grams, hour in ((82_000, 8), (80_000, 9))
    ]
    later = weights(79_000, 78_900, on=[30, 44])
    assert "weight_quick_loss" not in rules_after(*slip, *later)
    assert "weight_quick_loss" in rules_after(slip[0], *later)


@pytest.mark.parametrize(("grams", "lit"), [(74_000, False), (73_999, True)])
def test_a_body_mass_index_of_exactly_18_5_is_not_below_it(grams: int, lit: bool) -> None:
    tall = Profile(height_cm=200)
    assert ("low_bmi" in rules_after(*weights(grams), profile=tall)) is lit
    assert ("low_bmi" in rules_after(*weights(73_000, grams, grams), profile=tall)) is lit


def test_underweight_is_told_with_weight_and_height() -> None:
    reports = weights(50_000)
    signal = signal_of("low_bmi", reports, Profile(height_cm=170))
    assert (signal.level, signal.evidence) == ("soon", (reports[0].id,))
    assert dict(signal.numbers) == {
        "bmi": pytest.approx(50 / 1.7**2),
        "now_kg": 50.0,
        "height_cm": 170,
        "limit": 18.5,
    }
    assert signal.sentence == "The body mass index is 17.3 kg/m² (50 kg at 170 cm), below 18.5."
    assert signal.clears_when == "The body mass index is 18.5 or higher at two weights in a row."


def test_a_doubtful_weight_is_told_with_the_one_before() -> None:
    reports = weights(79_000, 80_000, 176_400)
    signal = signal_of("weight_jump", reports)
    assert (signal.level, signal.evidence) == ("inform", (reports[1].id, reports[2].id))
    assert dict(signal.numbers) == {"now_kg": 176.4, "earlier_kg": 80.0, "limit_percent": 10}
    assert signal.sentence == (
        "The weight entered, 176.4 kg, is more than 10 % away from the one before (80 kg); it is not used"
        " until another day's weight bears it out."
    )
    assert signal.clears_when == "Two weights in a row are within 10 % of the one before."


def test_two_scales_twelve_percent_apart_make_no_deadlock() -> None:
    """71 kg is doubted, 80 kg comes again; 71 kg again is as bad, so both were no slip."""
    grams = (80_000, 71_000, 80_000, 71_000, 80_000, 71_000, 71_000)
    profile = Profile(diagnosis_weight_g=80_000)
    flags = [rules_after(*weights(*grams[: count + 1]), profile=profile) for count in range(7)]
    assert ["weight_loss" in rules for rules in flags] == [False] * 3 + [True] * 4


FALLING = (80_000, 71_000, 63_000, 56_000, 49_800)


@pytest.mark.parametrize("every", [91, 182])
def test_a_loss_of_more_than_a_tenth_each_time_is_believed_and_asked_about(
    every: int,
) -> None:
    """The weight at diagnosis was 80 kg at 180 cm; each weight is more than 10 % below the one before."""
    profile = Profile(diagnosis_weight_g=80_000, height_cm=180)
    reports = weights(*FALLING, on=[every * place for place in range(5)])
    rules = [rules_after(*reports[: count + 1], profile=profile) for count in range(5)]
    assert [entry.get("weight_jump") for entry in rules] == [None, "inform", "inform", "soon", "soon"]
    assert [entry.get("weight_loss") for entry in rules] == [None, None, "soon", "soon", "soon"]
    assert [entry.get("low_bmi") for entry in rules] == [None, None, None, None, "soon"]


@pytest.mark.parametrize("second", [65_000, 71_000, 71_900])
def test_a_second_doubted_fall_is_soon_and_a_rise_never(second: int) -> None:
    """55 kg is a slip; the next one is too far from both to be believed, and not as bad."""
    assert rules_after(*weights(80_000, 55_000, 79_000, 80_000, 80_000)).get("weight_jump") is None
    rules = rules_after(*weights(80_000, 55_000, 79_000, 80_000, 80_000, second))
    assert rules["weight_jump"] == "soon"
    assert rules_after(*weights(80_000, 120_000, 80_000, 95_000))["weight_jump"] == "inform"


def test_a_fall_doubted_twice_on_one_day_is_doubted_once() -> None:
    """55 kg and an hour later 65: one visit to the scales, and no second doubt."""
    day = days(14)[0]
    twice = [
        make_report("weight", {"weight_g": grams}, day, hour=hour)
        for grams, hour in ((55_000, 8), (65_000, 9))
    ]
    assert rules_after(*weights(80_000), *twice)["weight_jump"] == "inform"


def test_a_slip_that_nothing_bears_out_raises_nothing_but_its_query() -> None:
    slip = weights(80_000, 40_000, 79_500, 79_000, 78_500)
    profile = Profile(diagnosis_weight_g=80_000, height_cm=180)
    for count in range(2, 6):
        assert set(rules_after(*slip[:count], profile=profile)) <= {"weight_jump"}
    assert rules_after(*slip, profile=profile) == {}


def test_a_fall_bears_out_no_rise() -> None:
    rules = rules_after(*weights(80_000, 120_000, 60_000), profile=Profile(diagnosis_weight_g=80_000))
    assert rules == {"weight_jump": "inform"}


def test_what_was_put_aside_above_what_is_believed_now_bears_out_nothing() -> None:
    """71 kg was put aside; at 73 kg it would not be now, so a fall to 60 kg stands alone."""
    grams = (80_000, 71_000, 77_000, 75_000, 73_000, 60_000)
    rules = rules_after(*weights(*grams), profile=Profile(diagnosis_weight_g=80_000))
    assert rules["weight_loss"] == "inform"
    assert rules["weight_jump"] == "soon"


def test_a_doubtful_weight_corrected_on_the_same_day_is_forgotten() -> None:
    slip, right, later = (
        make_report("weight", {"weight_g": grams}, day, hour=hour)
        for grams, day, hour in zip((60_000, 80_000, 60_000), days(14, 14, 28), (9, 10, 9), strict=True)
    )
    rules = rules_after(*weights(80_000), slip, right, later, profile=Profile(diagnosis_weight_g=80_000))
    assert "weight_loss" not in rules


@pytest.mark.parametrize(("after_days", "believed"), [(365, True), (366, False)])
def test_a_weight_put_aside_is_remembered_for_a_year(after_days: int, believed: bool) -> None:
    on = [0, 1, 2, 1 + after_days, 2 + after_days]
    reports = weights(80_000, 60_000, 80_000, 80_000, 60_000, on=on)
    rules = rules_after(*reports, profile=Profile(diagnosis_weight_g=80_000))
    assert ("weight_loss" in rules) is believed


def test_a_second_weight_near_the_doubted_one_or_worse_bears_it_out() -> None:
    """Within 10 % of the doubted weight, or worse, and itself more than 10 % away from the believed one."""
    for again, believed in ((63_900, True), (60_000, True), (78_100, True), (78_101, False), (79_199, False)):
        rules = rules_after(*weights(88_000, 71_000, again), profile=Profile(diagnosis_weight_g=88_000))
        assert ("weight_loss" in rules) is believed
