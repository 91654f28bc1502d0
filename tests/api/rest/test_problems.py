"""A small request is not answered by a large list of what is wrong with it."""

from __future__ import annotations

from flask.testing import FlaskClient

from api.rest.problems import MOST_ERRORS
from models.store.base import new_id
from services.access.actor import Role
from tests.people import People


def test_at_most_a_hundred_errors_are_listed_and_the_rest_is_counted(
    client: FlaskClient, people: People
) -> None:
    person = people.staff(people.site(), Role.COORDINATOR)
    body = {f"x{number}": 1 for number in range(250)}
    response = client.post("/v1/patients", json=body, headers=person.headers)
    assert response.status_code == 422
    assert len(response.json["errors"]) == MOST_ERRORS
    # The fields that are missing are errors too.
    assert response.json["errors_left_out"] >= 250 - MOST_ERRORS


def test_what_is_wrong_with_a_place_has_the_code_that_the_document_names_for_it(
    client: FlaskClient, people: People
) -> None:
    person = people.staff(site := people.site(), Role.COORDINATOR)
    body = {"id": new_id(), "site_id": site.id, "name": "x" * 121, "zone": "Mars/Phobos", "locale": ""}
    body |= {"profile": {"onset_precision": "hour", "report_interval_days": 0}}
    response = client.post("/v1/patients", json=body, headers=person.headers)
    assert {error["pointer"]: error["code"] for error in response.json["errors"]} == {
        "/name": "too_long",
        "/zone": "unknown_zone",
        "/locale": "invalid",
        "/profile/onset_precision": "not_permitted",
        "/profile/report_interval_days": "out_of_range",
    }
