"""The part of JSON Schema that definitions are checked with."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.instruments.checks.shape import shape_problems


def found(value: object, schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(problem.pointer, problem.code, problem.detail) for problem in shape_problems(value, schema)]


@pytest.mark.parametrize(
    ("name", "fitting", "others"),
    [
        ("string", ["", "a"], [1, None, True, [], {}]),
        ("integer", [0, -3], [True, 1.5, "1", None]),
        ("number", [0, 1.5], [True, float("nan"), float("inf"), 10**400, -(10**400), "1", None]),
        ("boolean", [True, False], [0, 1, "true", None]),
        ("null", [None], [0, "", False]),
        ("object", [{}], [[], "", None]),
        ("array", [[]], [{}, (), "", None]),
    ],
)
def test_types(name: str, fitting: list[object], others: list[object]) -> None:
    schema = {"type": name, "minItems": 0, "maxItems": 3, "additionalProperties": False}
    for value in fitting:
        assert found(value, schema) == []
    for value in others:
        assert found(value, schema) == [("", "wrong_type", f"has to be {name}")]


def test_one_of_several_types() -> None:
    assert found(None, {"type": ["integer", "null"]}) == []
    assert found("a", {"type": ["integer", "null"]}) == [("", "wrong_type", "has to be integer or null")]


def test_without_a_type_every_type_fits() -> None:
    assert found(True, {}) == []


@pytest.mark.parametrize(("value", "fits"), [(0, True), (10, True), (-1, False), (11, False), (10.5, False)])
def test_limits_include_their_ends(value: float, fits: bool) -> None:
    expected = [] if fits else [("", "out_of_range", "has to be 0 to 10")]
    assert found(value, {"type": "number", "minimum": 0, "maximum": 10}) == expected


def test_a_limit_does_not_apply_to_a_boolean() -> None:
    assert found(True, {"type": "boolean", "minimum": 5}) == []


@pytest.mark.parametrize(("value", "fits"), [("a", True), ("abc", True), ("", False), ("abcd", False)])
def test_lengths(value: str, fits: bool) -> None:
    expected = [] if fits else [("", "wrong_length", "is empty or too long")]
    assert found(value, {"type": "string", "minLength": 1, "maxLength": 3}) == expected


def test_a_pattern_fits_the_whole_text() -> None:
    schema = {"type": "string", "pattern": "^[a-z]+$"}
    assert found("abc", schema) == []
    assert found("abc\n", schema) == [("", "not_permitted", "has to match ^[a-z]+$")]


def test_a_text_of_several_lines_fits_where_no_pattern_is_asked_for() -> None:
    assert found("two\nlines", {"type": "string"}) == []


def test_a_word_is_one_of_a_list() -> None:
    schema = {"type": "string", "enum": ["yes", "no"]}
    assert found("no", schema) == []
    assert found("maybe", schema) == [("", "not_permitted", "has to be one of yes, no")]


def test_lists_are_counted_and_their_entries_checked() -> None:
    schema = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}
    assert found(["a", "b"], schema) == []
    assert found([], schema) == [("", "wrong_length", "has to have 1 to 2 entries")]
    assert found(["a", 2, "c"], schema) == [
        ("", "wrong_length", "has to have 1 to 2 entries"),
        ("/1", "wrong_type", "has to be string"),
    ]


def test_members_are_required_known_and_checked() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
        "additionalProperties": False,
    }
    assert found({"a": "", "b": 1}, schema) == []
    assert found({"b": "1", "c/~": 2}, schema) == [
        ("/a", "missing_member", "is missing"),
        ("/b", "wrong_type", "has to be integer"),
        ("/c~1~0", "unknown_member", "there is no such member"),
    ]


def test_members_of_any_name_are_checked_by_name_and_value() -> None:
    schema = {
        "type": "object",
        "propertyNames": {"pattern": "^[0-9]$"},
        "additionalProperties": {"type": "string"},
    }
    assert found({"1": "a"}, schema) == []
    assert found({"12": "a", "3": 4}, schema) == [
        ("/12", "not_permitted", "its name has to match ^[0-9]$"),
        ("/3", "wrong_type", "has to be string"),
    ]
