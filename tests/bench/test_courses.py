"""Made-up courses: answers that the instrument takes, and as fast as they say."""

from __future__ import annotations

import pytest

from bench.courses import DAYS_PER_MONTH, FAST, LEAST, SLOW, Course
from scoring import instruments


@pytest.mark.parametrize("day", [0, 100, 1000, 3000])
@pytest.mark.parametrize("loss", [SLOW, FAST])
def test_answers_are_valid_and_have_the_total(day: int, loss: float) -> None:
    course = Course(level=46, loss_per_month=loss, seed=3)
    definition = instruments.get("alsfrs_r")
    answers = course.answers(day)
    instruments.validate(definition, answers)
    score = instruments.score(definition, answers)
    assert score.complete
    assert score.total == course.total(day)


def test_the_same_patient_gives_the_same_answers_on_the_same_day() -> None:
    assert Course(40, SLOW, seed=1).answers(77) == Course(40, SLOW, seed=1).answers(77)


def test_two_patients_do_not_give_the_same_totals() -> None:
    days = range(0, 700, 7)
    one, other = Course(40, SLOW, seed=1), Course(40, SLOW, seed=2)
    assert [one.total(day) for day in days] != [other.total(day) for day in days]


def test_points_are_lost_at_the_rate_of_the_course_and_not_for_ever() -> None:
    course = Course(46, FAST, seed=5, noise=0)
    assert course.total(round(10 * DAYS_PER_MONTH)) == 46 - 16
    assert course.total(10_000) == LEAST
