"""What is news to those who deal with an alert, against what they knew when they dealt with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.alerts.alert import Alert, Because, State
from scoring.decline import Level, Topic
from services.alerts.news import FLICKER, reason_to_raise
from tests.alert_samples import EVENT, Told, ended_unseen, make_alert, news_of, on_day, verdict

DEALT = [State.ACKNOWLEDGED, State.SNOOZED, State.ENDED]
AT_NOON = on_day(1) + timedelta(hours=4)
SELF_HARM = Told(Topic.SELF_HARM, Level.URGENT, rule="self_harm", reports=(1,))
SLOWLY = {"loss_now": 1.5, "level_now": 34.0}


def reason(state: State, before: Told, after: Told, day: float = 20, **said: Any) -> Because | None:
    return reason_to_raise(make_alert(state, before), verdict(after, **said), on_day(day))


@pytest.mark.parametrize("state", [State.OPEN, *DEALT])
@pytest.mark.parametrize("day", [2, 20, 400])
def test_being_still_met_is_no_news_however_long(state: State, day: float) -> None:
    assert reason(state, Told(mark=SLOWLY), Told(met=15, mark=SLOWLY), day) is None


@pytest.mark.parametrize("state", [State.OPEN, *DEALT])
def test_a_higher_level_is_news(state: State) -> None:
    assert reason(state, Told(), Told(level=Level.URGENT)) is Because.HIGHER_LEVEL
    assert reason(state, Told(level=Level.URGENT), Told(level=Level.INFORM)) is None


@pytest.mark.parametrize("state", [State.OPEN, *DEALT])
def test_a_rule_that_was_not_on_is_news_so_that_one_question_swallows_no_other(state: State) -> None:
    query = Told(Topic.DATA_QUERY, rule="tube_form")
    other = replace(query, also={"tube_unrecorded": {}})
    assert reason(state, query, other) is Because.NEW_RULE
    assert reason(state, other, query) is None


@pytest.mark.parametrize("state", [State.OPEN, *DEALT])
@pytest.mark.parametrize(
    ("mark", "worse"),
    [
        ({"loss_now": 1.99, "level_now": 34.0}, False),
        ({"loss_now": 2.0, "level_now": 34.0}, True),
        ({"loss_now": 1.5, "level_now": 28.5}, False),
        ({"loss_now": 1.5, "level_now": 28.0}, True),
    ],
)
def test_worse_by_the_rules_own_step_is_news(state: State, mark: dict[str, float], worse: bool) -> None:
    """A decline comes back by half a point a month, or by 6 points lost since."""
    found = reason(state, Told(mark=SLOWLY), Told(met=30, mark=mark))
    assert found is (Because.WORSE if worse else None)


@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.ENDED])
def test_each_new_occurrence_of_a_safety_answer_is_news(state: State) -> None:
    later = replace(SELF_HARM, reports=(1, 15))
    earlier = replace(SELF_HARM, reports=(0, 1))
    assert reason(state, SELF_HARM, later) is Because.NEW_OCCURRENCE
    assert reason(state, SELF_HARM, earlier) is Because.NEW_OCCURRENCE
    assert reason(state, SELF_HARM, SELF_HARM) is None


def test_an_occurrence_that_only_the_news_names_counts() -> None:
    told = news_of(replace(SELF_HARM, raised=9), stands=True, occurrence=True)
    assert reason(State.ACKNOWLEDGED, SELF_HARM, SELF_HARM, news=[told]) is Because.NEW_OCCURRENCE


@pytest.mark.parametrize(
    ("level", "after", "expected"),
    [
        (Level.SOON, FLICKER, None),
        (Level.SOON, FLICKER + timedelta(seconds=1), Because.CAME_ON_AGAIN),
        (Level.INFORM, timedelta(days=1), None),
        (Level.URGENT, timedelta(hours=1), Because.CAME_ON_AGAIN),
    ],
)
@pytest.mark.parametrize("state", DEALT)
def test_what_was_dealt_with_comes_on_again_after_84_days_or_at_once_if_urgent(
    state: State, level: Level, after: timedelta, expected: Because | None
) -> None:
    told = Told(level=level)
    off = replace(make_alert(state, told), standing={})
    assert reason_to_raise(off, verdict(replace(told, raised=12)), AT_NOON + after) is expected


def test_what_ended_unseen_comes_on_again_at_once() -> None:
    told = Told(level=Level.INFORM, raised=4)
    assert reason_to_raise(ended_unseen(), verdict(told), on_day(4)) is Because.CAME_ON_AGAIN


def test_what_is_open_and_flickers_is_before_people_already() -> None:
    off = replace(make_alert(), standing={})
    assert reason_to_raise(off, verdict(Told(raised=12)), on_day(400)) is None


def test_an_urgent_state_that_came_and_went_between_two_evaluations_is_news() -> None:
    urgent = Told(level=Level.URGENT, raised=15, cleared=18)
    alert = replace(make_alert(State.ENDED, Told(level=Level.URGENT)), standing={})
    said = verdict(urgent, news=[news_of(urgent)])
    assert reason_to_raise(alert, said, on_day(20)) is Because.CAME_ON_AGAIN
    known = replace(alert, told=("fast_decline:r15",))
    assert reason_to_raise(known, said, on_day(20)) is None


def test_news_of_an_earlier_report_of_the_same_state_is_none() -> None:
    """A late form that also meets the condition, while it is on all along."""
    told = Told(level=Level.URGENT)
    late = news_of(replace(told, raised=0), stands=True)
    assert reason(State.ACKNOWLEDGED, told, told, news=[late]) is None


def test_news_of_before_the_condition_was_met_last_is_not_that_it_came_on_again() -> None:
    """The alert's own grounds stand still while nothing else changes; the news says when it was met last."""
    told = Told(level=Level.URGENT, rule=EVENT, met=5)
    alert = make_alert(State.ACKNOWLEDGED, told)
    late = news_of(replace(told, raised=8), stands=True)
    assert came_on_again(alert, told, late)
    assert not came_on_again(alert, told, {**late, "met_before": on_day(9).isoformat()})
    assert came_on_again(alert, told, {**late, "met_before": on_day(7).isoformat()})


def came_on_again(alert: Alert, told: Told, one: dict[str, object]) -> bool:
    return reason_to_raise(alert, verdict(told, news=[one]), on_day(20)) is Because.CAME_ON_AGAIN


@pytest.mark.parametrize(("level_now", "expected"), [(28.5, None), (28.0, Because.WORSE)])
def test_news_is_worse_by_its_own_mark_though_it_has_passed(
    level_now: float, expected: Because | None
) -> None:
    """What came and went between two evaluations was worse than what was dealt with."""
    came_and_went = Told(raised=15, cleared=18, mark=SLOWLY | {"level_now": level_now})
    said = verdict(came_and_went, news=[news_of(came_and_went)])
    alert = make_alert(State.ACKNOWLEDGED, Told(mark=SLOWLY))
    assert reason_to_raise(alert, said, on_day(20)) is expected
