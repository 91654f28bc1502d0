"""Validation: every wrong item is named with a reason, and no answer is repeated."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import instruments
from scoring.instruments import InvalidAnswers, Item, ProblemCode
from scoring.instruments.answers import permitted_codes
from scoring.problems import Problem
from tests.scoring.instruments.made_up import MADE_UP


def problems(answers: dict[Any, Any]) -> dict[str, str]:
    """Code of the problem by item."""
    with pytest.raises(InvalidAnswers) as error:
        instruments.validate(MADE_UP, answers)
    return {problem.path[-1]: problem.code.value for problem in error.value.problems}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"four": 1}, {"four": "unknown_item"}),
        ({"one": 5}, {"one": "code_not_permitted"}),
        ({"one": -1}, {"one": "code_not_permitted"}),
        ({"odd_a": 5}, {"odd_a": "code_not_permitted"}),
        ({"one": True}, {"one": "boolean"}),
        ({"one": 2.0}, {"one": "wrong_type"}),
        ({"one": 2.5}, {"one": "wrong_type"}),
        ({"one": "2"}, {"one": "wrong_type"}),
        ({"one": None}, {"one": "wrong_type"}),
        ({"one": [2]}, {"one": "wrong_type"}),
        ({"odd_a": 10, "odd_b": 1}, {"odd_a": "both_alternatives", "odd_b": "both_alternatives"}),
        ({"metres": 5}, {"metres": "wrong_unit"}),
        ({"metres": 11}, {"metres": "code_not_permitted"}),
        ({"metres": 0}, {"metres": "code_not_permitted"}),
    ],
)
def test_a_wrong_answer_is_named(answers: dict[str, Any], expected: dict[str, str]) -> None:
    assert problems(answers) == expected


def test_every_wrong_item_is_named_at_once() -> None:
    answers = {"one": 9, "two": 1, "three": False, "five": 1, "metres": "1", "extra": 1}
    expected = {
        "one": "code_not_permitted",
        "three": "boolean",
        "five": "unknown_item",
        "metres": "wrong_type",
    }
    assert problems(answers) == expected


def test_an_item_can_be_wrong_twice() -> None:
    with pytest.raises(InvalidAnswers) as error:
        instruments.validate(MADE_UP, {"odd_a": 11, "odd_b": 1})
    found = [(problem.path[-1], problem.code) for problem in error.value.problems]
    assert found == [
        ("odd_a", ProblemCode.NOT_PERMITTED),
        ("odd_a", ProblemCode.ALTERNATIVES),
        ("odd_b", ProblemCode.ALTERNATIVES),
    ]


def test_details_say_what_is_permitted() -> None:
    with pytest.raises(InvalidAnswers) as error:
        instruments.validate(MADE_UP, {"one": 9, "odd_a": 10, "odd_b": 2, "metres": 5, "three": 1.5, "x": 1})
    assert {problem.code: problem.detail for problem in error.value.problems} == {
        "code_not_permitted": "permitted: 0 to 4",
        "both_alternatives": "only one of odd_a and odd_b can be answered",
        "wrong_unit": "permitted: 100 to 10000 m; this looks like kilometres",
        "wrong_type": "a code is a whole number; leave out what was not answered",
        "unknown_item": "the instrument has no such item",
    }
    with pytest.raises(InvalidAnswers, match=r"one: a code is a whole number, not true or false$"):
        instruments.validate(MADE_UP, {"one": True})


def test_the_error_names_the_instrument_and_its_problems() -> None:
    error = InvalidAnswers("made_up", (Problem("/one", ProblemCode.BOOLEAN, "no"),) * 2)
    assert str(error) == "made_up: one: no; one: no"
    assert error.instrument == "made_up"


def test_the_error_of_a_form_names_its_instrument() -> None:
    with pytest.raises(InvalidAnswers) as error:
        instruments.validate(MADE_UP, {"one": 9})
    assert error.value.instrument == "made_up"


def test_no_message_repeats_an_answer() -> None:
    with pytest.raises(InvalidAnswers) as error:
        instruments.validate(MADE_UP, {"one": 987, "two": "secret", "metres": 654_321})
    assert not any(word in str(error.value) for word in ("987", "secret", "654"))


def test_both_ends_are_permitted() -> None:
    for answers in ({"one": 0}, {"one": 4}, {"odd_a": 20}, {"metres": 10_000}):
        assert instruments.validate(MADE_UP, answers) == answers


def test_right_answers_come_back_in_the_order_of_the_form() -> None:
    checked = instruments.validate(MADE_UP, {"metres": 100, "extra": 0, "three": 1, "one": 2})
    assert list(checked.items()) == [("one", 2), ("three", 1), ("extra", 0), ("metres", 100)]


def test_nothing_answered_is_no_mistake() -> None:
    assert instruments.validate(MADE_UP, {}) == {}


def test_permitted_codes_in_words() -> None:
    found = {key: permitted_codes(item) for key, item in MADE_UP.by_key.items()}
    assert found["one"] == "0 to 4"
    assert found["odd_a"] == "0 to 20 in steps of 10"
    assert permitted_codes(Item("x", "", range(0, 7, 2), "X")) == "0 to 6 in steps of 2"
    assert found["metres"] == "100 to 10000 m"
