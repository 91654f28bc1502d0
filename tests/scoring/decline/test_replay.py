"""Replay: the same history under two policies, episode by episode."""

from __future__ import annotations

import json

from hypothesis import given, settings

from scoring.decline import Level, Policy, Profile, Report, Topic
from scoring.decline.replay import Change, History, episodes, replay
from tests.scoring.decline.histories import days, make_report, series
from tests.scoring.decline.strategies import histories, profiles
from tests.scoring.decline.test_fold import named

FAST = series([44, 42, 39, 37, 34, 32])
DEFAULT = Policy()


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
    return [(one.change.value, one.days) for one in found if one.topic == topic]


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
    assert [(one.opened_by, one.closed_at) for one in found] == [
        (reports[0].id, reports[1].observed_at),
        (reports[1].id, None),
    ]


def test_an_episode_has_the_highest_level_it_reached() -> None:
    (episode,) = (one for one in episodes(History(FAST), DEFAULT) if one.topic is Topic.DECLINE)
    assert episode.level is Level.SOON


def test_death_closes_the_episode() -> None:
    profile = Profile(died_on=days(150)[0])
    (episode,) = (one for one in episodes(History(FAST, profile), DEFAULT) if one.topic is Topic.DECLINE)
    assert episode.closed_at is not None
    assert episode.closed_at.date() == days(150)[0]


def test_the_load_counts_openings_by_week() -> None:
    result = replay({"a": History(FAST), "b": History(FAST)}, DEFAULT, QUIET)
    opened = {one.before.opened_at.isocalendar().week for one in result.differences if one.before}
    (week,) = opened
    assert result.load_before[f"2026-W{week:02d}"] - result.load_after.get(f"2026-W{week:02d}", 0) == 2
    assert result.totals[Change.DROPPED] == 2
    assert json.loads(json.dumps(result.as_dict()))["patients"] == 2
