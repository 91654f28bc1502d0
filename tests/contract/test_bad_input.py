"""Whatever is sent, the answer is a problem with a code: never a server error, never what was sent.

Every operation of the document that takes a body or a query is asked, by somebody who may, about a patient
that exists, with bodies that no reader of JSON may trip over and with the document's own example spoilt in
one place after the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from api.rest.problems import PROBLEM_TYPE
from tests.contract.document import ENDPOINTS, Endpoint
from tests.contract.world import World

MARK = "zqsecretzq"
JSON = "application/json"
WITH_BODY = {name: endpoint for name, endpoint in ENDPOINTS.items() if endpoint.example is not None}
WITH_QUERY = {name: endpoint for name, endpoint in ENDPOINTS.items() if endpoint.queries}


def nested(opening: str, closing: str, depth: int) -> bytes:
    return (opening * depth + closing * depth).encode()


# The body, its media type, the status.
BODIES: dict[str, tuple[bytes, str | None, int]] = {
    # As deep as fits into what is read of somebody who is not signed in.
    "deep arrays": (nested("[", "]", 8_000), JSON, 400),
    "deep objects": (b'{"a":' * 2_500 + b"1" + b"}" * 2_500, JSON, 400),
    "deep arrays that never end": (b"[" * 16_000, JSON, 400),
    "an integer of 5,000 digits": (b'{"x": ' + b"7" * 5_000 + b"}", JSON, 400),
    "not a number": (b'{"x": NaN}', JSON, 400),
    "infinity": (b'{"x": -Infinity}', JSON, 400),
    "a number beyond all bounds": (b'{"x": 1e999}', JSON, 422),
    "a key twice": (b'{"id": 1, "id": 1}', JSON, 400),
    "a key twice, deep inside": (b'{"x": [{"id": 1, "id": 1}]}', JSON, 400),
    "truncated": (b'{"x": "' + MARK.encode(), JSON, 400),
    "nothing": (b"", JSON, 400),
    "invalid UTF-8": (b'{"x": "\xff' + MARK.encode() + b'"}', JSON, 400),
    "UTF-16": (json.dumps({"x": MARK}).encode("utf-16"), JSON, 400),
    "a raw control character": (b'{"x": "\x00"}', JSON, 400),
    "NUL": (b'{"x": "\\u0000' + MARK.encode() + b'"}', JSON, 422),
    "a lone surrogate": (b'{"x": "\\ud800' + MARK.encode() + b'"}', JSON, 422),
    "a lone surrogate as key": (b'{"\\ud800": 1}', JSON, 422),
    "an array": (f'["{MARK}"]'.encode(), JSON, 422),
    "null": (b"null", JSON, 422),
    "a number": (b"7310731", JSON, 422),
    "text": (f'"{MARK}"'.encode(), JSON, 422),
    "an empty object": (b"{}", JSON, 422),
    "a megabyte": (b'{"x": "' + b"x" * 1_000_000 + b'"}', JSON, 413),
    "no media type": (b"{}", None, 415),
    "plain text": (MARK.encode(), "text/plain", 415),
    "a form": (b"x=" + MARK.encode(), "application/x-www-form-urlencoded", 415),
    "a form without boundary": (b"x", "multipart/form-data", 415),
}
UNKNOWN = (["unknown_field"], ["unknown_member"])
# What is put in the place of each value of an example, whatever its type.
VALUES: dict[str, Any] = {
    "a lone surrogate": "\ud800" + MARK,
    "NUL": "\x00" + MARK,
    "long text": MARK * 10_000,
    "a long integer": 10**30,
    "an infinite number": float("inf"),
    "an object": {MARK: MARK},
    "a list": [MARK, [MARK]],
    "nested lists": json.loads(nested("[", "]", 200)),
}
# Where a text that says nothing is noted and not refused.
ANY_TEXT = {("submit_report", ("zone",))}
QUERY_VALUES = {
    "text": MARK,
    "nothing": "",
    "NUL": "%00" + MARK,
    "invalid UTF-8": "%FF%FE" + MARK,
    "a surrogate": "%ED%A0%80" + MARK,
    "long text": MARK * 500,
    "a long integer": "9" * 5_000,
    "a negative number": "-1",
    "brackets": "%7B%22%24ne%22%3A1%7D",
}


def send(world: World, endpoint: Endpoint, *, query: str = "", **sent: Any) -> Any:
    """Ask about the near chart, as the first role that may."""
    role = endpoint.roles[0]
    headers = {"If-Match": '"1"', **world.headers(endpoint, world.near, role)}
    path = world.path(endpoint, world.near, role) + query
    return world.client.open(path, method=endpoint.method.upper(), headers=headers, **sent)


def problems(response: Any) -> list[dict[str, Any]]:
    """The problem that was answered, or those of a batch's entries; nothing that was sent is in them."""
    text = response.get_data(as_text=True)
    assert response.status_code < 500, text
    if "verdicts" in response.json:
        found = [verdict["problem"] for verdict in response.json["verdicts"]]
    else:
        assert response.mimetype == PROBLEM_TYPE, text
        found = [response.json]
        assert found[0]["status"] == response.status_code
    assert all(
        400 <= problem["status"] < 500 and problem["code"] and problem["detail"] for problem in found
    ), text
    assert MARK not in json.dumps(without_pointers(response.json))
    return found


