"""Answers are compact JSON that every client can read, whatever a client sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from api.rest.encoding import AnswerJSON


@pytest.fixture
def writer() -> AnswerJSON:
    return AnswerJSON(Flask("test"))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        {"b": 1, "a": [1.5, True, "Ärzte", None]},
        {"deep": {"er": [{"still": 0.1}]}},
        12345678901,
    ],
)
def test_what_is_written_is_read_back(writer: AnswerJSON, answer: Any) -> None:
    assert json.loads(writer.dumps(answer)) == writer.loads(writer.dumps(answer)) == answer


def test_keys_keep_their_order_and_no_space_is_wasted(writer: AnswerJSON) -> None:
    assert writer.dumps({"b": 1, "a": [1, 2]}) == '{"b":1,"a":[1,2]}'


def test_an_answer_is_json_that_ends_a_line() -> None:
    app = Flask("test")
    app.json = AnswerJSON(app)
    app.add_url_rule("/", view_func=lambda: {"total": 41})
    answer = app.test_client().get("/")
    assert (answer.data, answer.mimetype) == (b'{"total":41}\n', "application/json")


def test_text_that_utf8_cannot_hold_is_escaped(writer: AnswerJSON) -> None:
    assert writer.dumps({"pointer": "/\ud800"}) == '{"pointer":"/\\ud800"}'


def test_a_number_that_is_too_long_for_most_is_still_written(writer: AnswerJSON) -> None:
    assert writer.dumps([2**70]) == f"[{2**70}]"


@pytest.mark.parametrize("answer", [object(), {"a": {1, 2}}])
def test_what_has_no_json_is_refused(writer: AnswerJSON, answer: object) -> None:
    with pytest.raises(TypeError):
        writer.dumps(answer)
