"""The respiratory ladder, rung by rung, at and beside its limits."""

from __future__ import annotations

import pytest

from scoring.decline import Level, Policy, Profile, Topic, evaluate
from tests.scoring.decline.histories import START, alsfrs, codes, days, rules_after

BREATHING = Topic.RESPIRATORY


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {}),
        ({"dyspnea": 3}, {}),
        ({"orthopnea": 3}, {}),
        ({"dyspnea": 2}, {}),
        ({"orthopnea": 2}, {"orthopnea_low": "inform"}),
        ({"orthopnea": 2, "dyspnea": 3}, {"orthopnea_low": "inform"}),
        ({"orthopnea": 2, "dyspnea": 2}, {"orthopnea_low": "soon"}),
        ({"orthopnea": 2, "dyspnea": 2, "support": 3}, {"orthopnea_low": "inform"}),
        ({"dyspnea": 1}, {"dyspnea_low": "soon"}),
        ({"orthopnea": 1}, {"orthopnea_low": "soon"}),
        ({"dyspnea": 0}, {"dyspnea_low": "soon", "dyspnea_at_worst": "urgent"}),
        ({"orthopnea": 0}, {"orthopnea_low": "soon", "orthopnea_at_worst": "urgent"}),
        ({"dyspnea": None, "orthopnea": None}, {}),
    ],
)
def test_a_first_report_lights_the_rungs_of_its_level(
    changed: dict[str, int], expected: dict[str, str]
) -> None:
    assert rules_after(alsfrs(codes(**changed)), of=BREATHING) == expected


@pytest.mark.parametrize(
    ("before", "now", "level"),
    [
        ({"orthopnea": 3}, {"orthopnea": 2}, "inform"),
        ({"orthopnea": 2}, {"orthopnea": 2}, "soon"),
        ({"orthopnea": 4}, {"orthopnea": 2}, "soon"),
        ({"orthopnea": 3, "swallowing": 3}, {"orthopnea": 2, "swallowing": 2}, "soon"),
        ({"orthopnea": 3, "walking": 3}, {"orthopnea": 2, "walking": 2}, "inform"),
        ({"orthopnea": 3}, {"orthopnea": 2, "dyspnea": 2}, "soon"),
        ({"orthopnea": None}, {"orthopnea": 2}, "inform"),
    ],
)
def test_one_low_answer_lying_down_informs_until_something_goes_with_it(
    before: dict[str, int], now: dict[str, int], level: str
) -> None:
    first, second = days(0, 28)
    rules = rules_after(alsfrs(codes(**before), first), alsfrs(codes(**now), second))
    assert rules["orthopnea_low"] == level


def test_anothers_report_is_no_second_one() -> None:
    first, second = days(0, 28)
    low = codes(orthopnea=2)
    rules = rules_after(alsfrs(low, first), alsfrs(low, second, respondent="caregiver"))
    assert rules["orthopnea_low"] == "inform"


def test_ventilation_on_record_has_begun() -> None:
    (first,) = days(0)
    report = alsfrs(codes(orthopnea=2, dyspnea=2), first)
    assert rules_after(report, profile=Profile(ventilation_on=first))["orthopnea_low"] == "inform"
    assert rules_after(report, profile=Profile(ventilation_on=days(1)[0]))["orthopnea_low"] == "soon"


@pytest.mark.parametrize(("last", "stands"), [(27, True), (28, False)])
def test_a_low_answer_that_comes_and_goes_stays_on(last: int, stands: bool) -> None:
    """Two reports above the limit count only once 28 days have gone by without a low one."""
    dates = days(0, 7, last, last + 7)
    reports = [alsfrs(codes(orthopnea=code), day) for code, day in zip((2, 2, 3, 3), dates, strict=True)]
    late = [*reports[:1], *reports[2:]]
    assert ("orthopnea_low" in rules_after(*late)) is stands


@pytest.mark.parametrize(
    ("gap", "before", "now", "lit"),
    [
        (35, 4, 2, True),
        (36, 4, 2, False),
        (28, 4, 3, False),
        (28, 3, 1, True),
        (1, 2, 0, True),
        (28, 1, 4, False),
    ],
)
def test_breathlessness_two_levels_worse_within_35_days_is_urgent(
    gap: int, before: int, now: int, lit: bool
) -> None:
    first, second = days(0, gap)
    rules = rules_after(alsfrs(codes(dyspnea=before), first), alsfrs(codes(dyspnea=now), second))
    assert ("dyspnea_fall" in rules) is lit


def test_a_fall_over_several_reports_counts_from_the_best_of_the_35_days() -> None:
    reports = [alsfrs(codes(dyspnea=code), day) for code, day in zip((4, 3, 2), days(0, 14, 28), strict=True)]
    assert rules_after(*reports)["dyspnea_fall"] == "urgent"


def test_a_fall_is_not_read_between_two_respondents() -> None:
    first, second = days(0, 7)
    reports = (alsfrs(codes(), first), alsfrs(codes(dyspnea=2), second, respondent="caregiver"))
    assert "dyspnea_fall" not in rules_after(*reports)


@pytest.mark.parametrize(("before", "lit"), [(4, True), (2, True), (1, False)])
def test_breathing_lying_down_falling_to_1_is_urgent(before: int, lit: bool) -> None:
    first, second = days(0, 60)
    rules = rules_after(alsfrs(codes(orthopnea=before), first), alsfrs(codes(orthopnea=1), second))
    assert ("orthopnea_fall" in rules) is lit


