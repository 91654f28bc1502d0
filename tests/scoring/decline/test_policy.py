"""A policy is read whole or refused with everything that is wrong with it."""

from __future__ import annotations

import math
from dataclasses import Field, fields
from datetime import date

import pytest

from scoring.decline import InvalidPolicy, Policy, Topic
from scoring.decline.limits import Limits
from scoring.decline.policy import DEFAULT_VERSION, NEVER_MUTED, Override
from scoring.problems import Problem

FROM, UNTIL = date(2026, 3, 1), date(2026, 5, 31)
LIMITS = [
    pytest.param(group.name, item, id=f"{group.name}.{item.name}")
    for group in fields(Limits)
    for item in fields(getattr(Limits(), group.name))
]


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
        ({"a~b": 1}, ("/a~0b", "unknown_field")),
        ({"~/~1": 1}, ("/~0~1~01", "unknown_field")),
        ({"version": ""}, ("/version", "wrong_text")),
        ({"version": 3}, ("/version", "wrong_text")),
        ({"version": "v" * 65}, ("/version", "wrong_text")),
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
        ({"limits": {"model": {"patient_noise": 1}}}, ("/limits/model/patient_noise", "wrong_type")),
        ({"overrides": {}}, ("/overrides", "wrong_type")),
        ({"overrides": [override()] * 51}, ("/overrides", "wrong_type")),
        ({"overrides": [3]}, ("/overrides/0", "wrong_type")),
        ({"overrides": [override(), override(colour=1)]}, ("/overrides/1/colour", "unknown_field")),
        ({"overrides": [override(reason=None)]}, ("/overrides/0/reason", "wrong_text")),
        ({"overrides": [override(reason="r" * 501)]}, ("/overrides/0/reason", "wrong_text")),
        ({"overrides": [override(starts_on=None)]}, ("/overrides/0/starts_on", "wrong_date")),
        ({"overrides": [override(limits=[])]}, ("/overrides/0/limits", "wrong_type")),
        ({"overrides": [override(reason=" ")]}, ("/overrides/0/reason", "wrong_text")),
        ({"overrides": [override(starts_on="yesterday")]}, ("/overrides/0/starts_on", "wrong_date")),
        ({"overrides": [override(ends_on=None)]}, ("/overrides/0/ends_on", "wrong_date")),
        ({"overrides": [override(ends_on="2026-02-01")]}, ("/overrides/0/ends_on", "ends_before_start")),
        ({"overrides": [override(mute="mood")]}, ("/overrides/0/mute", "wrong_type")),
        ({"overrides": [override(mute=["weather"])]}, ("/overrides/0/mute/0", "unknown_topic")),
        ({"overrides": [override(mute=[["mood"]])]}, ("/overrides/0/mute/0", "unknown_topic")),
        ({"overrides": [override(mute=["self_harm"])]}, ("/overrides/0/mute/0", "never_muted")),
        ({"overrides": [override(mute=["mood", "respiratory"])]}, ("/overrides/0/mute/1", "never_muted")),
        (
            {"overrides": [override(limits={"confirmed_drop": {"clear_points": 9}})]},
            ("/overrides/0/limits/confirmed_drop/clear_points", "out_of_order"),
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: dict[str, object], expected: tuple[str, str]) -> None:
    assert problems_of(data) == [expected]


@pytest.mark.parametrize(
    ("data", "pointer", "code", "detail"),
    [
        ({"colour": 1}, "/colour", "unknown_field", "is not known here"),
        ({"version": ""}, "/version", "wrong_text", "must be a text of 1 to 64 characters"),
        ({"limits": []}, "/limits", "wrong_type", "must be an object"),
        ({"limits": {"primary": 1}}, "/limits/primary", "wrong_type", "must be an object"),
        (
            {"limits": {"primary": {"window_days": "x"}}},
            "/limits/primary/window_days",
            "wrong_type",
            "must be a whole number",
        ),
        (
            {"limits": {"weight": {"low_bmi": "x"}}},
            "/limits/weight/low_bmi",
            "wrong_type",
            "must be a number",
        ),
        (
            {"limits": {"model": {"patient_noise": 1}}},
            "/limits/model/patient_noise",
            "wrong_type",
            "must be true or false",
        ),
        (
            {"limits": {"mood": {"who_5_soon": -1}}},
            "/limits/mood/who_5_soon",
            "out_of_range",
            "must be from 0 to 100",
        ),
        (
            {"limits": {"mood": {"who_5_soon": 51}}},
            "/limits/mood/who_5_soon",
            "out_of_order",
            "must not be above who_5_inform",
        ),
        ({"overrides": {}}, "/overrides", "wrong_type", "must be a list of at most 50"),
        ({"overrides": [3]}, "/overrides/0", "wrong_type", "must be an object"),
        (
            {"overrides": [override(reason="")]},
            "/overrides/0/reason",
            "wrong_text",
            "must be a text of 1 to 500 characters",
        ),
        (
            {"overrides": [override(starts_on="x")]},
            "/overrides/0/starts_on",
            "wrong_date",
            "must be a date such as 2026-03-31",
        ),
        (
            {"overrides": [override(ends_on="2026-02-28")]},
            "/overrides/0/ends_on",
            "ends_before_start",
            "must not be before starts_on",
        ),
        ({"overrides": [override(mute={})]}, "/overrides/0/mute", "wrong_type", "must be a list of topics"),
        ({"overrides": [override(mute=["x"])]}, "/overrides/0/mute/0", "unknown_topic", "is not a topic"),
        (
            {"overrides": [override(mute=["self_harm"])]},
            "/overrides/0/mute/0",
            "never_muted",
            "a safety topic cannot be muted",
        ),
    ],
)
def test_each_problem_is_told_in_a_sentence(
    data: dict[str, object], pointer: str, code: str, detail: str
) -> None:
    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_mapping(data)
    assert caught.value.problems == (Problem(pointer, code, detail),)
    assert str(caught.value) == f"{pointer}: {detail}"


