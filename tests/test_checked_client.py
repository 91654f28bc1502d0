"""The test client notices what the document does not name: a status, a header, a member, a code."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.access.actor import Role
from tests import checked_client
from tests.checked_client import NotAsDocumented, check
from tests.people import People


@pytest.fixture
def answered(client: FlaskClient, people: People) -> TestResponse:
    return client.get("/v1/me", headers=people.staff(people.site(), Role.CLINICIAN).headers)


def test_what_is_documented_passes(client: FlaskClient, answered: TestResponse) -> None:
    check(client.application, answered)


def another_status(response: TestResponse) -> None:
    response.status_code = 206


def another_header(response: TestResponse) -> None:
    response.headers["X-New"] = "1"


def a_header_less(response: TestResponse) -> None:
    del response.headers["X-Request-Id"]


def another_type(response: TestResponse) -> None:
    response.headers["Content-Type"] = "text/plain"


@pytest.mark.parametrize("change", [another_status, another_header, a_header_less, another_type])
def test_what_is_not_documented_fails(client: FlaskClient, answered: TestResponse, change: Any) -> None:
    change(answered)
    with pytest.raises(NotAsDocumented):
        check(client.application, answered)


@pytest.mark.parametrize(
    "body",
    [
        {"title": "Conflict", "new": 1},
        {"title": None},
        {"title": "Conflict", "code": "a_new_code"},
        {"title": "Conflict", "errors": [{"pointer": "", "code": "a_new_code", "detail": ""}]},
    ],
    ids=["member", "type", "code", "code of a place"],
)
def test_a_problem_with_something_new_fails(body: dict[str, Any]) -> None:
    usual = {"type": "urn:slope:problem:conflict", "status": 409, "code": "id_used", "detail": ""}
    found = checked_client.validator("Problem")
    assert found.is_valid(usual | {"title": "Conflict"})
    assert not found.is_valid(usual | body)
