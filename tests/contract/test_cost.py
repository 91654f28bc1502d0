"""The CPU of each operation at the largest body it takes: nothing costs more than its length does.

Every operation of the document that takes a body is sent its own example with one place after the other
filled up to the longest body: texts that are hard to normalize or to search, lists and objects with as much
in them as fits, numbers with as many digits as Python reads. What counts is the time of this process; the
database runs in another one. With a square of the length anywhere it would be minutes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from api.rest.bodies import MOST_ANONYMOUS
from services.access.actor import Role
from tests.contract.document import ENDPOINTS, NOBODY, Endpoint
from tests.contract.world import World
from tests.cpu_time import cpu_time

WITH_BODY = {name: endpoint for name, endpoint in ENDPOINTS.items() if endpoint.example is not None}
WITH_QUERY = {name: endpoint for name, endpoint in ENDPOINTS.items() if endpoint.queries}
LARGEST = 256 * 1024
QUERY = 7_000
MOST_CPU = 5.0
"""Seconds. The slowest, a full batch, takes a tenth of it on a quiet machine; a square would take minutes."""
MOST_ANSWERED = 64 * 1024
"""A refusal is never longer than what was sent, and never long."""
MARKS = "\N{COMBINING ACUTE ACCENT}\N{COMBINING GRAVE ACCENT BELOW}"
"""Above and below by turns: a normal form brings them in order, which takes the square of their number."""
FIRST = (Role.CLINICIAN, Role.PATIENT, Role.COORDINATOR, Role.ADMIN)

Place = tuple[Any, ...]


def places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value of a body with its path, the body itself first; of a list only the first item."""
    yield place, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*place, name))
    if isinstance(value, list) and value:
        yield from places(value[0], (*place, 0))


def filled(value: Any, room: int) -> Iterator[Any]:
    """What is put in the place of a value, each about as long as there is room."""
    if isinstance(value, str):
        part = room // 3
        yield "e" + MARKS * (room // len(MARKS.encode()) - 1)
        yield " " * part + "1" * part + "a." * (part // 2)
    elif isinstance(value, list):
        one = value[0] if value else "x"
        yield [one] * (room // (len(json.dumps(one)) + 2))
    elif isinstance(value, dict):
        inner = next(iter(value.values()), 1)
        size = len(json.dumps(inner)) + 14
        yield value | {f"k{number}": inner for number in range(room // size)}
    else:
        yield int("7" * 4_000)


def put(body: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    changed = deepcopy(body)
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return changed


def largest_bodies(example: Any, largest: int) -> Iterator[tuple[Place, bytes]]:
    room, seen = largest - len(json.dumps(example)) - 400, set[str]()
    for place, value in places(example):
        name = str(place[-1:])
        if name in seen and not isinstance(value, dict | list):
            continue
        seen.add(name)
        for content in filled(value, room):
            body = json.dumps(put(example, place, content), ensure_ascii=False).encode()
            assert len(body) <= largest
            yield place, body


def role_of(endpoint: Endpoint) -> str:
    return NOBODY if endpoint.roles == (NOBODY,) else next(role for role in FIRST if role in endpoint.roles)


def asked(world: World, endpoint: Endpoint) -> tuple[str, dict[str, str], Any]:
    """The path, the headers and the example of a body for somebody who may."""
    role = role_of(endpoint)
    chart = world.chart() if endpoint.writes else world.near
    headers = world.headers(endpoint, chart, role)
    tag = {"If-Match": world.tag(endpoint, chart, role)} if endpoint.needs_tag else {}
    return world.path(endpoint, chart, role), headers | tag, world.body(endpoint, chart, role)


@pytest.mark.parametrize("operation", WITH_BODY)
def test_no_body_costs_more_than_its_length(world: World, operation: str) -> None:
    endpoint = WITH_BODY[operation]
    path, headers, example = asked(world, endpoint)
    slow, long = [], []
    largest = MOST_ANONYMOUS if endpoint.path.startswith("/v1/auth/") else LARGEST
    for place, body in largest_bodies(example, largest):
        with cpu_time() as spent:
            response = world.client.open(
                path,
                method=endpoint.method.upper(),
                data=body,
                headers=headers,
                content_type="application/json",
            )
        assert response.status_code < 500, (place, response.get_data(as_text=True)[:300])
        assert response.status_code != 413, "as large as it takes"
        if spent.seconds > MOST_CPU:
            slow.append((place, body[:60], round(spent.seconds, 2)))
        if response.status_code >= 400 and len(response.data) > MOST_ANSWERED:
            long.append((place, len(response.data)))
    assert (slow, long) == ([], [])


@pytest.mark.parametrize("operation", WITH_QUERY)
def test_no_query_costs_more_than_its_length(world: World, operation: str) -> None:
    endpoint = WITH_QUERY[operation]
    path, headers, _ = asked(world, endpoint)
    for name in endpoint.queries:
        for value in (
            "e" + "%CC%81%CC%96" * (QUERY // 12),
            "9" * QUERY,
            "%20" * (QUERY // 3) + "x",
            "-" * QUERY,
        ):
            with cpu_time() as spent:
                response = world.client.open(
                    f"{path}?{name}={value}", method=endpoint.method.upper(), headers=headers
                )
            assert response.status_code < 500
            assert spent.seconds < MOST_CPU
