"""CAFS: golden values, the rule for each kind of pair, and what holds for every trial."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.endpoints import (
    Caveat,
    LeftOut,
    Participant,
    Reason,
    Rules,
    Source,
    Trial,
    find_visit,
    joint_rank,
)
from scoring.endpoints.groups import mid_ranks
from scoring.endpoints.pairs import leads_over_later, scores
from scoring.instruments import Direction
from tests.scoring.endpoints.every_pair import by_an_earlier_visit, compare, scores_of_every_pair
from tests.scoring.endpoints.trials import CLINIC, make_trial, random_trials, shuffled

GOLDEN = json.loads((Path(__file__).parents[1] / "golden_endpoints.json").read_text())["cafs"]["vectors"]
SCHEDULE, WEEK_24 = find_visit("week 24")
HORIZON = 168


def someone(
    changes: dict[int, float] | None = None, event: int | None = None, last: int | None = None
) -> Participant:
    """A participant; the last day is that of the last visit unless given."""
    changes = changes or {}
    return Participant("X", "A", changes, event, last if last is not None else max(changes, default=0))


@pytest.mark.parametrize("vector", GOLDEN, ids=lambda vector: vector["id"])
def test_golden_scores_and_ranks(vector: dict[str, Any]) -> None:
    participants = [
        Participant(
            str(number),
            one["arm"],
            {} if one["change"] is None else {HORIZON: one["change"]},
            one["death_day"],
        )
        for number, one in enumerate(vector["subjects"])
    ]
    totals, _ = scores(participants, HORIZON)
    assert totals == vector["expected"]["scores"]
    assert list(mid_ranks(totals)) == vector["expected"]["ranks"]


def test_the_golden_trial_from_its_values() -> None:
    (vector,) = GOLDEN
    series, died = {}, {}
    for number, one in enumerate(vector["subjects"]):
        id = f"{one['arm']}{number}"
        series[id] = {0: 40} if one["change"] is None else {0: 40, 168: 40 + one["change"]}
        if one["death_day"] is not None:
            died[id] = one["death_day"]
    result = joint_rank(make_trial(series, died=died), ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    assert [row.score for row in result.ranks] == vector["expected"]["scores"]
    assert [row.rank for row in result.ranks] == vector["expected"]["ranks"]
    assert result.mean_rank == (vector["expected"]["mean_rank_A"], vector["expected"]["mean_rank_B"])
    assert (result.events, result.arms, result.horizon) == ((1, 1), ("A", "B"), WEEK_24)
    assert (result.pairs_without_visit, result.pairs_at_earlier_visit, result.left_out) == (0, 0, ())
    assert result.test.n == (4, 4)
    assert result.test.u == 4 * 5.375 - 10
    assert [row.event_day for row in result.ranks if row.event_day] == [150, 90]
    assert [(row.subject, row.arm) for row in result.ranks[:5]] == [
        ("A0", "A"), ("A1", "A"), ("A2", "A"), ("A3", "A"), ("B4", "B"),
    ]  # fmt: skip


STAYED = {28: -1.0, HORIZON: -9.0}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # both stayed: the change at the horizon, and nothing before it
        (someone({28: -9, HORIZON: -2}), someone({28: 0, HORIZON: -3}), 1),
        (someone({HORIZON: -3}), someone({HORIZON: -3}), 0),
        # one died by the horizon, the other stayed
        (someone({28: 5}, event=150), someone(STAYED), -1),
        (someone({28: 5}, event=HORIZON), someone(STAYED), -1),
        # a death after the horizon is ignored
        (someone({28: 5, HORIZON: 0}, event=HORIZON + 1), someone(STAYED), 1),
        # both died: the later death
        (someone({28: -9}, event=150), someone({28: 0}, event=149), 1),
        (someone({28: -9}, event=150), someone({28: 0}, event=150), 0),
        # a drop-out: the last visit both have
        (someone({28: -1, 56: -4}), someone({28: -2, 56: -3, HORIZON: -20}), -1),
        (someone({28: -1}), someone({28: -2, 56: 0, HORIZON: 0}), 1),
        (someone({28: -1}), someone({56: -2, HORIZON: 0}), None),
        # a death against a drop-out: only on or before the drop-out's last visit
        (someone({28: 5}, event=60), someone({28: 0}, last=60), -1),
        (someone({28: 5}, event=61), someone({28: 0}, last=60), 1),
        (someone({28: -5}, event=61), someone({28: 0}, last=60), -1),
        (someone({}, event=61), someone({28: 0}, last=60), None),
        (someone({28: 5}, event=60), Participant("Y", "B", {28: 0}), 1),
        # missed the horizon's visit and was seen later: known to be alive
        (someone({28: 5}, event=160), someone({28: 0}, last=200), -1),
        # dropped out and died after the horizon: known to have been alive at it
        (someone({28: 5}, event=160), someone({28: 0}, event=300, last=28), -1),
        # stayed, the visit a few days before its nominal day and a death in between
        (someone({28: 5}, event=165), someone({HORIZON: -9}, last=160), -1),
    ],
)
def test_each_kind_of_pair(first: Participant, second: Participant, expected: int | None) -> None:
    assert compare(first, second, HORIZON) == expected
    assert compare(second, first, HORIZON) == (None if expected is None else -expected)
    told = (int(expected is None), int(expected is not None and by_an_earlier_visit(first, second, HORIZON)))
    assert scores([first, second], HORIZON) == ([expected or 0, -(expected or 0)], told)


PARTICIPANTS = st.builds(
    Participant,
    st.just("X"),
    st.just("A"),
    st.dictionaries(st.sampled_from([28, 56, 84, HORIZON]), st.integers(-4, 2), max_size=4),
    st.none() | st.integers(0, HORIZON + 30),
    st.none() | st.integers(-60, HORIZON + 30),
)


@given(st.lists(PARTICIPANTS, max_size=24))
def test_counting_by_order_agrees_with_every_pair(participants: list[Participant]) -> None:
    assert scores(participants, HORIZON) == scores_of_every_pair(participants, HORIZON)


POINTS = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), max_size=20)


@given(POINTS, POINTS)
def test_leads_over_later_ones_agree_with_counting_them(
    queries: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    assert leads_over_later(queries, others) == [
        sum((number > other) - (number < other) for later, other in others if later > day)
        for day, number in queries
    ]


def test_ventilation_counts_as_death_only_when_the_protocol_says_so() -> None:
    trial = make_trial(
        {"A1": {0: 40, 168: 39}, "B1": {0: 40, 168: 30}}, ventilated={"A1": 100}, died={"B1": 170}
    )
    without = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    counted = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC, ventilation_counts=True))
    assert (without.mean_rank, without.events, without.ventilation_counts) == ((2, 1), (0, 0), False)
    assert (counted.mean_rank, counted.events, counted.ventilation_counts) == ((1, 2), (1, 0), True)


def test_the_earlier_of_ventilation_and_death_is_the_event() -> None:
    trial = make_trial(
        {"A1": {0: 40}, "B1": {0: 40}}, ventilated={"A1": 100, "B1": 120}, died={"A1": 165, "B1": 120}
    )
    result = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC, ventilation_counts=True))
    assert [row.event_day for row in result.ranks] == [100, 120]


def test_without_a_baseline_nobody_is_ranked_dead_or_alive() -> None:
    trial = make_trial(
        {"A1": {10: 40, 168: 30}, "A2": {}, "B1": {0: 40, 168: 30}, "C1": {0: 40}}, died={"A2": 90}
    )
    result = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    assert result.left_out == (
        LeftOut("A1", "A", Reason.NO_BASELINE),
        LeftOut("A2", "A", Reason.NO_BASELINE),
    )
    assert [(row.subject, row.score) for row in result.ranks] == [("B1", 0)]


@pytest.mark.parametrize(
    ("died", "source", "scores_of_a"),
    [(90, CLINIC, 1), (91, CLINIC, -1), (60, Source.HOME, 1), (90, Source.HOME, 1), (91, Source.HOME, -1)],
)
def test_a_death_counts_against_a_drop_out_up_to_their_last_sign_of_life_of_any_kind(
    died: int, source: Source, scores_of_a: int
) -> None:
    trial = make_trial({"A1": {0: 40, 28: 30, 40: 30, 90: None}, "B1": {0: 40, 28: 39}}, died={"B1": died})
    home = make_trial({"A1": {0: 40, 28: 30, 60: 29}, "B1": {0: 40, 28: 39}}, source=Source.HOME)
    both = Trial(trial.subjects, (*trial.measurements, *home.measurements))
    result = joint_rank(both, ("A", "B"), SCHEDULE, WEEK_24, Rules(source))
    assert result.ranks[0].score == scores_of_a


def test_an_arm_without_anybody_has_no_mean_rank() -> None:
    result = joint_rank(make_trial({"A1": {0: 40}}), ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    assert (result.mean_rank, result.test.p, result.notes) == ((1, None), None, (Caveat.NOBODY,))


def test_pairs_that_share_no_visit_are_counted() -> None:
    trial = make_trial({"A1": {0: 40}, "A2": {0: 40, 28: 39}, "B1": {0: 40, 28: 38, 168: 30}})
    result = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    assert result.pairs_without_visit == 2
    assert [row.score for row in result.ranks] == [0, 1, -1]


def test_visits_after_the_horizon_and_the_other_source_do_not_count() -> None:
    trial = make_trial({"A1": {0: 40, 168: 30, 336: 39}, "B1": {0: 40, 168: 31, 336: 10}})
    result = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    assert [row.score for row in result.ranks] == [-1, 1]
    assert joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(Source.HOME)).ranks == ()


@given(random_trials())
def test_wins_and_losses_balance_and_ranks_follow_scores(trial: Trial) -> None:
    result = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    n = len(result.ranks)
    assert sum(row.score for row in result.ranks) == 0
    assert sum(row.rank for row in result.ranks) == n * (n + 1) / 2
    assert all(abs(row.score) < n for row in result.ranks)
    for row in result.ranks:
        assert all((row.rank < other.rank) is (row.score < other.score) for other in result.ranks)


@given(random_trials(), st.randoms(use_true_random=False))
def test_the_order_of_the_data_does_not_matter(trial: Trial, random: Any) -> None:
    there = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    again = joint_rank(shuffled(trial, random), ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    assert set(again.ranks) == set(there.ranks)
    assert (again.test, again.events) == (there.test, there.events)


@given(random_trials())
def test_exchanging_the_arms_turns_the_test(trial: Trial) -> None:
    there = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    back = joint_rank(trial, ("B", "A"), SCHEDULE, WEEK_24, Rules(CLINIC))
    assert back.ranks == there.ranks
    assert back.mean_rank == there.mean_rank[::-1]
    assert back.test.p == there.test.p
    assert back.test.z == (None if there.test.z is None else pytest.approx(-there.test.z))


@given(random_trials(), st.integers(1, 10))
def test_losing_more_never_raises_a_rank(trial: Trial, points: int) -> None:
    worse = Trial(
        trial.subjects,
        tuple(
            type(measurement)(
                measurement.subject, measurement.study_day, measurement.value - points, measurement.source
            )
            if measurement.subject == trial.subjects[0].id
            and measurement.value is not None
            and measurement.study_day > 0
            else measurement
            for measurement in trial.measurements
        ),
    )
    before, after = (
        joint_rank(variant, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC)) for variant in (trial, worse)
    )
    old = {row.subject: row.score for row in before.ranks}
    new = {row.subject: row.score for row in after.ranks}
    first = trial.subjects[0].id
    assert old.keys() == new.keys()
    assert all(new[id] <= old[id] if id == first else new[id] >= old[id] for id in old)


WORSE = Rules(CLINIC, direction=Direction.HIGHER_IS_WORSE)


def test_where_higher_is_worse_the_lower_change_wins_and_a_death_is_still_the_worst() -> None:
    series = {"A1": {0: 10, 168: 12}, "A2": {0: 10, 28: 0}, "B1": {0: 10, 168: 20}}
    result = joint_rank(make_trial(series, died={"A2": 100}), ("A", "B"), SCHEDULE, WEEK_24, WORSE)
    assert {row.subject: row.score for row in result.ranks} == {"A1": 2, "A2": -2, "B1": 0}


@given(random_trials())
def test_a_scale_that_is_turned_round_is_ranked_the_same(trial: Trial) -> None:
    turned = [
        replace(measurement, value=None if measurement.value is None else 48 - measurement.value)
        for measurement in trial.measurements
    ]
    there = joint_rank(trial, ("A", "B"), SCHEDULE, WEEK_24, Rules(CLINIC))
    assert joint_rank(Trial(trial.subjects, tuple(turned)), ("A", "B"), SCHEDULE, WEEK_24, WORSE) == there


def test_without_a_better_end_nobody_is_ranked() -> None:
    with pytest.raises(ValueError, match="neither end of the scale"):
        Rules(CLINIC, direction=Direction.NEITHER)
