"""The fold: order, memory, replacement within a day, voids, stop rules."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.decline import (
    Evaluation,
    Level,
    Memory,
    OutOfOrder,
    Policy,
    Profile,
    Report,
    Signal,
    Topic,
    UnknownMemory,
    advance,
    begin,
    conclude,
    evaluate,
)
from scoring.decline.memory.memory import MAX_POINTS
from scoring.decline.rules import BY_ID
from tests.scoring.decline.histories import alsfrs, codes, days, make_report, rules_after, rules_on, series
from tests.scoring.decline.strategies import histories, profiles

POLICY = Policy()
FAST = [44, 42, 39, 37, 34, 32]


def named(history: list[Report]) -> list[Report]:
    return [replace(report, id=f"r{place:02d}") for place, report in enumerate(history)]


def told(evaluation: Evaluation) -> str:
    """All but the news, which alone depends on the order of arrival."""
    return json.dumps(evaluation.as_dict() | {"news": []}, sort_keys=True)


@settings(max_examples=60, deadline=None)
@given(histories, profiles, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    history: list[Report], profile: Profile, random: object
) -> None:
    history = named(history)
    shuffled = list(history)
    random.shuffle(shuffled)
    one, other = evaluate(history, profile, POLICY), evaluate(shuffled, profile, POLICY)
    assert told(one) == told(other)
    assert one.memory == other.memory


@settings(max_examples=60, deadline=None)
@given(histories, profiles)
def test_the_memory_survives_its_json_at_every_step(history: list[Report], profile: Profile) -> None:
    memory = begin()
    for report in sorted(named(history), key=lambda report: report.key):
        memory = advance(memory, report, profile, POLICY)
        written = memory.as_dict()
        assert json.loads(json.dumps(written)) == written
        again = Memory.from_dict(written)
        assert again == memory
        memory = again
    assert told(conclude(memory, profile, POLICY)) == told(evaluate(named(history), profile, POLICY))


@settings(max_examples=60, deadline=None)
@given(histories, profiles)
def test_flags_and_topics_agree_and_every_flag_can_be_read(history: list[Report], profile: Profile) -> None:
    evaluation = evaluate(named(history), profile, POLICY)
    assert {flag.topic for flag in evaluation.flags} == {
        topic for topic, now in evaluation.topics.items() if now.on
    }
    ids = {report.id for report in named(history)}
    ranks = [flag.level.rank for flag in evaluation.flags]
    assert ranks == sorted(ranks, reverse=True)
    for flag in evaluation.flags:
        signals = (flag, *flag.further)
        assert flag.level.rank == max(signal.level.rank for signal in signals)
        assert evaluation.topics[flag.topic].level == flag.level
        for signal in signals:
            assert "{" not in signal.sentence + signal.clears_when
            assert signal.evidence
            assert set(signal.evidence) <= ids
            assert signal.raised_by in ids
            assert measures_of(signal) <= set(signal.mark)


def measures_of(signal: Signal) -> set[str]:
    """The names that the mark of a signal has to have."""
    numbers = signal.numbers
    return {
        worse.measure if worse.of is None else f"{worse.measure or worse.of}:{numbers[worse.of]}"
        for worse in BY_ID[signal.rule].worse
        if not isinstance(numbers[worse.measure] if worse.measure else 1, str)
    }


@settings(max_examples=60, deadline=None)
@given(histories, st.data())
def test_an_earlier_report_of_the_day_leaves_no_trace_in_the_rules_of_the_series(
    history: list[Report], data: st.DataObject
) -> None:
    """Only the last ALSFRS-R of a day counts; the breathing rules read every one."""
    history = [
        replace(report, respondent="patient") for report in named(history) if report.instrument == "alsfrs_r"
    ]
    history = [report for report in history if len(report.answers) == 12]
    if not history:
        return
    last = data.draw(st.sampled_from(history))
    slip = alsfrs(data.draw(st.integers(0, 48)), last.observed_on, id="slip")
    slip = replace(slip, observed_at=last.observed_at - timedelta(minutes=1))
    with_slip, without = (evaluate(reports, Profile(), POLICY) for reports in ([*history, slip], history))
    assert day_flags(with_slip) == day_flags(without)
    assert with_slip.memory.points == without.memory.points
    assert with_slip.trajectory == without.trajectory


def test_a_replaced_report_of_the_day_does_not_change_what_is_remembered_of_the_year_before() -> None:
    first, second = days(0, 366)
    history = [alsfrs([0] * 12, first), alsfrs([0] * 12, second, hour=9)]
    slip = alsfrs([0] * 12, second, hour=8)
    with_slip, without = (evaluate(reports, Profile(), POLICY) for reports in ([*history, slip], history))
    assert day_flags(with_slip) == day_flags(without)


def day_flags(evaluation: Evaluation) -> list[object]:
    return [flag.as_dict() for flag in evaluation.flags if flag.topic is not Topic.RESPIRATORY]


def test_a_voided_report_is_as_if_it_had_never_been() -> None:
    reports = series(FAST)
    slip = alsfrs(12, reports[2].observed_on + timedelta(days=3))
    with_slip = evaluate([*reports, slip], Profile(), POLICY)
    assert told(with_slip) != told(evaluate(reports, Profile(), POLICY))
    voided = [report for report in [*reports, slip] if report.id != slip.id]
    assert told(evaluate(voided, Profile(), POLICY)) == told(evaluate(reports, Profile(), POLICY))


def test_a_corrected_report_takes_its_flag_back() -> None:
    reports = series([44, 44, 43, 37, 30])
    assert "fast_decline" in rules_after(*reports)
    assert "fast_decline" not in rules_after(*reports[:-1], alsfrs(42, reports[-1].observed_on))


def test_a_report_before_the_last_one_is_refused() -> None:
    first, second = series([40, 39])
    memory = advance(begin(), second, Profile(), POLICY)
    with pytest.raises(
        OutOfOrder, match=r"^a report observed earlier than the last one: evaluate the history anew$"
    ):
        advance(memory, first, Profile(), POLICY)


def test_the_last_report_read_once_more_is_not_out_of_order() -> None:
    (report,) = series([40])
    memory = advance(begin(), report, Profile(), POLICY)
    assert advance(memory, report, Profile(), POLICY).points == memory.points


def test_reports_of_one_instant_are_ordered_by_id() -> None:
    one, other = (replace(alsfrs(40), id=name) for name in ("a", "b"))
    memory = advance(begin(), one, Profile(), POLICY)
    assert advance(memory, other, Profile(), POLICY).last_key == other.key
    with pytest.raises(OutOfOrder):
        advance(advance(begin(), other, Profile(), POLICY), one, Profile(), POLICY)


def test_an_instrument_without_rules_changes_nothing() -> None:
    reports = series(FAST)
    other = make_report(
        "eat_10", {f"eat_{place}": 4 for place in range(1, 11)}, reports[2].observed_on, hour=20
    )
    one, two = evaluate(reports, Profile(), POLICY), evaluate([*reports, other], Profile(), POLICY)
    assert told(one) == told(two)


def test_another_instrument_touches_only_its_own_rules() -> None:
    reports = series(FAST)
    mood = make_report("phq_9", {f"phq_{place}": 3 for place in range(1, 10)}, days(500)[0])
    before, after = evaluate(reports, Profile(), POLICY), evaluate([*reports, mood], Profile(), POLICY)
    assert rules_on(before).items() <= rules_on(after).items()
    assert set(rules_on(after)) - set(rules_on(before)) == {"self_harm", "phq_9_total"}


def test_an_incomplete_report_replaces_no_complete_one_of_the_day() -> None:
    reports = [*series(FAST), alsfrs(codes(speech=None), days(140)[0], hour=20)]
    assert (
        evaluate(reports, Profile(), POLICY).trajectory
        == evaluate(reports[:-1], Profile(), POLICY).trajectory
    )


def test_a_day_is_read_again_with_everybodys_reports() -> None:
    (first, second) = days(0, 28)
    reports = [
        alsfrs(40, first),
        alsfrs(45, second, hour=8),
        alsfrs(38, second, hour=9, respondent="caregiver", id="carer"),
        alsfrs(39, second, hour=10),
    ]
    evaluation = evaluate(reports, Profile(), POLICY)
    assert (rules_on(evaluation), "new_respondent" in evaluation.memory.states) == ({}, True)
    assert [point.id for point in evaluation.memory.points] == [reports[0].id, "carer", reports[3].id]


def test_the_memory_is_bounded() -> None:
    reports = series([40] * 400, every=1)
    memory = evaluate(reports, Profile(), POLICY).memory
    assert len(memory.points) == MAX_POINTS
    weekly = evaluate(series([44 - place // 8 for place in range(260)], every=7), Profile(), POLICY).memory
    assert len(weekly.points) == 53
    assert len(json.dumps(weekly.as_dict(), separators=(",", ":"))) < 8000


def test_a_number_that_is_none_is_never_written() -> None:
    memory = evaluate(series(FAST), Profile(), POLICY).memory
    assert memory.trend is not None
    broken = memory._replace(trend=memory.trend._replace(slope=math.nan))
    with pytest.raises(ValueError, match=r"^a number is not finite$"):
        broken.as_dict()


def test_a_number_of_a_rule_that_is_none_is_never_written() -> None:
    memory = evaluate(series(FAST), Profile(), POLICY).memory
    (rule, state), *_ = memory.states.items()
    broken = memory._replace(states={rule: replace(state, numbers={"loss": math.inf})})
    with pytest.raises(ValueError, match=r"^a number is not finite$"):
        broken.as_dict()


def test_a_state_in_another_format_is_refused() -> None:
    with pytest.raises(UnknownMemory, match=r"^this state has another format; evaluate the history anew$"):
        Memory.from_dict({"v": 0})


FUNCTION_END = {"tracheostomy_on": days(126)[0]}


@pytest.mark.parametrize("profile", [Profile(**FUNCTION_END), Profile(died_on=days(126)[0])])
def test_flags_on_function_end_with_tracheostomy_and_death(profile: Profile) -> None:
    reports = series(FAST)
    assert "fast_decline" in rules_after(*reports[:5])
    evaluation = evaluate(reports, profile, POLICY)
    assert Topic.DECLINE not in {flag.topic for flag in evaluation.flags}
    topic = evaluation.topics[Topic.DECLINE]
    assert not topic.on
    assert topic.cleared_at == datetime(2026, 5, 11, tzinfo=UTC)


def test_after_tracheostomy_the_other_rules_go_on() -> None:
    reports = [*series(FAST), make_report("phq_9", {"phq_9": 2}, days(200)[0])]
    assert rules_after(*reports, profile=Profile(**FUNCTION_END)) == {"self_harm": "urgent"}


def test_no_function_rule_reads_a_report_after_tracheostomy() -> None:
    reports = [*series([40, 40]), alsfrs(codes(dyspnea=0, orthopnea=0, support=0), days(140)[0])]
    assert rules_after(*reports, profile=Profile(**FUNCTION_END)) == {}


def test_after_death_only_the_question_about_the_date_stands() -> None:
    late = make_report("phq_9", {"phq_9": 3}, days(127)[0])
    rules = rules_after(*series(FAST), late, profile=Profile(died_on=days(126)[0]))
    assert rules == {"report_after_death": "inform"}


def test_a_muted_topic_raises_nothing_until_the_mute_ends() -> None:
    reports = series(FAST)
    mute = {"reason": "known", "starts_on": "2026-01-01", "ends_on": "2026-05-24", "mute": ["decline"]}
    policy = Policy.from_mapping({"overrides": [mute]})
    assert Topic.DECLINE not in evaluate(reports[:5], Profile(), policy).topics
    assert evaluate(reports, Profile(), policy).topics[Topic.DECLINE].raised_by == reports[5].id


def test_a_topic_keeps_its_latest_episode_after_clearing() -> None:
    reports = [
        make_report("who_5", answers, day)
        for answers, day in zip(WELL_AND_LOW, days(0, 28, 56, 84), strict=True)
    ]
    topic = evaluate(reports[:3], Profile(), POLICY).topics[Topic.MOOD]
    assert (topic.on, topic.raised_by, topic.cleared_at) == (False, reports[0].id, reports[2].observed_at)
    again = evaluate(reports, Profile(), POLICY).topics[Topic.MOOD]
    assert (again.on, again.raised_by, again.cleared_at) == (True, reports[3].id, None)


WHO_KEYS = ("cheerful", "calm", "active", "rested", "interested")
WELL_AND_LOW = [dict.fromkeys(WHO_KEYS, code) for code in (1, 4, 4, 1)]


def test_within_an_episode_the_level_rises_and_does_not_fall() -> None:
    reports = [
        make_report("who_5", dict.fromkeys(WHO_KEYS, code), day)
        for code, day in zip((2, 1, 2), days(0, 28, 56), strict=True)
    ]
    levels = [evaluate(reports[: count + 1], Profile(), POLICY).flags[0].level for count in range(3)]
    assert levels == [Level.INFORM, Level.SOON, Level.SOON]


def test_the_latest_report_that_met_the_condition_is_named() -> None:
    reports = series(FAST)
    topic = evaluate(reports, Profile(), POLICY).topics[Topic.DECLINE]
    assert topic.raised_by == reports[4].id
    assert (topic.met_by, topic.met_at) == (reports[5].id, reports[5].observed_at)


def test_an_evaluation_names_its_policy_and_rules_and_leaves_the_memory_out() -> None:
    policy = Policy(version="site-3")
    shown = evaluate(series([40, 39]), Profile(), policy).as_dict()
    assert shown["policy_version"] == "site-3"
    parts = {"flags", "remarks", "topics", "trajectory", "stages", "rules_version", "policy_version"}
    assert set(shown) == parts | {"news", "events"}
    assert json.loads(json.dumps(shown)) == shown


def test_a_history_of_nothing_says_nothing() -> None:
    evaluation = evaluate([], Profile(), POLICY)
    assert (evaluation.flags, evaluation.topics, evaluation.trajectory, evaluation.stages) == (
        (),
        {},
        None,
        None,
    )
