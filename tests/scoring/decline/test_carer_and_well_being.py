"""The caregiver's strain, and the short rating of well-being."""

from __future__ import annotations

import pytest

from scoring.decline import Policy, Profile, Topic, evaluate
from tests.scoring.decline.histories import START, days, make_report, rules_after


def zbi_12(total: int, **other: object) -> object:
    answers = {f"zbi_{place + 1}": min(4, max(0, total - 4 * place)) for place in range(12)}
    return make_report("zbi_12", answers, **{"respondent": "caregiver", **other})


def ratings(*values: int, on: list[int] | None = None, **other: object) -> list[object]:
    dates = days(*(on or range(len(values))))
    return [
        make_report("well_being", {"rating": one}, day, **other)
        for one, day in zip(values, dates, strict=True)
    ]


@pytest.mark.parametrize(("total", "level"), [(20, None), (21, "soon"), (48, "soon")])
def test_a_burden_above_20_is_soon(total: int, level: str | None) -> None:
    assert rules_after(zbi_12(total)).get("carer_burden") == level


@pytest.mark.parametrize(("now", "lit"), [(14, False), (15, True)])
def test_a_rise_of_5_is_told(now: int, lit: bool) -> None:
    first, second = days(0, 28)
    assert ("carer_burden_rise" in rules_after(zbi_12(10, day=first), zbi_12(now, day=second))) is lit


def test_a_rise_within_a_day_is_a_corrected_form() -> None:
    assert rules_after(zbi_12(5, hour=8), zbi_12(15, hour=9)) == {}


def test_carer_flags_are_restricted() -> None:
    (flag,) = evaluate([zbi_12(30)], Profile(), Policy()).flags
    assert (flag.topic, flag.restricted) == (Topic.CARER_BURDEN, True)


LOW = [
    ((4, 4), (0, 7), True),
    ((4, 4), (0, 8), False),
    ((4, 5), (0, 3), False),
    ((5, 4), (0, 3), False),
    ((4, 9, 4), (0, 2, 5), True),
]


@pytest.mark.parametrize(("values", "on", "lit"), LOW)
def test_two_low_ratings_within_a_week_are_soon(
    values: tuple[int, ...], on: tuple[int, ...], lit: bool
) -> None:
    assert ("well_being_low" in rules_after(*ratings(*values, on=list(on)))) is lit


def test_two_ratings_of_one_day_are_one() -> None:
    reports = [make_report("well_being", {"rating": 3}, START, hour=hour) for hour in (8, 9)]
    assert rules_after(*reports) == {}


def test_ratings_of_two_respondents_are_not_added_up() -> None:
    reports = (*ratings(3), *ratings(3, on=[1], respondent="caregiver"))
    assert rules_after(*reports) == {}


FALL = [
    ((8, 8, 8, 5), (0, 1, 2, 3), True),
    ((8, 8, 8, 6), (0, 1, 2, 3), False),
    ((8, 8, 5), (0, 1, 2), False),
    ((8, 8, 8, 5), (0, 1, 2, 30), False),
    ((9, 8, 5, 8, 5), (0, 1, 2, 3, 4), True),
]


@pytest.mark.parametrize(("values", "on", "lit"), FALL)
def test_a_rating_3_below_the_usual_is_soon(values: tuple[int, ...], on: tuple[int, ...], lit: bool) -> None:
    assert ("well_being_fall" in rules_after(*ratings(*values, on=list(on)))) is lit


def test_a_low_rating_that_is_alone_in_its_week_does_not_count_towards_clearing() -> None:
    assert "well_being_low" in rules_after(*ratings(4, 4, 4, 7, on=[0, 1, 20, 40]))
    assert "well_being_low" not in rules_after(*ratings(4, 4, 5, 7, on=[0, 1, 20, 40]))


def test_well_being_clears_at_the_second_better_rating_in_a_row() -> None:
    assert "well_being_low" in rules_after(*ratings(4, 4, 7))
    assert "well_being_low" not in rules_after(*ratings(4, 4, 7, 7))


def test_a_replaced_rating_of_the_day_is_no_part_of_the_usual() -> None:
    slip, own = (
        make_report("well_being", {"rating": one}, START, hour=hour) for one, hour in ((2, 8), (8, 9))
    )
    later = ratings(8, 5, on=[1, 2])
    assert "well_being_fall" not in rules_after(slip, own, *later)
    assert "well_being_fall" in rules_after(*ratings(2, 8, 8, 5, on=[-1, 0, 1, 2]))


def test_the_longest_memory_a_clinic_may_ask_for_is_kept_to_its_last_day() -> None:
    """The first rating is 182 days old when the day's second one comes."""
    policy = Policy.from_mapping({"limits": {"well_being": {"median_days": 182, "median_reports": 1}}})
    (last,) = days(182)
    reports = [*ratings(9), *(make_report("well_being", {"rating": 5}, last, hour=hour) for hour in (8, 9))]
    flags = evaluate(reports, Profile(), policy).flags
    (fall,) = (flag for flag in flags if flag.rule == "well_being_fall")
    assert fall.evidence == (reports[0].id, reports[2].id)


def test_the_burden_of_years_ago_is_still_compared() -> None:
    first, second = days(0, 3000)
    assert "carer_burden_rise" in rules_after(zbi_12(5, day=first), zbi_12(10, day=second))
