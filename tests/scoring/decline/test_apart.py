"""What ends a flag, and what confirms one: reports that are really apart, and who gives them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scoring.decline import Profile, Report, Topic, evaluate
from scoring.decline.reports import are_apart
from tests.scoring.decline.histories import (
    DEFAULT,
    NOBODY,
    START,
    alsfrs,
    codes,
    days,
    lost,
    make_report,
    rules_after,
)

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def about_midnight(report: Report, seconds: int) -> Report:
    """The report so many seconds after midnight, on the local day that it then is."""
    at = MIDNIGHT + timedelta(seconds=seconds)
    return replace(report, id=f"{report.id}{seconds}", observed_at=at, observed_on=at.date())


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((1, 0), (2, 12 * 3600), True),
        ((1, 0), (2, 12 * 3600 - 1), False),
        ((2, 12 * 3600), (1, 0), True),
        ((1, 0), (1, 20 * 3600), False),
    ],
)
def test_apart_is_twelve_hours_and_another_local_day(
    one: tuple[int, int], other: tuple[int, int], apart: bool
) -> None:
    assert are_apart(one, other) is apart


def test_two_good_reports_around_midnight_do_not_end_an_urgent_breathing_flag() -> None:
    worst = alsfrs(codes(dyspnea=0), START)
    good = [about_midnight(alsfrs(codes()), seconds) for seconds in (-20, 20)]
    assert "dyspnea_at_worst" in rules_after(worst, *good)
    assert "dyspnea_at_worst" not in rules_after(worst, good[0], about_midnight(alsfrs(codes()), 12 * 3600))


def test_two_bad_reports_around_midnight_do_not_confirm_a_drop() -> None:
    before = [alsfrs(42, MIDNIGHT.date() - timedelta(days=ago)) for ago in (84, 70, 30)]
    low = [about_midnight(alsfrs(34), seconds) for seconds in (-20, 20)]
    assert "confirmed_drop" not in rules_after(*before, *low)
    assert "confirmed_drop" in rules_after(*before, *low, about_midnight(alsfrs(34), 14 * 3600))


def test_two_bad_reports_around_midnight_do_not_confirm_the_drop_of_a_domain() -> None:
    before = [alsfrs(lost(bulbar=0), MIDNIGHT.date() - timedelta(days=ago)) for ago in (40, 35)]
    low = [about_midnight(alsfrs(lost(bulbar=5)), seconds) for seconds in (-20, 20)]
    assert "domain_drop" not in rules_after(*before, *low)
    assert "domain_drop" in rules_after(*before, *low, about_midnight(alsfrs(lost(bulbar=5)), 14 * 3600))


def test_a_stage_around_midnight_has_not_risen_in_two_reports() -> None:
    first = alsfrs(codes(), START)
    risen = [about_midnight(alsfrs(codes(speech=3)), seconds) for seconds in (-20, 20)]
    assert "kings_rise" not in rules_after(first, *risen)
    assert "kings_rise" in rules_after(first, *risen, about_midnight(alsfrs(codes(speech=3)), 13 * 3600))


def test_a_second_answer_around_midnight_does_not_make_breathing_when_lying_down_soon() -> None:
    low = [about_midnight(alsfrs(codes(orthopnea=2)), seconds) for seconds in (-20, 20)]
    history = (alsfrs(codes(orthopnea=3), START), *low)
    assert rules_after(*history)["orthopnea_low"] == "inform"
    later = about_midnight(alsfrs(codes(orthopnea=2)), 13 * 3600)
    assert rules_after(*history, later)["orthopnea_low"] == "soon"


def test_two_low_ratings_around_midnight_are_one() -> None:
    low = [about_midnight(make_report("well_being", {"rating": 3}), seconds) for seconds in (-20, 20)]
    assert "well_being_low" not in rules_after(*low)
    assert "well_being_low" in rules_after(
        *low, about_midnight(make_report("well_being", {"rating": 3}), 13 * 3600)
    )


def test_a_quick_loss_is_not_confirmed_by_the_same_evening() -> None:
    def weight(kg: int, seconds: int) -> Report:
        return about_midnight(make_report("weight", {"weight_g": 1000 * kg}), seconds)

    first = weight(80, -20 * 86_400)
    low = [weight(77, seconds) for seconds in (-20, 20)]
    assert "weight_quick_loss" not in rules_after(first, *low)
    assert "weight_quick_loss" in rules_after(first, *low, weight(77, 13 * 3600))


@pytest.mark.parametrize("said", [4, 2])
@pytest.mark.parametrize("times", [1, 2, 5])
def test_one_who_reports_orthopnea_1_without_a_break_stays_urgent_whatever_another_says(
    said: int, times: int
) -> None:
    first, second, *between, third = days(0, 28, *range(29, 29 + times), 60)
    own = [alsfrs(codes(orthopnea=4), first), alsfrs(codes(orthopnea=1), second)]
    carers = [alsfrs(codes(orthopnea=said), on, respondent="caregiver") for on in between]
    again = alsfrs(codes(orthopnea=1), third)
    history = (*own, *carers, again)
    for count in range(2, len(history) + 1):
        assert rules_after(*history[:count], of=Topic.RESPIRATORY)["orthopnea_fall"] == "urgent"


@pytest.mark.parametrize("latest", ["patient", "caregiver"])
def test_what_two_report_at_once_does_not_depend_on_whose_id_is_greater(latest: str) -> None:
    first, second = days(0, 28)
    others = {"patient": "caregiver", "caregiver": "patient"}
    worst = alsfrs(codes(dyspnea=0), first)
    history = [
        worst,
        alsfrs(codes(dyspnea=0), second, id="b"),
        alsfrs(codes(), second, id="a" if latest == "patient" else "c", respondent=others["patient"]),
    ]
    assert "dyspnea_at_worst" in rules_after(*history)


@pytest.mark.parametrize("ids", ["ab", "ba"])
def test_of_two_forms_of_one_instant_the_last_received_counts(ids: str) -> None:
    instant = alsfrs(48, START).observed_at
    slip = replace(alsfrs(30, START, id=ids[0]), received_at=instant)
    right = replace(alsfrs(44, START, id=ids[1]), received_at=instant + timedelta(minutes=1))
    for history in ([slip, right], [right, slip]):
        evaluation = evaluate(history, NOBODY, DEFAULT)
        assert [point.total for point in evaluation.memory.points] == [44]


# instrument, answers that raise it, rule, profile
STATES = [
    ("alsfrs_r", {"dyspnea": 1}, "dyspnea_low", NOBODY),
    ("alsfrs_r", {"orthopnea": 2}, "orthopnea_low", NOBODY),
    ("alsfrs_r", {"dyspnea": 0}, "dyspnea_at_worst", NOBODY),
    ("alsfrs_r", {"orthopnea": 0}, "orthopnea_at_worst", NOBODY),
    ("alsfrs_r", {"orthopnea": 1}, "orthopnea_fall", NOBODY),
    ("alsfrs_r", {"swallowing": 0}, "tube_form", NOBODY),
    ("phq_9", {f"phq_{place}": 2 for place in range(1, 9)} | {"phq_9": 0}, "phq_9_total", NOBODY),
    ("gad_7", {f"gad_{place}": 2 for place in range(1, 8)}, "gad_7_total", NOBODY),
    (
        "who_5",
        dict.fromkeys(("cheerful", "calm", "active", "rested", "interested"), 1),
        "who_5_index",
        NOBODY,
    ),
    ("weight", {"weight_g": 70_000}, "weight_loss", Profile(diagnosis_weight_g=80_000)),
    ("weight", {"weight_g": 50_000}, "low_bmi", Profile(height_cm=180)),
    ("well_being", {"rating": 3}, "well_being_low", NOBODY),
    ("zbi_12", {f"zbi_{place}": 3 for place in range(1, 13)}, "carer_burden", NOBODY),
]


@pytest.mark.parametrize(
    ("instrument", "answers", "rule", "profile"), STATES, ids=[state[2] for state in STATES]
)
@pytest.mark.parametrize("every", [1, 7, 28, 200])
def test_the_same_answers_again_are_not_the_end_of_a_state(
    instrument: str, answers: dict[str, int], rule: str, profile: Profile, every: int
) -> None:
    def report(day: int, **changed: int) -> Report:
        on = START + timedelta(days=day)
        return (
            alsfrs(codes(**changed), on) if instrument == "alsfrs_r" else make_report(instrument, changed, on)
        )

    before = [report(-1)] if instrument == "alsfrs_r" else [report(-1, **answers)]
    history = [*before, *(report(every * place, **answers) for place in range(12))]
    raised = next(count for count in range(1, 14) if rule in rules_after(*history[:count], profile=profile))
    assert all(
        rule in rules_after(*history[:count], profile=profile) for count in range(raised, len(history) + 1)
    )
