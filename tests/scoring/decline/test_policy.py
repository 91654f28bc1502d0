"""A policy is read whole or refused with everything that is wrong with it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from scoring.decline import InvalidPolicy, Policy, Topic
from scoring.decline.limits import Limits
from scoring.decline.policy import NEVER_MUTED

FROM, UNTIL = date(2026, 3, 1), date(2026, 5, 31)


def override(**changed: object) -> dict[str, object]:
    return {"reason": "known fast course", "starts_on": "2026-03-01", "ends_on": "2026-05-31", **changed}


def problems_of(data: dict[str, object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_mapping(data)
    return [(problem.pointer, problem.code) for problem in caught.value.problems]


def test_an_empty_mapping_is_the_default_policy() -> None:
    assert Policy.from_mapping({}) == Policy()


def test_a_policy_survives_its_own_json() -> None:
    policy = Policy.from_mapping(
        {
            "version": "site-7",
            "limits": {"primary": {"inform_probability": 0.85}},
            "overrides": [override(limits={"primary": {"loss_per_month": 1.4}}, mute=["mood"])],
        }
    )
    assert Policy.from_mapping(policy.as_dict()) == policy


def test_every_default_lies_in_its_own_range() -> None:
    for group in fields(Limits):
        for item in fields(getattr(Limits(), group.name)):
            low, high = item.metadata["low"], item.metadata["high"]
            assert low <= item.default <= high, (group.name, item.name)
            assert item.metadata["source"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"colour": 1}, ("/colour", "unknown_field")),
        ({"a/b": 1}, ("/a~1b", "unknown_field")),
        ({"version": ""}, ("/version", "wrong_text")),
        ({"version": 3}, ("/version", "wrong_text")),
        ({"limits": []}, ("/limits", "wrong_type")),
        ({"limits": {"primary": 1}}, ("/limits/primary", "wrong_type")),
        ({"limits": {"secondary": {}}}, ("/limits/secondary", "unknown_field")),
        ({"limits": {"primary": {"window": 1}}}, ("/limits/primary/window", "unknown_field")),
        ({"limits": {"primary": {"window_days": 183.0}}}, ("/limits/primary/window_days", "wrong_type")),
        ({"limits": {"primary": {"window_days": True}}}, ("/limits/primary/window_days", "wrong_type")),
        ({"limits": {"primary": {"loss_per_month": "1"}}}, ("/limits/primary/loss_per_month", "wrong_type")),
        ({"limits": {"primary": {"window_days": 0}}}, ("/limits/primary/window_days", "out_of_range")),
        (
            {"limits": {"primary": {"inform_probability": float("nan")}}},
            ("/limits/primary/inform_probability", "out_of_range"),
        ),
        (
            {"limits": {"primary": {"inform_probability": 0.97}}},
            ("/limits/primary/inform_probability", "out_of_order"),
        ),
        ({"limits": {"model": {"information_cap": 1}}}, ("/limits/model/information_cap", "wrong_type")),
        ({"overrides": {}}, ("/overrides", "wrong_type")),
        ({"overrides": [3]}, ("/overrides/0", "wrong_type")),
        ({"overrides": [override(reason=" ")]}, ("/overrides/0/reason", "wrong_text")),
        ({"overrides": [override(starts_on="yesterday")]}, ("/overrides/0/starts_on", "wrong_date")),
        ({"overrides": [override(ends_on=None)]}, ("/overrides/0/ends_on", "wrong_date")),
        ({"overrides": [override(ends_on="2026-02-01")]}, ("/overrides/0/ends_on", "ends_before_start")),
        ({"overrides": [override(mute="mood")]}, ("/overrides/0/mute", "wrong_type")),
        ({"overrides": [override(mute=["weather"])]}, ("/overrides/0/mute/0", "unknown_topic")),
        ({"overrides": [override(mute=[["mood"]])]}, ("/overrides/0/mute/0", "unknown_topic")),
        ({"overrides": [override(mute=["self_harm"])]}, ("/overrides/0/mute/0", "never_muted")),
        (
            {"overrides": [override(limits={"confirmed_drop": {"clear_points": 9}})]},
            ("/overrides/0/limits/confirmed_drop/clear_points", "out_of_order"),
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: dict[str, object], expected: tuple[str, str]) -> None:
    assert problems_of(data) == [expected]


def test_all_problems_are_reported_together() -> None:
    data = {"version": 1, "limits": {"primary": {"window_days": 1}}, "overrides": [override(mute=["x"])]}
    assert len(problems_of(data)) == 3


def test_problems_never_repeat_the_value() -> None:
    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_mapping({"version": "x" * 999, "limits": {"primary": {"loss_per_month": 77.5}}})
    assert "77.5" not in str(caught.value)
    assert "xxx" not in str(caught.value)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 28), 1.11),
        (FROM, 1.4),
        (UNTIL, 1.4),
        (date(2026, 6, 1), 1.11),
    ],
)
def test_an_override_holds_from_its_first_to_its_last_day(day: date, expected: float) -> None:
    policy = Policy.from_mapping({"overrides": [override(limits={"primary": {"loss_per_month": 1.4}})]})
    assert policy.on(day).primary.loss_per_month == expected


def test_a_later_override_wins() -> None:
    policy = Policy.from_mapping(
        {
            "overrides": [
                override(limits={"primary": {"loss_per_month": 1.4, "min_reports": 4}}),
                override(limits={"primary": {"loss_per_month": 1.3}}),
            ]
        }
    )
    limits = policy.on(FROM)
    assert (limits.primary.loss_per_month, limits.primary.min_reports) == (1.3, 4)


def test_a_topic_is_muted_only_while_the_override_holds() -> None:
    policy = Policy.from_mapping({"overrides": [override(mute=["mood"])]})
    assert policy.mutes(Topic.MOOD, FROM)
    assert not policy.mutes(Topic.DECLINE, FROM)
    assert not policy.mutes(Topic.MOOD, date(2026, 6, 1))


def test_the_safety_topics_are_never_muted() -> None:
    assert {"self_harm", "respiratory"} <= NEVER_MUTED
