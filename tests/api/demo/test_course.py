"""Synthetic courses: answers that the instrument accepts, along the course that was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.demo.course import ITEMS, Course, Reporter
from api.demo.people import PEOPLE, Person
from scoring import instruments
from scoring.als_staging import stage

courses = st.builds(
    Course,
    total=st.integers(10, 48),
    losses=st.floats(0, 3).map(lambda loss: ((0, loss),)),
    onset=st.sampled_from(["bulbar", "arm", "leg"]),
    tube_month=st.none() | st.floats(0, 24),
)


@given(course=courses, seed=st.text(max_size=4), month=st.floats(0, 36))
def test_answers_are_complete_and_accepted(course: Course, seed: str, month: float) -> None:
    reporter = Reporter(course, seed)
    for key, answers in (("alsfrs_r", reporter.alsfrs_r(month)), ("who_5", reporter.who_5(month))):
        definition = instruments.get(key)
        assert instruments.validate(definition, answers) == answers
        assert instruments.score(definition, answers).complete


@pytest.mark.parametrize("loss", [0.2, 1.0, 2.0])
def test_the_total_falls_as_the_course_says(loss: float) -> None:
    reporter = Reporter(Course(46, ((0, loss),)), "a")
    definition = instruments.get("alsfrs_r")
    for month in range(0, 13, 3):
        total = instruments.score(definition, reporter.alsfrs_r(month)).total
        assert isinstance(total, int)
        assert abs(total - (46 - loss * month)) <= 4


def test_losses_add_up_over_changes_of_pace() -> None:
    course = Course(44, ((0, 0.5), (6, 2.0), (8, 0.0)))
    assert [course.lost_by(month) for month in (0, 4, 6, 7, 8, 20)] == [0, 2, 3, 5, 7, 7]


def test_the_same_seed_gives_the_same_answers_and_another_one_others() -> None:
    def told(seed: str) -> list[dict[str, int]]:
        reporter = Reporter(Course(40, ((0, 1.0),)), seed)
        return [reporter.alsfrs_r(month) for month in range(12)]

    assert told("a") == told("a") != told("b")


@pytest.mark.parametrize("onset", ["bulbar", "arm", "leg"])
def test_the_region_of_onset_is_lost_first(onset: str) -> None:
    answers = Reporter(Course(42, ((0, 0.0),), onset), "a").alsfrs_r(0)
    sums = {region: sum(answers[item] for item in items) for region, items in ITEMS.items()}
    assert min(sums, key=lambda region: sums[region]) == onset


def test_form_5b_is_answered_from_the_tube_on_and_only_then() -> None:
    reporter = Reporter(Course(40, ((0, 0.7),), "bulbar", tube_month=6), "a")
    before, after = reporter.alsfrs_r(5.9), reporter.alsfrs_r(6.1)
    assert "cutting_without_gastrostomy" in before
    assert "cutting_with_gastrostomy" in after
    assert stage(after).kings.nutritional


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_a_person_is_followed_as_long_and_as_often_as_the_demo_promises(person: Person) -> None:
    assert 6 <= person.months <= 18 or person.never_begun
    assert person.interval_days in {7, 14, 28}


def test_the_cast_has_every_kind_of_course() -> None:
    kinds = {person.kind for person in PEOPLE}
    assert len({person.name for person in PEOPLE}) == len(PEOPLE) == 26
    assert kinds >= {
        "slow",
        "average",
        "fast",
        "plateau",
        "accelerating",
        "feeding tube",
        "gone silent",
        "never begun",
    }
    assert sum(person.by_caregiver for person in PEOPLE) == 1
    assert sum(person.carer_sees_more_lost > 0 for person in PEOPLE) == 1
