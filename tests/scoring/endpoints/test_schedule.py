"""Visit windows: golden values, the rule restated by distance, and the schedules of the trials."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.endpoints import MONTHS, WEEKS, TrialSchedule, TrialVisit, UnknownVisit, find_visit
from scoring.endpoints.schedule import schedule_of, schedule_of_months, schedule_of_weeks

GOLDEN = json.loads((Path(__file__).parents[1] / "golden_endpoints.json").read_text())["visit_windows"]


def name_on(schedule: TrialSchedule, day: int) -> str | None:
    visit = schedule.visit_on(day)
    return visit and visit.name


@pytest.mark.parametrize("vector", GOLDEN["assign"], ids=lambda vector: vector["id"])
def test_golden_windows(vector: dict[str, Any]) -> None:
    week = vector["expected"]["week"]
    assert name_on(WEEKS, vector["study_day"]) == (None if week is None else f"week {week}")


@pytest.mark.parametrize("vector", GOLDEN["choose"], ids=lambda vector: vector["id"])
def test_golden_choices(vector: dict[str, Any]) -> None:
    values = [(day, value) for day, value in vector["reports"]]
    chosen = {visit.name: visit.choose(values) for visit in WEEKS.visits}
    expected = {f"week {week}": (one["study_day"], one["value"]) for week, one in vector["expected"].items()}
    assert {name: one for name, one in chosen.items() if one} == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (-1, None),
        (0, "week 0"),
        (14, "week 0"),
        (15, "week 4"),
        (42, "week 4"),
        (43, "week 8"),
        (322, "week 44"),
        (323, "week 48"),
        (350, "week 48"),
        (351, None),
    ],
)
def test_a_tie_goes_to_the_earlier_week(day: int, expected: str | None) -> None:
    assert name_on(WEEKS, day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (-1, None),
        (0, "month 0"),
        (15, "month 0"),
        (16, "month 1"),
        (45, "month 1"),
        (46, "month 2"),
        (106, "month 3"),
        (107, "month 4"),
        (137, "month 4"),
        (138, "month 5"),
        (1080, "month 35"),
        (1081, "month 36"),
        (1111, "month 36"),
        (1112, None),
    ],
)
def test_months_have_windows_too(day: int, expected: str | None) -> None:
    assert name_on(MONTHS, day) == expected


def test_nominal_days_follow_the_calendar_of_the_unit() -> None:
    assert [visit.nominal_day for visit in WEEKS.visits] == list(range(0, 337, 28))
    months = {visit.name: visit.nominal_day for visit in MONTHS.visits}
    assert len(months) == 37
    assert [months[f"month {month}"] for month in (0, 1, 4, 6, 8, 12, 24, 36)] == [
        0, 30, 122, 183, 244, 365, 730, 1096,
    ]  # fmt: skip
    assert (WEEKS.name, MONTHS.name) == ("every fourth week to 48", "every month to 36")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([(200, 30.0)], None),
        ([(160, 31.0), (170, 30.0)], (170, 30.0)),
        ([(166, 31.0), (170, 30.0)], (170, 30.0)),
        ([(170, 30.0), (166, 31.0)], (170, 30.0)),
        ([(167, 31.0), (170, 30.0)], (167, 31.0)),
        ([(155, 1.0), (182, 2.0), (154, 3.0), (183, 4.0)], (155, 1.0)),
    ],
)
def test_the_nearest_value_stands_for_the_visit_and_the_later_on_a_tie(
    values: list[tuple[int, float]], expected: tuple[int, float] | None
) -> None:
    assert find_visit("week 24")[1].choose(values) == expected


@given(
    st.sets(st.integers(1, 60), min_size=1, max_size=8).map(lambda steps: [0, *sorted(steps)]),
    st.sampled_from([schedule_of_weeks, schedule_of_months]),
)
def test_every_day_belongs_to_the_nearest_visit_and_windows_have_no_gap(steps: list[int], make: Any) -> None:
    visits = make(steps).visits
    half = (visits[-1].nominal_day - visits[-2].nominal_day) // 2
    for day in range(-3, visits[-1].nominal_day + half + 3):
        inside = [visit for visit in visits if day in visit.window]
        if day < 0 or day > visits[-1].nominal_day + half:
            assert inside == []
        else:
            nearest = min(visits, key=lambda visit: (abs(day - visit.nominal_day), visit.nominal_day))
            assert inside == [nearest]


def test_a_schedule_can_be_made_of_other_weeks_or_months() -> None:
    assert schedule_of_weeks(range(0, 49, 4)).visits == WEEKS.visits
    assert schedule_of_months(range(37)).visits == MONTHS.visits
    assert schedule_of_weeks([0, 13, 26]).visits == (
        TrialVisit("week 0", 0, range(46)),
        TrialVisit("week 13", 91, range(46, 137)),
        TrialVisit("week 26", 182, range(137, 228)),
    )


def test_visits_up_to_one_leave_baseline_out() -> None:
    _, visit = find_visit("week 8")
    assert [week.name for week in WEEKS.until(visit)] == ["week 4", "week 8"]


def test_a_visit_is_found_by_its_name() -> None:
    schedule, visit = find_visit("month 6")
    assert (schedule, visit.name, visit.nominal_day) == (MONTHS, "month 6", 183)
    assert find_visit("week 48")[0] is WEEKS


@pytest.mark.parametrize("name", ["week 261", "week 0", "month 0", "month 37", "6", "", "week -4", "week ٤"])
def test_another_visit_is_unknown(name: str) -> None:
    with pytest.raises(UnknownVisit, match=r"week 1, 2, \.\.\. 260 and month 1, 2, \.\.\. 36$") as caught:
        find_visit(name)
    assert caught.value.name == name


@pytest.mark.parametrize("spelling", ["week 24", "Week 24", "WEEK  24", " week24 ", "week 024"])
def test_a_name_may_be_spelled_as_people_do(spelling: str) -> None:
    assert find_visit(spelling) == find_visit("week 24")


@pytest.mark.parametrize(
    ("name", "day", "window", "before"),
    [
        ("week 52", 364, range(351, 379), 12),
        ("week 26", 182, range(169, 197), 5),
        ("week 1", 7, range(1, 22), 0),
        ("week 2", 14, range(1, 29), 0),
        ("week 78", 546, range(533, 561), 12),
    ],
)
def test_other_weeks_have_windows_of_the_same_width(name: str, day: int, window: range, before: int) -> None:
    schedule, visit = find_visit(name)
    assert (visit.name, visit.nominal_day, visit.window) == (name, day, window)
    assert len(schedule.until(visit)) == before + 1
    assert schedule.visit_on(day) == visit


def test_the_windows_of_a_schedule_never_overlap() -> None:
    for week in range(1, 261):
        schedule, visit = find_visit(f"week {week}")
        days = [day for other in schedule.visits for day in other.window]
        assert len(days) == len(set(days))
        assert visit in schedule.visits


def test_a_protocol_brings_its_own_windows() -> None:
    late, early = TrialVisit("V2", 90, range(80, 101)), TrialVisit("V1", 30, range(25, 36))
    schedule = schedule_of([late, early])
    assert schedule.visits == (early, late)
    assert [schedule.visit_on(day) for day in (24, 25, 60, 80, 101)] == [None, early, None, late, None]
    assert schedule.until(late) == (early, late)


@pytest.mark.parametrize(
    ("visits", "error"),
    [
        ([("a", 5, range(9))], "the window of 'a' must begin after day 0 and hold its nominal day"),
        ([("a", 9, range(1, 9))], "the window of 'a' must begin after day 0 and hold its nominal day"),
        ([("a", 5, range(1, 9)), ("b", 9, range(8, 12))], "the windows of 'a' and 'b' overlap"),
        ([("a", 5, range(1, 9)), ("a", 9, range(9, 12))], "two visits have the same name"),
    ],
)
def test_own_windows_that_cannot_be_are_refused(visits: list[tuple[str, int, range]], error: str) -> None:
    with pytest.raises(ValueError, match=f"^{error}$"):
        schedule_of(TrialVisit(*visit) for visit in visits)
