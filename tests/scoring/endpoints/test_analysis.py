"""The whole analysis: which visits, source and reference, and that its parts are those of the modules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.endpoints import (
    STRATEGIES,
    Caveat,
    Measurement,
    Plan,
    Rules,
    Strategy,
    Subject,
    Trial,
    TrialVisit,
    UnknownArm,
    UnknownVisit,
    analyse,
    changes_at,
    find_visit,
    joint_rank,
    long_table,
    responders,
    summarise,
    welch,
)
from scoring.endpoints.analysis import ENDPOINTS_VERSION, EVERY_VISIT
from scoring.instruments import Direction
from tests.scoring.endpoints.trials import CLINIC, HOME, make_trial, random_trials, shuffled, values_of

SERIES = {
    "A1": {-100: 44, -50: 43, 0: 41, 122: 38, 168: 37, 183: 36, 336: 30},
    "A2": {0: 39, 122: 37, 168: 35, 183: 34, 336: 30},
    "A3": {0: 44, 122: 40, 168: 40},
    "B1": {0: 40, 122: 34, 168: 31, 183: 30, 336: 22},
    "B2": {0: 42, 122: 38, 168: 33, 183: 31},
}


def test_the_usual_visits_are_weeks_24_and_48_and_months_4_and_6() -> None:
    analysis = analyse(make_trial(SERIES), Plan())
    assert [entry.visit.name for entry in analysis.visits] == ["week 24", "week 48", "month 4", "month 6"]
    assert [entry.visit.nominal_day for entry in analysis.visits] == [168, 336, 122, 183]
    assert (analysis.rule_version, analysis.confidence) == (ENDPOINTS_VERSION, 0.95)


def test_every_part_is_that_of_its_module() -> None:
    trial = make_trial(SERIES, died={"B2": 300}, ventilated={"A3": 160})
    plan = Plan(("week 24",), confidence=0.9, reference="B", ventilation_counts=True)
    analysis = analyse(trial, plan)
    (at,) = analysis.visits
    schedule, visit = find_visit("week 24")
    changes, response = changes_at(trial, visit, CLINIC), responders(trial, CLINIC, 182)
    assert (at.changes, at.responders) == (changes, response)
    assert [arm.arm for arm in at.arms] == ["A", "B"]
    assert [arm.change for arm in at.arms] == [summarise(changes.of_arm(arm), 0.9) for arm in "AB"]
    assert [arm.responders for arm in at.arms] == [response.share(arm, 0.9) for arm in "AB"]
    (comparison,) = at.comparisons
    assert (comparison.arm, comparison.reference) == ("A", "B")
    assert comparison.change == welch(changes.of_arm("A"), changes.of_arm("B"), 0.9)
    assert comparison.joint_rank == joint_rank(
        trial, ("A", "B"), schedule, visit, Rules(CLINIC, ventilation_counts=True)
    )
    assert comparison.joint_rank.events == (1, 0)
    assert (analysis.arms, analysis.reference, analysis.confidence) == (("A", "B"), "B", 0.9)


def test_the_first_arm_by_name_is_the_reference_unless_one_is_named() -> None:
    three = make_trial({"A1": {0: 40}, "B1": {0: 40}, "C1": {0: 40}})
    (by_name,) = analyse(three, Plan(("week 24",))).visits
    (chosen,) = analyse(three, Plan(("week 24",), reference="B")).visits
    assert [(comparison.arm, comparison.reference) for comparison in by_name.comparisons] == [
        ("B", "A"),
        ("C", "A"),
    ]
    assert [(comparison.arm, comparison.reference) for comparison in chosen.comparisons] == [
        ("A", "B"),
        ("C", "B"),
    ]
    assert analyse(three, Plan()).reference == "A"


def test_a_single_arm_is_summarised_and_compared_with_nothing() -> None:
    analysis = analyse(make_trial({"A1": {0: 40, 168: 38}}), Plan(("week 24",)))
    (at,) = analysis.visits
    assert (at.comparisons, analysis.reference, at.arms[0].change.mean) == ((), None, -2)


def test_a_trial_without_subjects_has_nothing_to_say() -> None:
    analysis = analyse(Trial((), ()), Plan(("week 24",)))
    assert (analysis.arms, analysis.reference, analysis.visits[0].arms) == ((), None, ())


def test_another_reference_arm_is_unknown() -> None:
    with pytest.raises(UnknownArm, match=r"^there is no arm 'Z'; there are A, B$") as caught:
        analyse(make_trial(SERIES), Plan(reference="Z"))
    assert caught.value.arm == "Z"


def test_one_source_is_analysed_and_the_values_left_out_are_counted() -> None:
    trial = Trial(
        (Subject("1", "A"),),
        (
            *values_of("1", {0: 40, 168: 34}, CLINIC),
            *values_of("1", {0: 44, 90: 40, 160: 37}, HOME),
            Measurement("1", 170, None, HOME),
        ),
    )
    clinic, home = analyse(trial, Plan(("week 24",))), analyse(trial, Plan(("week 24",), source=HOME))
    assert (clinic.source, clinic.values_of_other_source) == (CLINIC, 3)
    assert (home.source, home.values_of_other_source) == (HOME, 2)
    assert (clinic.visits[0].arms[0].change.mean, home.visits[0].arms[0].change.mean) == (-6, -7)
    assert {row.source for row in long_table(trial, Plan())} == {CLINIC}
    assert {row.source for row in long_table(trial, Plan(source=HOME))} == {HOME}


def test_the_treatment_of_a_responder_ends_with_the_window_of_the_visit() -> None:
    late = {**SERIES["A1"], 182: 41, 184: 10}
    (at,) = analyse(make_trial({"A1": late}), Plan(("week 24",))).visits
    assert at.responders == responders(make_trial({"A1": late}), CLINIC, 182)


def test_the_long_table_has_the_visits_of_the_plan() -> None:
    trial = make_trial({"A1": SERIES["A1"]})
    rows = long_table(trial, Plan(EVERY_VISIT))
    assert [row.visit for row in rows] == [f"week {w}" for w in range(4, 49, 4)]
    assert {row.visit: row.change for row in rows if row.change is not None} == {
        "week 16": -3, "week 24": -4, "week 28": -5, "week 48": -11,
    }  # fmt: skip
    rows = long_table(trial, Plan(("month 6", "week 24")))
    assert [(row.visit, row.change) for row in rows] == [("month 6", -5), ("week 24", -4)]


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.1])
def test_a_confidence_outside_0_and_1_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"^the confidence must lie between 0 and 1$"):
        Plan(confidence=confidence)


def test_a_plan_with_an_unknown_visit_is_refused() -> None:
    with pytest.raises(UnknownVisit):
        Plan(visits=("week 24", "week 0"))


@given(random_trials(), st.randoms(use_true_random=False))
def test_no_result_depends_on_the_order_of_the_data(trial: Trial, random: object) -> None:
    there, again = analyse(trial, Plan(("week 24",))), analyse(shuffled(trial, random), Plan(("week 24",)))
    assert again.arms == there.arms
    for one, two in zip(there.visits[0].arms, again.visits[0].arms, strict=True):
        assert (two.change, two.responders) == (one.change, one.responders)
    for one, two in zip(there.visits[0].comparisons, again.visits[0].comparisons, strict=True):
        assert (two.change, two.joint_rank.mean_rank) == (one.change, one.joint_rank.mean_rank)


def test_a_visit_that_is_named_twice_is_analysed_once() -> None:
    analysis = analyse(make_trial(SERIES), Plan(("week 24", "Week 24", "month 6", "week 24")))
    assert [at.visit.name for at in analysis.visits] == ["week 24", "month 6"]


def test_own_visits_are_analysed_after_the_named_ones() -> None:
    own = TrialVisit("V3", 120, range(115, 131))
    analysis = analyse(make_trial(SERIES), Plan(("week 24",), own_visits=(own,)))
    assert [at.visit.name for at in analysis.visits] == ["week 24", "V3"]
    assert [row.study_day for row in analysis.visits[1].changes.rows] == [122] * 5
    rows = long_table(make_trial(SERIES), Plan(("week 24",), own_visits=(own,)))
    assert {row.visit for row in rows} == {"week 24", "V3"}


def test_values_outside_every_window_are_named() -> None:
    own = TrialVisit("V3", 120, range(115, 131))
    trial = make_trial({"A1": {-5: 40, 0: 40, 60: 39, 122: 38, 131: 37, 140: None}, "A2": {0: 40}})
    found = analyse(trial, Plan((), own_visits=(own,))).outside_windows
    assert [(outside.subject, outside.study_day) for outside in found] == [("A1", 60), ("A1", 131)]
    assert analyse(trial, Plan(("week 24",))).outside_windows == ()
    late = make_trial({"A1": {0: 40, 351: 30}})
    assert [outside.study_day for outside in analyse(late, Plan(("week 24",))).outside_windows] == [351]
    assert analyse(late, Plan(("week 24", "week 52"))).outside_windows == ()


def test_what_a_death_means_stands_with_the_results() -> None:
    deaths = analyse(make_trial(SERIES), Plan()).deaths
    assert (deaths.change, deaths.responders, deaths.joint_rank) == (
        Strategy.WHILE_ALIVE,
        Strategy.COMPOSITE_RESPONSE,
        Strategy.COMPOSITE_RANK,
    )
    assert set(STRATEGIES) == set(Strategy)


def test_progress_is_told_after_each_visit() -> None:
    told: list[tuple[int, int]] = []
    analyse(make_trial(SERIES), Plan(), lambda done, of: told.append((done, of)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_incomplete_answers_show_that_a_subject_was_alive() -> None:
    # 2 died on day 150; 1 was last measured on day 28, and answered in part on day 160.
    series = {
        "A1": {0: 40, 28: 30, 160: None},
        "A2": {0: 40, 28: 38},
        "A3": {0: 40, 28: 35},
        "B4": {0: 40, 168: 38},
    }
    (at,) = analyse(make_trial(series, died={"A2": 150}), Plan(("week 24",))).visits
    (comparison,) = at.comparisons
    assert [row.score for row in comparison.joint_rank.ranks] == [0, -1, 0, 1]


@pytest.mark.parametrize("change", [-4 / 9, -1.1, -0.7])
def test_the_same_change_in_both_arms_is_no_difference(change: float) -> None:
    starts = [47.9 - place * 1.9 for place in range(24)]
    series = {f"{'AB'[place % 2]}{place}": {0: at, 168: at + change} for place, at in enumerate(starts)}
    assert len({at + change - at for at in starts}) > 1
    (at,) = analyse(make_trial(series), Plan(("week 24",))).visits
    (comparison,) = at.comparisons
    assert (comparison.change.difference, comparison.change.p) == (0, None)
    assert comparison.change.notes == (Caveat.NO_SPREAD,)
    assert comparison.joint_rank.test.notes == (Caveat.ALL_TIED,)
    assert [row.change for row in at.changes.rows] == pytest.approx([change] * 24, rel=1e-12)


def test_without_a_better_end_there_are_changes_and_neither_responders_nor_ranks() -> None:
    usual, neither = (
        analyse(make_trial(SERIES), Plan(("week 24",), direction=direction))
        for direction in (Direction.HIGHER_IS_BETTER, Direction.NEITHER)
    )
    (there,), (at,) = usual.visits, neither.visits
    assert (usual.direction, neither.direction) == ("higher_is_better", "neither")
    assert (at.responders, [arm.responders for arm in at.arms]) == (None, [None, None])
    assert [pair.joint_rank for pair in at.comparisons] == [None]
    assert at.changes == there.changes
    assert [arm.change for arm in at.arms] == [arm.change for arm in there.arms]
    assert [pair.change for pair in at.comparisons] == [pair.change for pair in there.comparisons]


def test_the_direction_of_the_plan_reaches_responders_and_ranks() -> None:
    trial = make_trial(SERIES)
    (at,) = analyse(trial, Plan(("week 24",), direction=Direction.HIGHER_IS_WORSE)).visits
    assert at.responders == responders(trial, CLINIC, 182, Direction.HIGHER_IS_WORSE)
    rules = Rules(CLINIC, direction=Direction.HIGHER_IS_WORSE)
    schedule, visit = find_visit("week 24")
    assert at.comparisons[0].joint_rank == joint_rank(trial, ("B", "A"), schedule, visit, rules)
