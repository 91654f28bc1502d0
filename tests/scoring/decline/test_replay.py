"""Replay: the same history under two policies, episode by episode."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings

from scoring.decline import Level, Policy, Profile, Report, Topic
from scoring.decline.replay import Change, Difference, Episode, History, Replay, compare, episodes, replay
from tests.scoring.decline.histories import alsfrs, at, codes, days, make_report, series
from tests.scoring.decline.strategies import histories, profiles
from tests.scoring.decline.test_fold import named

FAST = series([44, 42, 39, 37, 34, 32])
DEFAULT = Policy()
JANUARY, MARCH, JUNE = at(date(2026, 1, 5)), at(date(2026, 3, 2)), at(date(2026, 6, 1))


def episode(opened_at: datetime, closed_at: datetime | None = None) -> Episode:
    return Episode(Topic.MOOD, Level.INFORM, "phq_9-1", opened_at, closed_at)


def policy(**limits: object) -> Policy:
    return Policy.from_mapping({"limits": limits})


QUIET = policy(
    primary={"min_reports": 20},
    confirmed_drop={"points": 20},
    domain={"probability": 0.9999, "drop_points": 12},
)


def changes(
    before: Policy, after: Policy, reports: list[Report] = FAST, topic: str = "decline"
) -> list[tuple[str, int]]:
    found = replay({"p": History(reports)}, before, after).differences
    return [(difference.change.value, difference.days) for difference in found if difference.topic == topic]


@settings(max_examples=40, deadline=None)
@given(histories, profiles)
def test_a_policy_differs_in_nothing_from_itself(history: list[Report], profile: Profile) -> None:
    result = replay({"p": History(named(history), profile)}, DEFAULT, DEFAULT)
    assert result.differences == ()
    assert result.load_before == result.load_after


def test_a_stricter_policy_drops_the_flag() -> None:
    assert changes(DEFAULT, QUIET) == [("dropped", 0)]
    assert changes(QUIET, DEFAULT) == [("opened", 0)]


def test_a_laxer_policy_comes_earlier() -> None:
    early = policy(primary={"inform_probability": 0.6})
    ((change, shift), *_) = changes(DEFAULT, early)
    assert (change, shift) == ("earlier", 28)
    assert changes(early, DEFAULT)[0] == ("later", 28)


def test_a_change_of_level_is_told() -> None:
    calm = policy(primary={"soon_probability": 0.9999, "steep_probability": 0.999})
    assert ("level", 0) in changes(DEFAULT, calm)


def test_an_earlier_end_is_told() -> None:
    keys = ("cheerful", "calm", "active", "rested", "interested")
    dates = days(0, 28, 56, 84)
    reports = [
        make_report("who_5", dict.fromkeys(keys, code), day)
        for code, day in zip((1, 4, 4, 4), dates, strict=True)
    ]
    patient = policy(general={"clear_reports": 3})
    assert changes(DEFAULT, patient, reports, "mood") == [("closed_later", 28)]
    assert changes(patient, DEFAULT, reports, "mood") == [("closed_earlier", 28)]


def test_each_report_of_self_harm_is_an_episode() -> None:
    reports = [make_report("phq_9", {"phq_9": 1}, day) for day in days(0, 28)]
    found = episodes(History(reports), DEFAULT)
    assert [(episode.opened_by, episode.closed_at) for episode in found] == [
        (reports[0].id, reports[1].observed_at),
        (reports[1].id, None),
    ]


def test_an_episode_has_the_highest_level_it_reached() -> None:
    (episode,) = (episode for episode in episodes(History(FAST), DEFAULT) if episode.topic is Topic.DECLINE)
    assert episode.level is Level.SOON


def test_an_episode_keeps_the_highest_level_when_the_topic_falls_back() -> None:
    """Breathlessness at its worst, then a little less: the worst rung clears, the low one stays."""
    dates = days(0, 7, 14, 21)
    reports = [alsfrs(codes(dyspnea=code), day) for code, day in zip((0, 1, 1, 1), dates, strict=True)]
    (found,) = (
        episode for episode in episodes(History(reports), DEFAULT) if episode.topic is Topic.RESPIRATORY
    )
    assert (found.level, found.closed_at) == (Level.URGENT, None)


def test_a_difference_names_its_patient() -> None:
    result = replay({"a": History(FAST), "b": History([]), "c": History(FAST)}, DEFAULT, QUIET)
    assert [difference.patient for difference in result.differences if difference.topic == "decline"] == [
        "a",
        "c",
    ]
    assert result.patients == 3


def test_death_closes_the_episode() -> None:
    profile = Profile(died_on=days(150)[0])
    (episode,) = (
        episode for episode in episodes(History(FAST, profile), DEFAULT) if episode.topic is Topic.DECLINE
    )
    assert episode.closed_at is not None
    assert episode.closed_at.date() == days(150)[0]


def test_the_load_counts_openings_by_week() -> None:
    result = replay({"a": History(FAST), "b": History(FAST)}, DEFAULT, QUIET)
    opened = {
        difference.before.opened_at.isocalendar().week
        for difference in result.differences
        if difference.before
    }
    (week,) = opened
    assert result.load_before[f"2026-W{week:02d}"] - result.load_after.get(f"2026-W{week:02d}", 0) == 2
    assert result.totals[Change.DROPPED] == 2
    opening = Counter(episode.topic.value for episode in episodes(History(FAST), DEFAULT))
    assert result.topics_before == {topic: 2 * times for topic, times in sorted(opening.items())}
    assert "decline" in result.topics_before
    assert json.loads(json.dumps(result.as_dict()))["patients"] == 2


@pytest.mark.parametrize(
    ("reported_on", "week"),
    [
        (date(2026, 2, 9), "2026-W07"),
        (date(2026, 2, 15), "2026-W07"),
        (date(2026, 2, 16), "2026-W08"),
        (date(2025, 12, 29), "2026-W01"),
        (date(2027, 1, 1), "2026-W53"),
    ],
)
def test_an_opening_counts_in_the_iso_week_of_its_report(reported_on: date, week: str) -> None:
    history = History([make_report("phq_9", {"phq_9": 1}, reported_on)])
    assert replay({"p": history}, DEFAULT, QUIET).as_dict()["load_after"] == {week: 1}


def test_the_weeks_are_in_order_and_add_up_over_patients() -> None:
    late, early = days(70, 0)
    histories = {
        "a": History([make_report("phq_9", {"phq_9": 1}, late)]),
        "b": History([make_report("phq_9", {"phq_9": 1}, day) for day in (early, late)]),
    }
    assert list(replay(histories, DEFAULT, DEFAULT).load_before.items()) == [("2026-W02", 1), ("2026-W12", 2)]


@pytest.mark.parametrize(
    ("closed_at", "written"), [(None, None), (MARCH, "2026-03-02T09:00:00+00:00")], ids=["running", "closed"]
)
def test_the_json_form_of_an_episode(closed_at: datetime | None, written: str | None) -> None:
    assert episode(JANUARY, closed_at).as_dict() == {
        "topic": "mood",
        "level": "inform",
        "opened_by": "phq_9-1",
        "opened_at": "2026-01-05T09:00:00+00:00",
        "closed_at": written,
    }


def test_the_json_form_of_a_difference() -> None:
    before, after = episode(MARCH), episode(JANUARY)
    assert Difference("p", Topic.MOOD, Change.EARLIER, before, after, 56).as_dict() == {
        "patient": "p",
        "topic": "mood",
        "change": "earlier",
        "before": before.as_dict(),
        "after": after.as_dict(),
        "days": 56,
    }


def test_a_difference_without_one_of_its_sides_says_null() -> None:
    opened = Difference("p", Topic.MOOD, Change.OPENED, None, episode(MARCH)).as_dict()
    dropped = Difference("p", Topic.MOOD, Change.DROPPED, episode(MARCH), None).as_dict()
    assert (opened["before"], opened["days"], dropped["after"]) == (None, 0, None)


def test_the_json_form_of_a_replay() -> None:
    difference = Difference("p", Topic.MOOD, Change.DROPPED, episode(MARCH), None)
    assert Replay((difference, difference), 3, {"2026-W10": 2}, {}).as_dict() == {
        "patients": 3,
        "totals": {
            "opened": 0,
            "dropped": 2,
            "earlier": 0,
            "later": 0,
            "level": 0,
            "closed_earlier": 0,
            "closed_later": 0,
        },
        "load_before": {"2026-W10": 2},
        "load_after": {},
        "differences": [difference.as_dict()] * 2,
    }


RUNNING, ENDED, LONGER = episode(JANUARY), episode(JANUARY, MARCH), episode(JANUARY, JUNE)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (RUNNING, RUNNING, []),
        (ENDED, LONGER, [("closed_later", 91)]),
        (LONGER, ENDED, [("closed_earlier", 91)]),
        (ENDED, RUNNING, [("closed_later", 0)]),
        (RUNNING, ENDED, [("closed_earlier", 0)]),
        (episode(MARCH), RUNNING, [("earlier", 56)]),
        (RUNNING, episode(MARCH), [("later", 56)]),
        (ENDED, episode(MARCH, JUNE), [("later", 56), ("closed_later", 91)]),
        (ENDED, episode(JUNE), [("dropped", 0), ("opened", 0)]),
        (episode(JUNE), ENDED, [("dropped", 0), ("opened", 0)]),
        (RUNNING, replace(RUNNING, level=Level.SOON), [("level", 0)]),
        (RUNNING, replace(RUNNING, topic=Topic.DECLINE), [("dropped", 0), ("opened", 0)]),
        (RUNNING, replace(RUNNING, opened_by="phq_9-2"), []),
    ],
)
def test_what_becomes_of_an_episode_is_told_with_its_days(
    before: Episode, after: Episode, expected: list[tuple[str, int]]
) -> None:
    """How much longer a running episode lasts is not known, so its days are 0."""
    found = compare("p", [before], [after])
    assert [(difference.change.value, difference.days) for difference in found] == expected
    assert {difference.patient for difference in found} <= {"p"}
    sides = {"dropped": (before, None), "opened": (None, after)}
    assert all(
        (difference.before, difference.after) == sides.get(difference.change, (before, after))
        for difference in found
    )


def test_two_episodes_are_matched_one_to_one() -> None:
    later = episode(JUNE)
    assert compare("p", [ENDED, later], [ENDED, later]) == []
    assert [difference.change for difference in compare("p", [ENDED, later], [RUNNING])] == [
        Change.CLOSED_LATER,
        Change.DROPPED,
    ]
    assert [
        difference.change
        for difference in compare("p", [replace(ENDED, topic=Topic.DECLINE), later], [later])
    ] == [Change.DROPPED]
