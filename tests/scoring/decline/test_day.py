"""A day of several reports, the year that is looked back on, muted topics, and the level of a topic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.decline import Level, Policy, Profile, Report, Topic, evaluate
from scoring.decline.memory.memory import MAX_POINTS
from tests.scoring.decline.histories import alsfrs, codes, days, make_report, rules_after, series

FIRST, SECOND, THIRD = days(0, 28, 56)
POLICY = Policy()


def test_an_incomplete_report_beside_a_complete_one_is_read_by_the_rules_of_breathing_alone() -> None:
    gap = codes(speech=None, walking=0, dyspnea=0)
    reports = [
        alsfrs(codes(), FIRST),
        alsfrs(codes(), SECOND, hour=8),
        alsfrs(gap, SECOND, hour=9, duration_seconds=3),
    ]
    assert rules_after(*reports) == {
        "dyspnea_at_worst": "urgent",
        "dyspnea_low": "soon",
        "dyspnea_fall": "urgent",
        "breathing_first": "inform",
    }
    assert [point.id for point in evaluate(reports, Profile(), POLICY).memory.points] == [
        reports[0].id,
        reports[1].id,
    ]


def test_an_incomplete_report_is_read_in_full_where_the_complete_one_is_another_respondents() -> None:
    gap = alsfrs(codes(speech=None, walking=0), SECOND, hour=9)
    carers = alsfrs(codes(), SECOND, hour=8, respondent="caregiver")
    assert "walking_level" in rules_after(alsfrs(codes(), FIRST), carers, gap)


def test_an_incomplete_report_takes_the_place_of_another_incomplete_one() -> None:
    gaps = [
        alsfrs(codes(speech=None), SECOND, hour=8),
        alsfrs(codes(speech=None, walking=0), SECOND, hour=9),
    ]
    assert "walking_level" in rules_after(alsfrs(codes(), FIRST), *gaps)


def test_a_complete_report_takes_the_place_of_an_incomplete_one_of_the_day() -> None:
    first = alsfrs(codes(), FIRST)
    gap = alsfrs(codes(speech=None, walking=0), SECOND, hour=8)
    full = alsfrs(codes(walking=1), SECOND, hour=9)
    assert "walking_level" in rules_after(first, gap)
    evaluation = evaluate([first, gap, full], Profile(), POLICY)
    (flag,) = (flag for flag in evaluation.flags if flag.topic is Topic.WALKING)
    assert (flag.raised_by, flag.numbers["code"]) == (full.id, 1)


def test_a_day_read_again_begins_where_the_day_before_had_ended() -> None:
    """The slip of the morning raises nothing that stays, and takes nothing away that stood."""
    reports = series([44, 42, 39, 37, 34])
    slip = alsfrs(44, reports[4].observed_on, hour=8)
    with_slip, without = (evaluate(own, Profile(), POLICY) for own in ([*reports, slip], reports))
    assert with_slip.topics == without.topics
    assert with_slip.flags == without.flags
    assert with_slip.memory.baseline == without.memory.baseline


def test_a_first_report_that_is_replaced_leaves_no_first_behind() -> None:
    slip = alsfrs(codes(speech=1, dressing=1), FIRST, hour=8)
    own = [alsfrs(codes(), FIRST, hour=9), alsfrs(codes(speech=2), SECOND)]
    assert "speech_level" in rules_after(slip, *own)
    baseline = evaluate([slip, own[0]], Profile(), POLICY).memory.baseline
    assert (baseline.total, baseline.kings, baseline.mitos) == (48, 0, 0)


@pytest.mark.parametrize(("gap", "told"), [(365, True), (366, False)])
def test_a_year_is_looked_back_on_inclusive(gap: int, told: bool) -> None:
    """After more than a year the next report is a start: nothing in it is news."""
    first, second = days(0, gap)
    reports = [alsfrs(codes(support=3), first), alsfrs(codes(support=2, speech=2), second)]
    rules = rules_after(*reports)
    assert ("breathing_support" in rules) is told
    assert ("speech_level" in rules) is told
    kept = evaluate(reports, Profile(), POLICY).memory.points
    assert len(kept) == (2 if told else 1)


def test_the_report_of_a_year_ago_is_kept_when_the_one_before_it_is_forgotten() -> None:
    reports = [alsfrs(codes(support=code), day) for code, day in zip((3, 3, 2), days(0, 1, 366), strict=True)]
    assert "breathing_support" in rules_after(*reports)
    kept = evaluate(reports, Profile(), POLICY).memory.points
    assert [point.id for point in kept] == [reports[1].id, reports[2].id]


def test_of_daily_reports_the_latest_are_kept() -> None:
    reports = series([40] * (MAX_POINTS + 3), every=1)
    for count, first in ((MAX_POINTS, 0), (MAX_POINTS + 1, 1), (MAX_POINTS + 3, 3)):
        points = evaluate(reports[:count], Profile(), POLICY).memory.points
        assert [point.id for point in points] == [report.id for report in reports[first:count]]


def muted(topic: str, first: object, last: object) -> Policy:
    override = {"reason": "known", "starts_on": str(first), "ends_on": str(last), "mute": [topic]}
    return Policy.from_mapping({"overrides": [override]})


def test_muting_raises_nothing_new_and_does_not_end_what_stands() -> None:
    reports = [
        alsfrs(codes(), FIRST),
        alsfrs(codes(walking=1), SECOND),
        alsfrs(codes(walking=0), days(40)[0]),
    ]
    assert "walking_level" not in rules_after(*reports, policy=muted("walking", SECOND, SECOND))
    assert "walking_level" in rules_after(*reports, policy=muted("walking", days(29)[0], THIRD))
    assert "walking_level" in rules_after(*reports, policy=muted("speech", FIRST, THIRD))


def test_a_muted_mood_that_stood_before_can_still_become_worse_and_clear() -> None:
    keys = ("cheerful", "calm", "active", "rested", "interested")
    scores = zip((2, 1, 4, 4), days(0, 28, 56, 84), strict=True)
    reports = [make_report("who_5", dict.fromkeys(keys, code), day) for code, day in scores]
    policy = muted("mood", SECOND, days(400)[0])
    levels = [rules_after(*reports[:count], policy=policy).get("who_5_index") for count in (1, 2, 3, 4)]
    assert levels == ["inform", "soon", "soon", None]


def level_of(reports: list[Report], topic: Topic) -> tuple[bool, Level]:
    now = evaluate(reports, Profile(), POLICY).topics[topic]
    return now.on, now.level


def test_a_topics_level_is_that_of_the_rules_still_on() -> None:
    """The worst rung clears at the third report; the low one stays."""
    dates = days(0, 7, 14, 21, 28)
    reports = [alsfrs(codes(dyspnea=code), day) for code, day in zip((0, 1, 1, 2, 2), dates, strict=True)]
    found = [level_of(reports[:count], Topic.RESPIRATORY) for count in (1, 2, 3)]
    assert found == [(True, Level.URGENT), (True, Level.URGENT), (True, Level.SOON)]


def test_a_topics_level_falls_also_with_a_report_that_meets_no_condition() -> None:
    """At the third report the worst rung clears and the low one is half way to it."""
    reports = [alsfrs(codes(dyspnea=code), day) for code, day in zip((0, 1, 2), days(0, 7, 14), strict=True)]
    assert level_of(reports[:2], Topic.RESPIRATORY) == (True, Level.URGENT)
    assert level_of(reports, Topic.RESPIRATORY) == (True, Level.SOON)


def test_a_topic_names_who_began_it_and_who_met_it_last() -> None:
    dates = days(0, 7, 14)
    reports = [alsfrs(codes(dyspnea=code), day) for code, day in zip((1, 0, 2), dates, strict=True)]
    topic = evaluate(reports, Profile(), POLICY).topics[Topic.RESPIRATORY]
    assert (topic.raised_by, topic.raised_at) == (reports[0].id, reports[0].observed_at)
    assert (topic.met_by, topic.met_at) == (reports[1].id, reports[1].observed_at)


def test_a_topic_that_comes_back_is_a_new_episode() -> None:
    dates = days(0, 7, 14, 21)
    reports = [alsfrs(codes(dyspnea=code), day) for code, day in zip((1, 2, 2, 1), dates, strict=True)]
    early = [replace(one, id=f"r{place}") for place, one in enumerate(reports)]
    strict = Policy.from_mapping({"limits": {"general": {"event_days": 7}, "function": {"flicker_days": 1}}})
    cleared, again = (
        evaluate(early[:count], Profile(), strict).topics[Topic.RESPIRATORY] for count in (3, 4)
    )
    assert (cleared.on, cleared.level, cleared.cleared_at) == (False, Level.SOON, early[2].observed_at)
    assert (again.on, again.raised_by, again.met_by, again.cleared_at) == (True, "r3", "r3", None)


def test_the_day_of_death_and_of_tracheostomy() -> None:
    """A report of the day of death is still read, one of the day of tracheostomy is not."""
    worst = alsfrs(codes(dyspnea=0), SECOND)
    assert Topic.RESPIRATORY in evaluate([worst], Profile(died_on=SECOND), POLICY).topics
    assert Topic.RESPIRATORY not in evaluate([worst], Profile(tracheostomy_on=SECOND), POLICY).topics
    assert Topic.RESPIRATORY in evaluate([worst], Profile(tracheostomy_on=THIRD), POLICY).topics


def test_after_tracheostomy_the_answers_are_kept_and_the_trend_is_not_moved() -> None:
    reports = series([44, 40, 20])
    profile = Profile(tracheostomy_on=THIRD)
    evaluation = evaluate(reports, profile, POLICY)
    assert [point.id for point in evaluation.memory.points] == [report.id for report in reports]
    assert evaluation.trajectory == evaluate(reports[:2], profile, POLICY).trajectory