def test_the_error_names_its_problems_in_the_order_of_the_policy() -> None:
    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_mapping({"overrides": [3], "version": "", "b": 1, "a": 1})
    assert str(caught.value) == (
        "/a: is not known here; /b: is not known here; /version: must be a text of 1 to 64 characters;"
        " /overrides/0: must be an object"
    )


def test_all_problems_are_reported_together() -> None:
    data = {"version": 1, "limits": {"primary": {"window_days": 1}}, "overrides": [override(mute=["x"])]}
    assert len(problems_of(data)) == 3


@pytest.mark.parametrize(("group", "item"), LIMITS)
def test_a_limit_may_be_its_lowest_and_its_highest_and_no_more(group: str, item: Field[float]) -> None:
    def is_refused(value: float) -> bool:
        problem = (f"/limits/{group}/{item.name}", "out_of_range")
        try:
            Policy.from_mapping({"limits": {group: {item.name: value}}})
        except InvalidPolicy as invalid:
            return problem in [(found.pointer, found.code) for found in invalid.problems]
        return False

    low, high = item.metadata["low"], item.metadata["high"]
    whole = item.type != "float"
    assert not is_refused(low)
    assert not is_refused(high)
    if item.type != "bool":
        assert is_refused(low - 1 if whole else math.nextafter(low, -math.inf))
        assert is_refused(high + 1 if whole else math.nextafter(high, math.inf))


@pytest.mark.parametrize(
    ("group", "lower", "upper", "same", "above"),
    [
        ("primary", "clear_probability", "inform_probability", 0.6, 0.61),
        ("primary", "inform_probability", "soon_probability", 0.6, 0.61),
        ("primary", "loss_per_month", "steep_loss_per_month", 1.2, 1.21),
        ("primary", "min_span_days", "window_days", 60, 61),
        ("confirmed_drop", "clear_points", "points", 3, 3.5),
        ("confirmed_drop", "reference_from_days", "reference_to_days", 30, 31),
        ("domain", "clear_probability", "probability", 0.6, 0.61),
        ("domain", "clear_points", "drop_points", 3, 3.5),
        ("domain", "reference_from_days", "reference_to_days", 30, 31),
        ("mood", "phq_9_inform", "phq_9_soon", 12, 13),
        ("mood", "gad_7_inform", "gad_7_soon", 12, 13),
        ("mood", "who_5_soon", "who_5_inform", 40, 41),
        ("weight", "inform_percent", "soon_percent", 6, 6.5),
        ("silence", "inform_share", "soon_share", 1.5, 1.6),
    ],
)
def test_a_limit_may_equal_the_one_above_it_and_not_exceed_it(
    group: str, lower: str, upper: str, same: float, above: float
) -> None:
    def problems(value: float) -> list[tuple[str, str]]:
        try:
            Policy.from_mapping({"limits": {group: {lower: value, upper: same}}})
        except InvalidPolicy as invalid:
            return [(problem.pointer, problem.code) for problem in invalid.problems]
        return []

    problem = (f"/limits/{group}/{lower}", "out_of_order")
    assert problem not in problems(same)
    assert problem in problems(above)


def test_texts_and_lists_may_be_as_long_as_is_said() -> None:
    data = {"version": "v" * 64, "overrides": [override(reason="r" * 500)] * 50}
    policy = Policy.from_mapping(data)
    assert (policy.version, len(policy.overrides)) == ("v" * 64, 50)


def test_an_override_may_last_a_single_day() -> None:
    policy = Policy.from_mapping({"overrides": [override(ends_on="2026-03-01", mute=["mood"])]})
    assert [policy.mutes(Topic.MOOD, day) for day in (FROM, date(2026, 3, 2))] == [True, False]


def test_the_json_form_of_an_override_is_what_was_read() -> None:
    data = override(limits={"primary": {"loss_per_month": 1.4}}, mute=["mood", "decline"])
    policy = Policy.from_mapping({"overrides": [data]})
    assert policy.overrides == (
        Override(
            "known fast course",
            FROM,
            UNTIL,
            {"primary": {"loss_per_month": 1.4}},
            (Topic.MOOD, Topic.DECLINE),
        ),
    )
    assert policy.as_dict()["overrides"] == [data]


def test_the_json_form_of_a_policy_spells_out_every_limit() -> None:
    form = Policy.from_mapping({"limits": {"mood": {"phq_9_inform": 11}}}).as_dict()
    assert list(form) == ["version", "limits", "overrides"]
    assert (form["version"], form["overrides"]) == (DEFAULT_VERSION, [])
    assert set(form["limits"]) == {group.name for group in fields(Limits)}
    assert form["limits"]["mood"] == {
        "phq_9_inform": 11,
        "phq_9_soon": 15,
        "gad_7_inform": 10,
        "gad_7_soon": 15,
        "who_5_inform": 50,
        "who_5_soon": 28,
    }


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