def without_pointers(value: Any) -> Any:
    """The response without the places that it names: a name that was sent is in the pointer to it."""
    if isinstance(value, list):
        return [without_pointers(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {name: without_pointers(inner) for name, inner in value.items() if name != "pointer"}


def places(value: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where in an example something can be spoilt."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, *path, key)


def spoilt(example: Any, path: tuple[str | int, ...], value: Any) -> bytes:
    body = deepcopy(example)
    *way, last = path
    inner = body
    for key in way:
        inner = inner[key]
    inner[last] = value
    return json.dumps(body).replace("Infinity", "1e999").encode()


def test_there_are_operations_to_ask() -> None:
    assert len(WITH_BODY) > 10
    assert len(WITH_QUERY) > 3


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_body_that_cannot_be_read_is_refused_with_a_code(world: World, operation: str, body: str) -> None:
    data, media_type, status = BODIES[body]
    response = send(world, WITH_BODY[operation], data=data, content_type=media_type)
    if body == "an empty object" and not WITH_BODY[operation].content["requestBody"]["required"]:
        assert response.status_code < 300
        return
    problems(response)
    assert response.status_code == status


@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_member_that_is_not_known_is_named_and_refused(world: World, operation: str) -> None:
    endpoint = WITH_BODY[operation]
    (problem,) = problems(send(world, endpoint, json=endpoint.example | {"surplus": MARK}))
    assert [error["code"] for error in problem["errors"] if error["pointer"] == "/surplus"] in UNKNOWN


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_value_that_cannot_be_is_refused_wherever_it_stands(
    world: World, operation: str, value: str
) -> None:
    endpoint = WITH_BODY[operation]
    for place in places(endpoint.example):
        body = spoilt(endpoint.example, place, VALUES[value])
        response = send(world, endpoint, data=body, content_type=JSON)
        if (operation, place) in ANY_TEXT and isinstance(VALUES[value], str):
            assert response.status_code < 300
            assert MARK not in response.text
        else:
            problems(response)


@pytest.mark.parametrize("operation", ENDPOINTS)
def test_a_query_parameter_that_is_not_known_is_named_and_refused(world: World, operation: str) -> None:
    sent = {} if ENDPOINTS[operation].example is None else {"json": ENDPOINTS[operation].example}
    response = send(world, ENDPOINTS[operation], query=f"?surplus={MARK}", **sent)
    (problem,) = problems(response)
    assert response.status_code == 422
    assert [error["pointer"] for error in problem["errors"]] == ["?surplus"]


@pytest.mark.parametrize("operation", WITH_QUERY)
def test_a_query_parameter_given_twice_is_refused(world: World, operation: str) -> None:
    for name in WITH_QUERY[operation].queries:
        response = send(world, WITH_QUERY[operation], query=f"?{name}={MARK}&{name}={MARK}")
        problems(response)
        assert response.status_code == 400


@pytest.mark.parametrize("value", QUERY_VALUES)
@pytest.mark.parametrize("operation", WITH_QUERY)
def test_a_query_parameter_may_hold_anything(world: World, operation: str, value: str) -> None:
    for name in WITH_QUERY[operation].queries:
        response = send(world, WITH_QUERY[operation], query=f"?{name}={QUERY_VALUES[value]}")
        if response.status_code != 200:
            problems(response)
