"""The end of the fold: the order of flags, further signals, the topics that end for good, what is written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scoring.decline import Kind, Level, Policy, Profile, Report, Topic, evaluate, unread
from scoring.decline.rules import RULES_VERSION
from tests.scoring.decline.histories import START, alsfrs, at, codes, days, make_report, series

FAST = series([44, 42, 39, 37, 34, 32])
POLICY = Policy()


def test_a_report_that_no_rule_could_read_is_a_question_about_the_data() -> None:
    flag = unread("r7", at(START))
    assert flag.as_dict() == {
        "topic": "data_query",
        "rule": "not_evaluated",
        "rule_version": "1",
        "level": "soon",
        "kind": "state",
        "status": "met",
        "headline": "A report is stored but could not be evaluated",
        "sentence": (
            "A report is stored but could not be evaluated: no rule has read it; somebody must look at it."
        ),
        "clears_when": "The history is evaluated again without a failure.",
        "numbers": {"report": "r7"},
        "evidence": ["r7"],
        "raised_by": "r7",
        "raised_at": "2026-01-05T09:00:00+00:00",
        "mark": {"report:r7": 1.0},
        "restricted": False,
        "data_query": True,
        "further": [],
    }


def test_flags_are_in_the_order_of_their_levels_and_then_of_the_rules() -> None:
    """Urgent before soon before inform; within a level breathing comes before mood, mood before strain."""
    dates = days(0, 1, 28, 29)
    reports = [
        alsfrs(codes(), dates[0]),
        make_report("phq_9", {f"phq_{place}": 3 for place in range(1, 9)} | {"phq_9": 1}, dates[1]),
        make_report(
            "zbi_12", {f"zbi_{place}": 4 for place in range(1, 13)}, dates[1], respondent="caregiver"
        ),
        alsfrs(codes(dyspnea=0, walking=1), dates[2]),
    ]
    flags = evaluate(reports, Profile(), POLICY).flags
    assert [(flag.topic.value, flag.level.value) for flag in flags] == [
        ("respiratory", "urgent"),
        ("self_harm", "urgent"),
        ("stage", "soon"),
        ("mood", "soon"),
        ("carer_burden", "soon"),
        ("walking", "inform"),
    ]


def test_further_signals_are_in_the_same_order_and_carry_their_own_words() -> None:
    (flag,) = evaluate([alsfrs(codes(dyspnea=1, orthopnea=0))], Profile(), POLICY).flags
    assert (flag.rule, flag.kind) == ("orthopnea_at_worst", Kind.STATE)
    assert [(signal.rule, signal.level.value, signal.kind.value) for signal in flag.further] == [
        ("dyspnea_low", "soon", "state"),
        ("orthopnea_low", "soon", "state"),
    ]
    assert len({signal.sentence for signal in (flag, *flag.further)}) == 3


def ends(reports: list[Report], profile: Profile, topic: Topic) -> tuple[bool, datetime | None]:
    now = evaluate(reports, profile, POLICY).topics[topic]
    return now.on, now.cleared_at


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


MAY_1, MAY_20, JUNE_10 = date(2026, 5, 1), date(2026, 5, 20), date(2026, 6, 10)


@pytest.mark.parametrize(
    ("profile", "end"),
    [
        (Profile(died_on=JUNE_10), JUNE_10),
        (Profile(tracheostomy_on=JUNE_10), JUNE_10),
        (Profile(tracheostomy_on=MAY_20, died_on=JUNE_10), MAY_20),
        (Profile(tracheostomy_on=JUNE_10, died_on=MAY_20), MAY_20),
        (Profile(), None),
        (Profile(gastrostomy_on=MAY_20, ventilation_on=MAY_20), None),
    ],
)
def test_a_flag_on_function_ends_with_whichever_came_first(profile: Profile, end: date | None) -> None:
    """Raised on 27 April, met again on 25 May unless an end comes before it."""
    assert ends(FAST[:5], profile, Topic.DECLINE) == (end is None, end and midnight(end))


def test_a_flag_met_on_the_day_of_death_ends_when_it_was_met() -> None:
    raised = FAST[4]
    profile = Profile(died_on=raised.observed_on)
    assert ends(FAST[:5], profile, Topic.DECLINE) == (False, raised.observed_at)


def test_what_had_cleared_before_keeps_its_own_end() -> None:
    keys = ("cheerful", "calm", "active", "rested", "interested")
    reports = [
        make_report("who_5", dict.fromkeys(keys, code), day)
        for code, day in zip((1, 4, 4), days(0, 7, 14), strict=True)
    ]
    assert ends(reports, Profile(died_on=MAY_1), Topic.MOOD) == (False, reports[2].observed_at)


@pytest.mark.parametrize(
    ("profile", "topics"),
    [
        (Profile(tracheostomy_on=MAY_1), {"mood", "weight", "weight_query", "data_query"}),
        (Profile(died_on=MAY_1), {"data_query"}),
    ],
)
def test_only_a_question_about_a_report_outlives_the_patient(profile: Profile, topics: set[str]) -> None:
    dates = days(0, 7, 14)
    reports = [
        alsfrs(codes(dyspnea=0, swallowing=0), dates[0]),
        make_report("phq_9", {f"phq_{place}": 2 for place in range(1, 9)} | {"phq_9": 0}, dates[0]),
        make_report("weight", {"weight_g": 80_000}, dates[0]),
        make_report("weight", {"weight_g": 75_000}, dates[1]),
        make_report("weight", {"weight_g": 120_000}, dates[2]),
    ]
    assert {flag.topic.value for flag in evaluate(reports, profile, POLICY).flags} == topics
    without = evaluate(reports, Profile(), POLICY)
    assert {flag.topic.value for flag in without.flags} == {
        "respiratory", "mood", "weight", "weight_query", "data_query"
    }  # fmt: skip


def test_an_evaluation_is_written_with_its_trend_and_its_stages() -> None:
    evaluation = evaluate(FAST, Profile(), POLICY)
    assert evaluation.trajectory is not None
    assert evaluation.stages is not None
    written = evaluation.as_dict()
    assert written["trajectory"] == evaluation.trajectory.as_dict()
    assert written["stages"] == evaluation.stages.as_dict()
    assert written["flags"] == [flag.as_dict() for flag in evaluation.flags]
    assert (written["rules_version"], written["policy_version"]) == (RULES_VERSION, "default-1")


def test_an_evaluation_of_nothing_is_written_with_nulls() -> None:
    assert evaluate([], Profile(), POLICY).as_dict() == {
        "flags": [],
        "remarks": [],
        "topics": {},
        "trajectory": None,
        "stages": None,
        "rules_version": RULES_VERSION,
        "policy_version": "default-1",
        "news": [],
        "events": {},
    }


def test_events_are_named_however_long_ago_they_were() -> None:
    found = evaluate(series([48, 40, *[40] * 20]), Profile(), POLICY)
    assert found.as_dict()["events"]
    assert set(found.as_dict()["events"]) <= {topic.value for topic in found.topics}


def test_the_levels_are_ranked() -> None:
    assert [level.rank for level in (Level.INFORM, Level.SOON, Level.URGENT)] == [0, 1, 2]
