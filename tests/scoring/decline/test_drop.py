"""Confirmed drop: two reports well below the patient's own level of two to four months ago."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from scoring.decline import Policy, Profile, Report, Signal, evaluate
from tests.scoring.decline.histories import alsfrs, codes_for, days, rules_after, rules_on

VECTORS = json.loads((Path(__file__).parent / "golden_decline.json").read_text())


def on_days(totals: dict[int, int], **other: object) -> list[Report]:
    dates = days(*totals)
    return [alsfrs(total, day, **other) for total, day in zip(totals.values(), dates, strict=True)]


@pytest.mark.parametrize("vector", VECTORS["confirmed_drop"]["vectors"], ids=lambda vector: vector["id"])
def test_published_vectors(vector: dict[str, object]) -> None:
    reports = [alsfrs(report["total"], date.fromisoformat(report["date"])) for report in vector["reports"]]
    assert ("confirmed_drop" in rules_after(*reports)) is vector["expected"]["flag"]


CASES = [
    ({0: 42, 56: 37, 84: 36}, True, "six and five below"),
    ({0: 42, 56: 38, 84: 36}, False, "the report before is only four below"),
    ({0: 42, 56: 37, 84: 37}, False, "the latest is only five below"),
    ({0: 42, 42: 37, 56: 36}, True, "reference exactly 56 days before"),
    ({0: 42, 42: 37, 55: 36}, False, "reference 55 days before"),
    ({0: 42, 84: 37, 112: 36}, True, "reference exactly 112 days before"),
    ({0: 42, 84: 37, 113: 36}, False, "reference 113 days before"),
    ({0: 42, 112: 36}, False, "nothing confirms it"),
    ({0: 42, 10: 41, 20: 48, 90: 36, 110: 35}, True, "median of the reference, not its maximum"),
    ({0: 40, 10: 40, 20: 48, 90: 36, 110: 35}, False, "one high report does not make a usual level"),
    ({0: 42, 60: 38, 76: 37, 84: 36}, False, "another of the last 28 days is only four below"),
    ({0: 42, 55: 38, 76: 37, 84: 36}, True, "one of 29 days ago need not confirm it"),
    ({0: 42, 70: 37, 76: 37, 84: 36}, True, "all of the last 28 days confirm it"),
    ({0: 42, 40: 38, 84: 36}, False, "the report before has to, however old"),
]


@pytest.mark.parametrize(("totals", "lit", "why"), CASES, ids=[case[2] for case in CASES])
def test_boundaries(totals: dict[int, int], lit: bool, why: str) -> None:
    assert ("confirmed_drop" in rules_after(*on_days(totals))) is lit


def test_the_report_before_is_never_part_of_its_own_reference() -> None:
    """At 56 days the report before the latest would be old enough to be in the reference."""
    assert "confirmed_drop" not in rules_after(*on_days({0: 42, 60: 36}))


def test_the_switch_from_5a_to_5b_is_compared_on_the_other_items() -> None:
    """Item 5 falls by four points with the form; on the other eleven items only three are lost."""
    first, second, third = days(0, 56, 84)
    before, after = codes_for(48), [3, 3, 3, 4, 0, 4, 4, 4, 4, 4, 4, 4]
    reports = [
        alsfrs(before, first),
        alsfrs(after, second, form="b"),
        alsfrs(after, third, form="b"),
    ]
    assert "confirmed_drop" not in rules_after(*reports)
    same_form = [alsfrs(before, first), alsfrs(after, second), alsfrs(after, third)]
    assert "confirmed_drop" in rules_after(*same_form)


def test_breathing_support_begun_is_not_a_drop() -> None:
    first, second, third = days(0, 56, 84)
    before, after = [4] * 12, [4, 4, 4, 4, 4, 2, 2, 4, 4, 4, 4, 2]
    reports = [alsfrs(before, first), alsfrs(after, second), alsfrs(after, third)]
    assert "confirmed_drop" not in rules_after(*reports)
    losing = [4, 4, 4, 4, 4, 2, 0, 4, 4, 4, 4, 2]
    reports = [alsfrs(before, first), alsfrs(losing, second), alsfrs(losing, third)]
    (flag,) = (flag for flag in evaluate(reports, Profile(), Policy()).flags if flag.topic == "decline")
    assert "breathing support" in flag.sentence
    assert flag.numbers["drop"] == 6


def test_another_respondents_report_neither_confirms_nor_refers() -> None:
    first, second, third, fourth = days(0, 56, 70, 84)
    reports = [
        alsfrs(42, first),
        alsfrs(37, second, respondent="caregiver"),
        alsfrs(36, third, respondent="caregiver"),
        alsfrs(36, fourth),
    ]
    assert "confirmed_drop" not in rules_after(*reports)


def test_the_caregivers_series_counts_once_the_patient_has_stopped() -> None:
    own = [alsfrs(total, day) for total, day in zip((42, 42), days(0, 14), strict=True)]
    caregivers = on_days({40: 41, 68: 40, 124: 35, 152: 34}, respondent="caregiver")
    assert "confirmed_drop" in rules_after(*own, *caregivers)


def test_it_clears_at_the_second_report_near_the_old_level() -> None:
    reports = on_days({0: 42, 56: 37, 84: 36, 112: 41, 140: 41})
    lit = ["confirmed_drop" in rules_after(*reports[: count + 1]) for count in range(5)]
    assert lit == [False, False, True, True, False]


def test_the_sentence_says_both_reports_and_the_level_before() -> None:
    evaluation = evaluate(on_days({0: 42, 56: 37, 84: 36}), Profile(), Policy())
    signals = [signal for flag in evaluation.flags for signal in (flag, *flag.further)]
    (signal,) = (signal for signal in signals if signal.rule == "confirmed_drop")
    assert signal.sentence == (
        "The latest ALSFRS-R report is 6 points below the usual level of 8 to 16 weeks earlier"
        " (36 now, 37 in the report before, 42 then), measured on all 12 items."
    )
    assert len(signal.evidence) == 3
    assert rules_on(evaluation)["confirmed_drop"] == "inform"


def signal_of(reports: list[Report], policy: Policy = Policy()) -> Signal:  # noqa: B008
    flags = evaluate(reports, Profile(), policy).flags
    signals = [signal for flag in flags for signal in (flag, *flag.further)]
    (found,) = (signal for signal in signals if signal.rule == "confirmed_drop")
    return found


def test_its_numbers_are_those_of_the_reports_it_names() -> None:
    """The reports of days 40 and 76 are neither reference nor among the last 28 days."""
    reports = on_days({0: 42, 10: 44, 40: 41, 76: 37, 92: 36, 95: 35, 105: 34})
    signal = signal_of(reports)
    assert signal.evidence == tuple(reports[place].id for place in (0, 1, 2, 4, 5, 6))
    assert dict(signal.numbers) == {
        "reference": 42.0,
        "reference_reports": 3,
        "latest": 34,
        "previous": 35,
        "drop": 8.0,
        "level_now": 34.0,
        "from_weeks": 8,
        "to_weeks": 16,
        "points": 6,
        "clear_points": 3,
        "compared_on": "all",
        "respondent": "patient",
    }
    assert signal.clears_when == (
        "The latest report is less than 3 points below the level of 8 to 16 weeks earlier, at two reports in"
        " a row."
    )


def test_the_weeks_and_points_of_the_sentence_are_the_policys() -> None:
    own = {"points": 4, "clear_points": 1, "reference_from_days": 42, "reference_to_days": 84}
    signal = signal_of(
        on_days({0: 42, 56: 39, 84: 38}), Policy.from_mapping({"limits": {"confirmed_drop": own}})
    )
    numbers = signal.numbers
    assert (numbers["from_weeks"], numbers["to_weeks"]) == (6, 12)
    assert (numbers["points"], numbers["clear_points"]) == (4, 1)


def lit_after_each(totals: dict[int, int]) -> list[bool]:
    reports = on_days(totals)
    return ["confirmed_drop" in rules_after(*reports[: count + 1]) for count in range(len(reports))]


@pytest.mark.parametrize(("later", "stands"), [(39, True), (40, False)])
def test_only_less_than_three_points_below_counts_towards_clearing(later: int, stands: bool) -> None:
    """Three reports at the start keep the usual level at 42."""
    totals = {0: 42, 2: 42, 4: 42, 56: 37, 84: 36, 90: later, 100: later}
    assert lit_after_each(totals)[4:] == [True, True, stands]


@pytest.mark.parametrize(("floor", "stands"), [(8, True), (9, False)])
def test_at_the_end_of_the_scale_a_steady_total_does_not_count_towards_clearing(
    floor: int, stands: bool
) -> None:
    """From 16 down to the floor; later the usual level is the floor itself."""
    totals = {0: 16, 56: floor, 84: floor, 112: floor, 140: floor, 168: floor, 196: floor}
    assert lit_after_each(totals)[2]
    assert lit_after_each(totals)[-1] is stands


def test_an_incomplete_report_says_nothing() -> None:
    reports = on_days({0: 42, 56: 37})
    (last,) = days(84)
    missing = [*codes_for(36)[:11], None]
    assert "confirmed_drop" not in rules_after(*reports, alsfrs(missing, last))


@pytest.mark.parametrize(("stopped", "lit"), [(12, False), (11, True)])
def test_the_patient_stays_the_reference_for_112_days(stopped: int, lit: bool) -> None:
    own = on_days({stopped: 42})
    caregivers = on_days({40: 41, 96: 35, 124: 34}, respondent="caregiver")
    assert ("confirmed_drop" in rules_after(*own, *caregivers)) is lit
