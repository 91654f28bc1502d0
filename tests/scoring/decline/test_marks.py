"""Whether an alert can pass, and what is worse than when it was dealt with: the steps of every rule."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import decline
from scoring.decline import NOT_EVALUATED, QUARANTINED, is_worse, mark_of, milder, passes
from scoring.decline.documentation.page import alert_text
from scoring.decline.flags import Worse
from scoring.decline.marks import OUTSIDE
from scoring.decline.rules import BY_ID, RULES

# rule, numbers when it was dealt with, the least that is worse, the most that is not
STEPS = [
    (
        "fast_decline",
        {"loss_now": 2.0, "level_now": 30.0},
        {"loss_now": 2.5, "level_now": 30.0},
        {"loss_now": 2.49, "level_now": 24.01},
    ),
    (
        "fast_decline",
        {"loss_now": 2.0, "level_now": 30.0},
        {"loss_now": 2.0, "level_now": 24.0},
        {"loss_now": 1.0, "level_now": 40.0},
    ),
    ("confirmed_drop", {"level_now": 30.0}, {"level_now": 24.0}, {"level_now": 24.1}),
    (
        "acceleration",
        {"loss_now": 5.4, "level_now": 30.0},
        {"loss_now": 5.9, "level_now": 30.0},
        {"loss_now": 5.8, "level_now": 24.5},
    ),
    (
        "domain_drop",
        {"latest": 8, "domain": "bulbar"},
        {"latest": 6, "domain": "bulbar"},
        {"latest": 7, "domain": "bulbar"},
    ),
    (
        "domain_slope",
        {"latest": 8, "domain": "bulbar"},
        {"latest": 9, "domain": "fine_motor"},
        {"latest": 9, "domain": "bulbar"},
    ),
    ("orthopnea_low", {"code": 2}, {"code": 1}, {"code": 2}),
    ("dyspnea_low", {"code": 1}, {"code": 0}, {"code": 1}),
    ("orthopnea_fall", {"code": 1}, {"code": 0}, {"code": 1}),
    ("dyspnea_fall", {"code": 2}, {"code": 1}, {"code": 2}),
    ("breathing_support", {"now": 3}, {"now": 2}, {"now": 4}),
    ("stage_failure", {"stage": "4a"}, {"stage": "4b"}, {"stage": "4a"}),
    ("kings_rise", {"stage": 2}, {"stage": 3}, {"stage": 2}),
    (
        "mitos_rise",
        {"mitos_domain": "swallowing"},
        {"mitos_domain": "movement"},
        {"mitos_domain": "swallowing"},
    ),
    ("self_harm", {"code": 1}, {"code": 2}, {"code": 1}),
    ("phq_9_total", {"total": 12}, {"total": 17}, {"total": 16}),
    ("gad_7_total", {"total": 12}, {"total": 16}, {"total": 15}),
    ("who_5_index", {"total": 40}, {"total": 30}, {"total": 31}),
    ("weight_loss", {"loss_percent": 6.0}, {"loss_percent": 11.0}, {"loss_percent": 10.9}),
    ("weight_quick_loss", {"now_kg": 80.0}, {"now_kg": 76.0}, {"now_kg": 76.1}),
    ("low_bmi", {"now_kg": 50.0}, {"now_kg": 47.5}, {"now_kg": 47.6}),
    ("weight_jump", {"now_kg": 50.0}, {"now_kg": 47.5}, {"now_kg": 90.0}),
    ("well_being_low", {"rating": 4}, {"rating": 2}, {"rating": 3}),
    ("well_being_fall", {"rating": 4}, {"rating": 2}, {"rating": 3}),
    ("carer_burden", {"total": 25}, {"total": 30}, {"total": 29}),
    ("carer_burden_rise", {"total": 25}, {"total": 30}, {"total": 29}),
    ("surprise", {"latest": 30}, {"latest": 26}, {"latest": 27}),
    (
        "items_unanswered",
        {"unanswered": "salivation"},
        {"unanswered": "speech"},
        {"unanswered": "salivation"},
    ),
    ("straight_line", {"code": 3}, {"code": 2}, {"code": 3}),
    (
        "silence",
        {"days_since_last": 60, "interval_days": 14},
        {"days_since_last": 88, "interval_days": 14},
        {"days_since_last": 87, "interval_days": 14},
    ),
    (
        "silence",
        {"days_since_last": 100, "interval_days": 56},
        {"days_since_last": 156, "interval_days": 56},
        {"days_since_last": 155, "interval_days": 56},
    ),
    ("clock_shifted", {"report": "one"}, {"report": "two"}, {"report": "one"}),
    ("time_not_possible", {"report": "one"}, {"report": "two"}, {"report": "one"}),
    ("before_enrolment", {"report": "one"}, {"report": "two"}, {"report": "one"}),
    (NOT_EVALUATED, {"report": "one"}, {"report": "two"}, {"report": "one"}),
    (QUARANTINED, {"report": "one"}, {"report": "two"}, {"report": "one"}),
    *(
        (f"{concern}_{fate}", {"report": "one"}, {"report": "two"}, {"report": "one"})
        for concern in ("self_harm", "unreadable", "breathing")
        for fate in ("refused", "quarantined")
    ),
]


@pytest.mark.parametrize(("rule", "then", "worse", "not_worse"), STEPS)
def test_each_rule_has_its_own_step(
    rule: str, then: dict[str, float], worse: dict[str, float], not_worse: dict[str, float]
) -> None:
    dealt_with = mark_of(rule, then)
    assert is_worse(rule, dealt_with, mark_of(rule, worse))
    assert not is_worse(rule, dealt_with, mark_of(rule, not_worse))
    assert not is_worse(rule, dealt_with, dealt_with)


@given(st.data())
def test_what_is_worse_than_one_of_two_is_worse_than_the_milder_of_them(data: st.DataObject) -> None:
    rule, *examples = data.draw(st.sampled_from(STEPS))
    names = sorted({name for numbers in examples for name in mark_of(rule, numbers)})
    marks = st.dictionaries(st.sampled_from(names), st.integers(0, 60).map(lambda n: n / 4))
    one, other, later = data.draw(marks), data.draw(marks), data.draw(marks)
    both = milder(rule, one, other)
    if is_worse(rule, one, later) or is_worse(rule, other, later):
        assert is_worse(rule, both, later)
    assert both == milder(rule, other, one) == milder(rule, both, one)


def test_the_milder_of_two_marks_is_the_milder_of_each_measure() -> None:
    one, other = {"loss_now": 1.2, "level_now": 30.0}, {"loss_now": 1.9, "level_now": 34.0}
    assert milder("fast_decline", one, other) == {"loss_now": 1.2, "level_now": 34.0}
    assert milder("fast_decline", one, {"loss_now": 1.0}) == {"loss_now": 1.0}
    assert milder("of another version", one, other) == {}


def test_every_rule_that_can_be_worse_has_a_step_in_the_table() -> None:
    with_steps = {rule.id for rule in RULES if rule.worse} | {
        name for name, one in OUTSIDE.items() if one.worse
    }
    assert with_steps - {"self_harm_concern"} == {rule for rule, *_ in STEPS}
    assert BY_ID["self_harm_concern"].worse == BY_ID["self_harm"].worse


def test_a_measure_that_was_not_there_has_not_been_dealt_with() -> None:
    assert is_worse("orthopnea_low", {}, {"code": 2.0})


def test_a_rule_that_cannot_be_worse_has_an_empty_mark() -> None:
    assert mark_of("dyspnea_at_worst", {"code": 0}) == {}
    assert not is_worse("dyspnea_at_worst", {}, {})


def test_an_alert_of_an_unknown_rule_never_passes_and_is_never_worse() -> None:
    assert not passes("of another version")
    assert mark_of("of another version", {"code": 0}) == {}
    assert not is_worse("of another version", {}, {"code": 1.0})


@pytest.mark.parametrize("rule", ["silence", NOT_EVALUATED, QUARANTINED, "fast_decline", "dyspnea_low"])
def test_states_pass(rule: str) -> None:
    assert passes(rule)


@pytest.mark.parametrize(
    "rule", ["acceleration", "confirmed_drop", "dyspnea_fall", "stage_failure", "self_harm"]
)
def test_what_says_first_time_or_fell_by_never_passes(rule: str) -> None:
    assert not passes(rule)


def test_a_report_that_no_rule_could_read_is_marked_by_its_id() -> None:
    flag = decline.unread("r1", datetime(2026, 1, 5, tzinfo=UTC))
    assert flag.as_dict()["mark"] == {"report:r1": 1.0}


def test_the_page_says_what_is_worse() -> None:
    lower = Worse("code", 1, "item 10", "of 4", lower=True)
    other = Worse("", words="another respondent", of="respondent")
    assert alert_text(passes=True, worse=(lower, other)) == (
        "passes when the reports say so; worse than when it was dealt with: item 10 at least 1 of 4 lower, or"
        " another respondent."
    )
    assert alert_text(passes=False, worse=()) == (
        "never passes, whatever comes later; worse than when it was dealt with: nothing can be."
    )
