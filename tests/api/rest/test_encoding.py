"""Answers are compact JSON that every client can read, whatever a client sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.test import create_environ

from api.rest.encoding import Answer, ResponseJSON


@pytest.fixture
def writer() -> ResponseJSON:
    return ResponseJSON(Flask("test"))


@pytest.mark.parametrize(
    "response",
    [
        {},
        [],
        None,
        {"b": 1, "a": [1.5, True, "Ärzte", None]},
        {"deep": {"er": [{"still": 0.1}]}},
        12345678901,
    ],
)
def test_what_is_written_is_read_back(writer: ResponseJSON, response: Any) -> None:
    assert json.loads(writer.dumps(response)) == writer.loads(writer.dumps(response)) == response


def test_keys_keep_their_order_and_no_space_is_wasted(writer: ResponseJSON) -> None:
    assert writer.dumps({"b": 1, "a": [1, 2]}) == '{"b":1,"a":[1,2]}'


def test_an_answer_is_json_that_ends_a_line() -> None:
    app = Flask("test")
    app.json = ResponseJSON(app)
    app.add_url_rule("/", view_func=lambda: {"total": 41})
    response = app.test_client().get("/")
    assert (response.data, response.mimetype) == (b'{"total":41}\n', "application/json")


def test_text_that_utf8_cannot_hold_is_escaped(writer: ResponseJSON) -> None:
    assert writer.dumps({"pointer": "/\ud800"}) == '{"pointer":"/\\ud800"}'


def test_a_number_that_is_too_long_for_most_is_still_written(writer: ResponseJSON) -> None:
    assert writer.dumps([2**70]) == f"[{2**70}]"


@pytest.mark.parametrize("response", [object(), {"a": {1, 2}}])
def test_what_has_no_json_is_refused(writer: ResponseJSON, response: object) -> None:
    with pytest.raises(TypeError):
        writer.dumps(response)


@pytest.mark.parametrize("status", [100, 200, 201, 202, 204, 304, 400, 503])
@pytest.mark.parametrize(
    "headers", [{}, {"Location": "/a"}, {"location": "/ä"}, {"Content-Location": "/ä"}, {"ETag": '"1"'}]
)
@pytest.mark.parametrize("body", [b"{}\n", [b"{", b"}\n"]])
def test_an_answer_is_sent_as_the_framework_sends_it(
    status: int, headers: dict[str, str], body: bytes | list[bytes]
) -> None:
    environment = create_environ("/patients", method="POST")
    sent = []
    for kind in (Answer, Response):
        response = kind(body, status=status, headers=headers, content_type="application/json")
        found, line, lines = response.get_wsgi_response(environment)
        sent.append((b"".join(found), line, lines))
    assert sent[0] == sent[1]
