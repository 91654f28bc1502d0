"""A date that may be another visit's is asked about, by the other values of the same subject."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.scoring.cli.program import document_of

COMMANDS = pytest.mark.parametrize("command", ["trend", "endpoints"])
SPIKE = "6 points or more below or above both the value before and the one after, is the date right? "
GAP = "about a year between two values, and much less between the others, is the year right? "


RISE = "6 points or more above the value before, at the beginning or the end of a course, is the date right? "


TWINS = "the same values on the same days, is it one subject? "
CLIMB = (
    "6 points or more above the first value at the end: are these values of the ALSFRS-R, and in the order of"
    " their days? "
)


def notes_of(command: str, rows: Sequence[tuple[str, int, int]], *options: str) -> list[str]:
    text = "subject,study_day,total\n" + "".join(f"{name},{day},{total}\n" for name, day, total in rows)
    notes = document_of(command, "-", *options, stdin=text)["notes"]
    return [note for note in notes if note.startswith((SPIKE, GAP, RISE, TWINS, CLIMB))]


def course(name: str, *values: tuple[int, int]) -> list[tuple[str, int, int]]:
    return [(name, day, total) for day, total in values]


def monthly(totals: Sequence[int]) -> list[tuple[str, int, int]]:
    return course("A", *((30 * place, total) for place, total in enumerate(totals)))


@COMMANDS
def test_a_visit_typed_a_year_early_that_became_the_baseline_is_asked_about(command: str) -> None:
    rows = [*course("A", (-10, 40), (-5, 30), (168, 36)), *course("B", (-10, 40), (168, 36))]
    assert notes_of(command, rows) == [f"{SPIKE}A: day -5"]
    assert notes_of(command, rows[::-1]) == [f"{SPIKE}A: day -5"]


def test_the_date_is_told_where_there_is_one() -> None:
    rows = (("01-05", 40), ("01-10", 30), ("07-02", 36))
    text = "subject,date,total,baseline_date\n"
    text += "".join(f"A,2026-{day},{total},2026-01-15\n" for day, total in rows)
    assert f"{SPIKE}A: day -5, 2026-01-10" in document_of("endpoints", "-", stdin=text)["notes"]
    assert f"{SPIKE}A: 2026-01-10" in document_of("trend", "-", stdin=text)["notes"]
    alone = "date,total\n" + "".join(f"2026-{day},{total}\n" for day, total in rows)
    assert f"{SPIKE}2026-01-10" in document_of("trend", "-", stdin=alone)["notes"]


@COMMANDS
@pytest.mark.parametrize(
    ("totals", "day"),
    [
        ((40, 34, 40), 30), ((40, 46, 40), 30), ((40, 35, 40), None), ((40, 34, 39), None),
        ((40, 30, 20), None),
        ((40, 40, 40, 33, 41), 90),
    ],
)  # fmt: skip
def test_a_spike_is_six_points_from_both_neighbours(
    command: str, totals: tuple[int, ...], day: int | None
) -> None:
    rows = monthly(totals)
    assert notes_of(command, rows) == ([] if day is None else [f"{SPIKE}A: day {day}"])


@COMMANDS
@pytest.mark.parametrize(
    ("totals", "told"),
    [
        ((40, 26, 23, 38), "day 60 to day 90"), ((31, 41, 37, 36), "day 0 to day 30"),
        ((30, 36), "day 0 to day 30"), ((30, 35), None), ((40, 30, 20), None), ((20,), None),
        ((20, 30, 40), "day 0 to day 30, A: day 30 to day 60"), ((40, 36, 46, 45), None),
    ],
)  # fmt: skip
def test_a_rise_at_the_beginning_or_the_end_is_asked_about(
    command: str, totals: tuple[int, ...], told: str | None
) -> None:
    rows = monthly(totals)
    assert notes_of(command, rows) == ([] if told is None else [f"{RISE}A: {told}"])
    assert notes_of(command, rows[::-1]) == notes_of(command, rows)
    assert notes_of(command, rows, "--instrument", "zbi_12") == []


@COMMANDS
@pytest.mark.parametrize(
    ("totals", "told"), [((20, 22, 24, 26), True), ((20, 22, 24, 25), False), ((26, 24, 22, 20), False)]
)
def test_a_course_that_climbs_step_by_step_is_asked_about(
    command: str, totals: tuple[int, ...], told: bool
) -> None:
    rows = monthly(totals)
    assert notes_of(command, rows) == ([f"{CLIMB}A"] if told else [])
    assert notes_of(command, rows, "--instrument", "zbi_12") == []


def test_without_names_the_days_of_a_course_are_told() -> None:
    text = "date,total\n" + "".join(f"2026-0{month},{18 + 2 * month}\n" for month in range(1, 5))
    text = text.replace(",", "-01,").replace("date-01", "date")
    assert f"{CLIMB}2026-01-01 to 2026-04-01" in document_of("trend", "-", stdin=text)["notes"]


@COMMANDS
def test_one_subject_under_two_names_is_asked_about(command: str) -> None:
    days = [(30 * place, 40 - place // 2) for place in range(6)]
    rows = [row for name in "CBA" for row in course(name, *days)] + course("D", *days[:5])
    assert notes_of(command, rows) == [f"{TWINS}A and B and C"]
    assert notes_of(command, course("A", *days)) == []
    assert notes_of(command, rows, "--instrument", "zbi_12") == [f"{TWINS}A and B and C"]


@COMMANDS
def test_few_or_level_values_are_no_sign_of_one_subject(command: str) -> None:
    short = [(30 * place, 40 - place) for place in range(5)]
    level = [(30 * place, 40 - place % 2) for place in range(8)]
    rows = [row for name in "AB" for row in (*course(name, *short), *course(name + "x", *level))]
    assert notes_of(command, rows) == []


@COMMANDS
def test_what_may_rise_again_has_no_spikes(command: str) -> None:
    rows = course("A", (0, 40), (30, 20), (60, 40))
    assert notes_of(command, rows, "--instrument", "zbi_12") == []
    assert notes_of(command, rows, "--scale", "0,63") == []
    assert notes_of(command, rows, "--scale", "0,48") == [f"{SPIKE}A: day 30"]


@COMMANDS
def test_a_distance_of_a_year_among_short_ones_is_asked_about(command: str) -> None:
    rows = course("A", (0, 40), (396, 39), (424, 38), (455, 37))
    assert notes_of(command, rows) == [f"{GAP}A: day 0 to day 396"]
    others = [row for name in "BCDEFGHI" for row in course(name, (0, 40), (28, 39), (56, 38), (84, 37))]
    assert notes_of(command, [*others, *rows]) == [f"{GAP}A: day 0 to day 396"]


@COMMANDS
@pytest.mark.parametrize(
    "days",
    [(0, 299, 327, 355), (0, 732, 760, 790), (0, 396, 496, 596), (0, 396, 424), (0, 28, 56, 84, 112)],
)
def test_other_distances_are_not(command: str, days: tuple[int, ...]) -> None:
    assert notes_of(command, course("A", *((day, 40) for day in days))) == []


@COMMANDS
@pytest.mark.parametrize(
    ("days", "told"),
    [
        ((0, 300, 375, 450), "day 0 to day 300"),
        ((0, 300, 376, 451), None),
        ((0, 299, 360, 420), None),
        ((0, 731, 759, 789), "day 0 to day 731"),
    ],
)
def test_such_a_distance_begins_at_300_days_and_four_times_the_others(
    command: str, days: tuple[int, ...], told: str | None
) -> None:
    rows = course("A", *((day, 40 - place) for place, day in enumerate(days)))
    assert notes_of(command, rows) == ([] if told is None else [f"{GAP}A: {told}"])


@pytest.mark.parametrize(("days", "told"), [(731, False), (732, True)])
def test_more_than_two_years_between_neighbours_are_told(days: int, told: bool) -> None:
    text = f"subject,study_day,total\nA,0,40\nA,{days},30\n"
    found = document_of("trend", "-", stdin=text)["notes"]
    assert any(note.startswith("more than two years between") for note in found) is told


@COMMANDS
def test_a_distance_that_many_courses_have_was_planned(command: str) -> None:
    late = [row for name in "AB" for row in course(name, (0, 40), (28, 40), (56, 40), (424, 39))]
    short = [row for name in "CDEFGH" for row in course(name, (0, 40), (28, 40), (56, 40), (84, 39))]
    assert notes_of(command, [*late, *short]) == [f"{GAP}A: day 56 to day 424, B: day 56 to day 424"]
    assert notes_of(command, [*late, *short[:-4]]) == []
