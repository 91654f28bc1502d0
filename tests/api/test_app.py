"""The application as a whole: what becomes of errors, what every response carries, and what the log says."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from mongoengine.errors import NotUniqueError, OperationError
from pymongo.errors import AutoReconnect

from api import create_app
from api.rest.problems import PROBLEM_TYPE
from services.access.actor import Role
from services.settings import Environment, Settings
from tests.people import People

SECRET = "walking 1, Maria Silva"


@pytest.fixture
def fresh(settings: Settings, database: Any) -> Flask:
    """An application of its own, to which a test may add views."""
    return create_app(settings)


def failing_with(app: Flask, error: Exception) -> FlaskClient:
    def view(patient: str) -> str:
        raise error

    app.add_url_rule("/fails/<patient>", view_func=view)
    return app.test_client()


def log_lines(captured: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.splitlines()]


def test_an_unexpected_exception_is_a_problem_without_its_message(fresh: Flask) -> None:
    response = failing_with(fresh, ValueError(SECRET)).get("/fails/7")
    assert (response.status_code, response.mimetype) == (500, PROBLEM_TYPE)
    assert response.json["code"] == "internal_error"
    assert SECRET not in response.text


def test_the_log_names_the_place_of_a_fault_and_neither_its_message_nor_the_path(
    fresh: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    failing_with(fresh, ValueError(SECRET)).get("/fails/maria-silva?name=maria")
    output = capsys.readouterr().err
    fault, line = log_lines(output)
    assert fault["event"] == "fault"
    assert fault["exception"] == ["ValueError"]
    assert fault["frames"][-1].startswith("tests/api/test_app.py:")
    assert (line["route"], line["status"]) == ("/fails/<patient>", 500)
    assert "maria" not in output.lower()


def test_the_problem_of_a_fault_can_be_found_in_the_log(
    fresh: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    response = failing_with(fresh, KeyError("x")).get("/fails/7")
    fault = log_lines(capsys.readouterr().err)[0]
    assert response.json["instance"] == f"urn:uuid:{fault['request_id']}"
    assert response.headers["X-Request-Id"] == fault["request_id"]


def test_keys_that_are_not_on_the_list_never_reach_the_log(
    fresh: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh.logger.warning("total of the report", extra={"answers": SECRET})
    assert SECRET not in capsys.readouterr().err


def away() -> OperationError:
    error = OperationError("hidden by the mapper")
    error.__cause__ = AutoReconnect(SECRET)
    return error


@pytest.mark.parametrize("error", [AutoReconnect(SECRET), away()], ids=["driver", "mapper"])
def test_a_database_that_is_away_is_503_and_worth_a_retry(fresh: Flask, error: Exception) -> None:
    response = failing_with(fresh, error).get("/fails/7")
    assert (response.status_code, response.json["code"]) == (503, "database_away")
    assert int(response.headers["Retry-After"]) > 0
    assert SECRET not in response.text


def test_a_driver_error_that_no_retry_heals_is_a_fault(fresh: Flask) -> None:
    response = failing_with(fresh, NotUniqueError(SECRET)).get("/fails/7")
    assert (response.status_code, response.json["code"]) == (500, "internal_error")


def test_an_unknown_address_is_a_problem(client: FlaskClient) -> None:
    response = client.get("/v1/nothing")
    assert (response.status_code, response.mimetype, response.json["code"]) == (
        404,
        PROBLEM_TYPE,
        "not_found",
    )


def test_a_wrong_method_says_which_are_allowed(client: FlaskClient) -> None:
    response = client.delete("/livez")
    assert (response.status_code, response.json["code"]) == (405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        ("{}", "text/plain", 415),
        ("[" * 16_000, "application/json", 400),
        ("[" * 100_000, "application/json", 413),
        ("1" * 5000, "application/json", 400),
        ('{"email": "a@example.org", "email": "b@example.org"}', "application/json", 400),
        ('{"email": NaN}', "application/json", 400),
        ("[1]", "application/json", 422),
        ("null", "application/json", 422),
    ],
    ids=["media type", "nesting", "long", "huge integer", "key twice", "NaN", "array", "null"],
)
def test_bodies_that_are_no_json_object_are_problems(
    client: FlaskClient, body: str, media: str, status: int
) -> None:
    response = client.post("/v1/auth/sign-in", data=body, content_type=media)
    assert (response.status_code, response.mimetype) == (status, PROBLEM_TYPE)


def test_a_body_over_the_limit_is_refused_and_the_connection_closed(
    client: FlaskClient, settings: Settings
) -> None:
    body = b"x" * (settings.max_body_kib * 1024 + 1)
    response = client.post("/v1/auth/sign-in", data=body, content_type="application/json")
    assert (response.status_code, response.json["code"]) == (413, "body_too_large")
    assert response.headers["Connection"] == "close"


def test_every_answer_forbids_what_it_does_not_need(client: FlaskClient) -> None:
    for path in ("/livez", "/v1/me", "/v1/nothing"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Strict-Transport-Security" not in headers


def test_over_https_browsers_are_told_to_stay_there(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" in client.get("/livez", base_url="https://localhost").headers


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
def test_the_callers_address_comes_from_as_many_proxies_as_are_trusted(
    settings: Settings, database: Any, proxies: int, address: str
) -> None:
    given = {"database_uri": settings.database_uri, "database_name": settings.database_name}
    secrets = {"signing_keys": settings.signing_keys, "refresh_secret": settings.refresh_secret}
    app = create_app(Settings(**given, **secrets, env=Environment.TEST, proxies=proxies))
    app.add_url_rule("/address", view_func=lambda: str(request.remote_addr))
    forwarded = {"X-Forwarded-For": "198.51.100.9, 203.0.113.7"}
    assert app.test_client().get("/address", headers=forwarded).text == address


@pytest.fixture
def page(client: FlaskClient) -> Iterator[str]:
    with client.get("/docs") as response:
        assert response.status_code == 200
        yield response.text


def test_the_reference_shows_every_operation_of_the_document(client: FlaskClient, page: str) -> None:
    for path, item in client.get("/openapi.json").json["paths"].items():
        for method in item.keys() & {"get", "post", "patch", "delete"}:
            assert f'id="{item[method]["operationId"]}"' in page
            assert f"<code>{path}</code>" in page


def test_the_reference_shows_what_is_sent_to_webhooks(client: FlaskClient, page: str) -> None:
    events = client.get("/openapi.json").json["webhooks"]
    assert len(events) > 3
    for name, item in events.items():
        assert f"<code>{name}</code>" in page
        assert f'id="{item["post"]["operationId"]}"' in page
    assert page.count("Sent by this service, signed.") == len(events)


def test_the_reference_loads_nothing_and_runs_its_own_script_only(client: FlaskClient, page: str) -> None:
    assert "<link" not in page
    assert "src=" not in page
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    policy = client.get("/docs").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    for text in (script, style):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy


def test_the_reference_shows_no_stray_markup(page: str) -> None:
    shown = re.sub(r"<(pre|script)>.*?</\1>", "", page, flags=re.DOTALL)
    assert "&lt;" not in shown
    assert "`" not in shown
    assert "<code>If-Match</code>" in shown


def test_the_reference_is_searched_and_used_by_keyboard(page: str) -> None:
    assert '<label for="search">' in page
    assert 'role="search"' in page
    assert 'href="#content">Skip' in page
    assert "tabindex" not in page.replace('tabindex="-1"', "")


def test_every_link_of_the_reference_leads_somewhere(page: str) -> None:
    places = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= places


def test_the_root_leads_a_person_on(client: FlaskClient) -> None:
    response = client.get("/")
    assert (response.status_code, response.location) == (302, "/pages/")
    asked = client.get(response.location, follow_redirects=True)
    assert (asked.status_code, asked.mimetype) == (200, "text/html")
    for link in re.findall(r'href="(/[^"#]*)', asked.text):
        assert client.get(link, follow_redirects=True).status_code == 200, link


def test_the_reference_says_who_may_do_what(page: str) -> None:
    assert "report:submit</code>: patient (own), caregiver (granted), clinician (site)" in page


@pytest.mark.parametrize(
    ("host", "status"),
    [("slope.example.org", 200), ("localhost", 200), ("127.0.0.1", 200), ("evil.example.org", 400)],
)
def test_production_answers_its_own_address_and_loopback_only(
    settings: Settings, database: Any, host: str, status: int
) -> None:
    given = {"database_uri": settings.database_uri, "database_name": settings.database_name}
    secrets = {"signing_keys": settings.signing_keys, "refresh_secret": settings.refresh_secret}
    address = "https://slope.example.org"
    app = create_app(Settings(**given, **secrets, env=Environment.PRODUCTION, public_url=address))
    app.test_client_class = FlaskClient  # the document names no foreign host
    response = app.test_client().get("/livez", base_url=f"https://{host}")
    assert response.status_code == status
    assert host not in response.get_data(as_text=True)
    redirected = app.test_client().get("/v1/sites/", base_url=f"https://{host}")
    assert "evil" not in redirected.headers.get("Location", "")


def test_what_may_be_cached_is_cached_for_its_reader_only(client: FlaskClient, people: People) -> None:
    person = people.staff(people.site(), Role.CLINICIAN)
    response = client.get("/v1/instruments/who_5", headers=person.headers)
    assert response.headers["Cache-Control"] != "no-store"
    assert "Authorization" in response.headers["Vary"]
