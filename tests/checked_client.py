"""A test client that holds every response of the suite to the committed document.

What a response may be is taken strictly: its status, its headers and its members have to be named, although
the document tells clients to let responses grow. What the document does not describe (pages, unknown
addresses) is passed over, but an error is a problem everywhere.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

FILE = Path(__file__).parents[1] / "openapi.yaml"
PROBLEM = "application/problem+json"
PASSED_OVER = {"HEAD", "OPTIONS", "TRACE"}
# Sent with every response, and of no concern to those who call operations.
FURNITURE = {
    "cache-control", "connection", "content-length", "content-security-policy", "content-type", "date",
    "referrer-policy", "strict-transport-security", "vary", "x-content-type-options",
}  # fmt: skip
GENERAL = {400, 404, 405}
"""What the document says of any request, where there is no operation."""
ALWAYS = {"x-request-id", "www-authenticate", "retry-after"}


class NotAsDocumented(AssertionError):
    """A response is not one that the document names."""


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The committed document."""
    content: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return content


@lru_cache(maxsize=1)
def _strict_components() -> dict[str, Any]:
    schemas = deepcopy(document()["components"]["schemas"])
    for name in ("Problem", "FieldError"):  # a code that is not in the list is a code that nobody was told of
        code = schemas[name]["properties"]["code"]
        code["anyOf"] = [branch for branch in code["anyOf"] if "$ref" in branch]
    return _closed({"schemas": schemas})


def _closed(value: Any) -> Any:
    """The schemas with every object closed that names its members; problems of single codes stay open."""
    if isinstance(value, list):
        return [_closed(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    closed = {key: _closed(inner) for key, inner in value.items()}
    if isinstance(closed.get("properties"), dict) and "additionalProperties" not in closed:
        closed["additionalProperties"] = False
    return closed


@cache
def validator(name: str) -> Any:
    schema = {"$ref": f"#/components/schemas/{name}", "components": _strict_components()}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


class CheckedClient(FlaskClient):
    """The client of `app.test_client()` in tests."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.request.method not in PASSED_OVER:
            check(self.application, response)
        return response


def check(app: Any, response: TestResponse) -> None:
    """Raise when a response is not as documented."""
    said = f"{response.request.method} {response.request.path}: {response.status_code}"
    operation = _operation(app, response)
    if operation is None:
        _check_general(response, said)
        return
    described = operation["responses"].get(str(response.status_code))
    if described is None:
        raise NotAsDocumented(f"{said} is not named by {operation['operationId']}: {response.text[:300]}")
    described = _resolved(described)
    _check_headers(described, response, said)
    content = described.get("content", {})
    if not content:
        if response.data and response.status_code != 304:
            raise NotAsDocumented(f"{said} has a body that is not documented")
    elif response.mimetype not in content:
        raise NotAsDocumented(f"{said} is {response.mimetype}, not {list(content)}")
    elif response.is_json or response.mimetype == PROBLEM:
        _check_body(content[response.mimetype]["schema"]["$ref"].rpartition("/")[2], response, said)


def _check_general(response: TestResponse, said: str) -> None:
    """What is answered where there is no operation: pages as they are, problems of an address or a method."""
    if response.mimetype == PROBLEM:
        _check_body("Problem", response, said)
    elif response.request.path.startswith("/v1/"):
        raise NotAsDocumented(f"{said} is {response.mimetype}, and nothing names it")
    if response.request.path.startswith("/v1/") and response.status_code not in GENERAL:
        raise NotAsDocumented(f"{said} is no answer of every address")
    if (response.status_code == 405) is not ("Allow" in response.headers):
        raise NotAsDocumented(f"{said}: 405 comes with Allow")


def _operation(app: Any, response: TestResponse) -> dict[str, Any] | None:
    request = response.request
    try:
        rule, _ = app.url_map.bind("localhost").match(request.path, request.method, return_rule=True)
    except HTTPException:
        return None
    path = "".join(f"{{{part}}}" if variable else part for variable, part in rule._trace)
    found = document()["paths"].get(path.replace("|", ""), {}).get(request.method.lower())
    return found if isinstance(found, dict) else None


def _resolved(value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    section, name = value["$ref"].split("/")[-2:]
    resolved: dict[str, Any] = document()["components"][section][name]
    return resolved


def _check_headers(described: dict[str, Any], response: TestResponse, said: str) -> None:
    named = {name.lower() for name in described.get("headers", {})}
    sent = {name.lower() for name, _ in response.headers}
    if surplus := sent - named - FURNITURE:
        raise NotAsDocumented(f"{said} has headers that are not documented: {sorted(surplus)}")
    if missing := named & ALWAYS - sent:
        raise NotAsDocumented(f"{said} lacks headers that are documented: {sorted(missing)}")


def _check_body(name: str, response: TestResponse, said: str) -> None:
    errors = [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in validator(name).iter_errors(response.json)
    ]
    if errors:
        raise NotAsDocumented(f"{said} is no {name}:\n" + "\n".join(errors[:5]))