@pytest.mark.parametrize(
    ("later", "stands"), [((1, 1), True), ((0, 0), True), ((2, 2), False), ((2, 1), True), ((1, 2), True)]
)
def test_the_fall_lying_down_clears_above_1_at_two_reports_in_a_row(
    later: tuple[int, int], stands: bool
) -> None:
    dates = days(0, 28, 56, 84)
    reports = [alsfrs(codes(orthopnea=code), day) for code, day in zip((4, 1, *later), dates, strict=True)]
    assert "orthopnea_fall" in rules_after(*reports[:2])
    assert ("orthopnea_fall" in rules_after(*reports)) is stands


@pytest.mark.parametrize(("later", "stands"), [((3, 3), False), ((2, 2), True), ((None, None), True)])
def test_breathlessness_clears_when_it_is_no_longer_two_below_the_best_of_35_days(
    later: tuple[int | None, ...], stands: bool
) -> None:
    dates = days(0, 14, 21, 28)
    reports = [alsfrs(codes(dyspnea=code), day) for code, day in zip((4, 2, *later), dates, strict=True)]
    assert ("dyspnea_fall" in rules_after(*reports)) is stands


def test_an_incomplete_report_is_read_all_the_same() -> None:
    assert "dyspnea_at_worst" in rules_after(alsfrs(codes(speech=None, walking=None, dyspnea=0)))


def test_anybodys_report_lights_a_rung() -> None:
    first, second = days(0, 7)
    reports = (alsfrs(codes(), first), alsfrs(codes(dyspnea=0), second, respondent="caregiver"))
    assert rules_after(*reports)["dyspnea_at_worst"] == "urgent"


@pytest.mark.parametrize("item", ["dyspnea", "orthopnea"])
def test_the_first_breathing_sign_is_told_once(item: str) -> None:
    dates = days(0, 28, 56, 84)
    reports = [alsfrs(codes(**{item: code}), day) for code, day in zip((4, 3, 4, 3), dates, strict=True)]
    assert "breathing_first" in rules_after(*reports[:2])
    assert "breathing_first" not in rules_after(*reports)


def test_what_the_first_form_says_of_breathing_is_a_starting_point() -> None:
    first, second = days(0, 28)
    reports = [alsfrs(codes(dyspnea=3), first), alsfrs(codes(dyspnea=3), second)]
    assert "breathing_first" not in rules_after(*reports[:1])
    assert "breathing_first" not in rules_after(*reports)


@pytest.mark.parametrize(("swallowing", "expected"), [(4, "inform"), (3, "soon")])
def test_a_first_sign_with_a_new_bulbar_loss_is_soon(swallowing: int, expected: str) -> None:
    first, second = days(0, 28)
    reports = (alsfrs(codes(), first), alsfrs(codes(swallowing=swallowing, dyspnea=3), second))
    (flag,) = (flag for flag in evaluate(reports, Profile(), Policy()).flags if flag.topic is BREATHING)
    assert flag.level == expected


def test_a_rung_clears_at_the_second_report_in_a_row_and_not_before() -> None:
    reports = [
        alsfrs(codes(dyspnea=code), day)
        for code, day in zip((0, 2, 1, 2, 2), days(0, 28, 56, 84, 112), strict=True)
    ]
    lit = ["dyspnea_low" in rules_after(*reports[: count + 1]) for count in range(5)]
    assert lit == [True, True, True, True, False]


def test_two_reports_of_one_day_are_not_two_reports_in_a_row() -> None:
    first, second = days(0, 7)
    reports = (
        alsfrs(codes(dyspnea=0), first),
        alsfrs(codes(dyspnea=4), second, hour=8),
        alsfrs(codes(dyspnea=4), second, hour=9),
    )
    assert "dyspnea_at_worst" in rules_after(*reports)


def test_a_worst_answer_is_not_undone_by_another_report_of_the_same_day() -> None:
    reports = (alsfrs(codes(dyspnea=0), START, hour=8), alsfrs(codes(), START, hour=9))
    assert rules_after(*reports)["dyspnea_at_worst"] == "urgent"


def test_the_flag_carries_the_most_severe_rung_and_the_others_beside_it() -> None:
    (flag,) = evaluate([alsfrs(codes(dyspnea=0))], Profile(), Policy()).flags
    assert (flag.rule, flag.level) == ("dyspnea_at_worst", Level.URGENT)
    assert [signal.rule for signal in flag.further] == ["dyspnea_low"]
    assert flag.sentence == (
        "Breathlessness is reported by the patient at its worst level (item 10: 0 of 4)."
    )


@pytest.mark.parametrize(
    ("changed", "sentence", "clears_when"),
    [
        (
            {"dyspnea": 1},
            "Breathlessness at rest or worse is reported by the patient (item 10: 1 of 4).",
            "Item 10 is above 1 at two reports in a row, and no report of the 28 days before was not.",
        ),
        (
            {"orthopnea": 2},
            "Trouble breathing when lying down is reported by the patient (item 11: 2 of 4).",
            "Item 11 is above 2 at two reports in a row, and no report of the 28 days before was not.",
        ),
    ],
)
def test_a_low_item_is_told_with_its_code_and_the_limit_that_clears_it(
    changed: dict[str, int], sentence: str, clears_when: str
) -> None:
    report = alsfrs(codes(**changed))
    (flag,) = (flag for flag in evaluate([report], Profile(), Policy()).flags if flag.topic is BREATHING)
    assert (flag.sentence, flag.clears_when, flag.evidence) == (sentence, clears_when, (report.id,))


def test_a_flag_that_still_stands_tells_what_was_reported_then() -> None:
    first, second = days(0, 7)
    reports = (alsfrs(codes(dyspnea=0), first), alsfrs(codes(dyspnea=2), second))
    (flag,) = (flag for flag in evaluate(reports, Profile(), Policy()).flags if flag.topic is BREATHING)
    assert flag.numbers["code"] == 0
    assert flag.evidence == (reports[0].id,)
