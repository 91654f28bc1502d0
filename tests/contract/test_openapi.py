"""The committed document: what the code describes, valid, and fit for those who make clients from it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import validate

from api import create_app
from api.rest import documentation
from api.rest.problems import PROBLEM_TYPE
from services.access.permissions import Operation
from services.access.tokens import new_key_set
from services.settings import Environment, Settings

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in METHODS
}
each_operation = pytest.mark.parametrize("name", OPERATIONS)


def described() -> str:
    settings = Settings("mongodb://127.0.0.1:1", new_key_set(), "r" * 32, env=Environment.TEST)
    return documentation.document(create_app(settings))


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    section, name = value["$ref"].split("/")[-2:]
    found: dict[str, Any] = DOCUMENT["components"][section][name]
    return found


def inlined(schema: Any) -> Any:
    """The schema with the shapes it refers to, for a validator that reads one document."""
    return {**schema, "components": DOCUMENT["components"]} if isinstance(schema, dict) else schema


def every_schema(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "properties" in value or "$ref" in value or "anyOf" in value or "type" in value:
            yield value
        for inner in value.values():
            yield from every_schema(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from every_schema(inner)


def responses_of(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(status, resolved(response)) for status, response in operation["responses"].items()]


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="Python 3.13 renamed the statuses that answers are named by"
)
def test_the_committed_document_is_what_the_code_describes() -> None:
    committed = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    assert committed == described(), "run `make openapi`, read the difference, and commit it"


def test_the_document_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    validate(DOCUMENT)


def test_operation_ids_are_unique() -> None:
    count = sum(method in METHODS for item in DOCUMENT["paths"].values() for method in item)
    assert len(OPERATIONS) == count > 20


@each_operation
def test_an_operation_has_a_summary_and_a_described_success(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    assert operation["summary"].strip().endswith(".")
    assert any(status.startswith("2") for status in operation["responses"])


@each_operation
def test_every_error_is_a_problem(name: str) -> None:
    for status, response in responses_of(OPERATIONS[name][2]):
        if status >= "4" or status == "default":
            assert list(response["content"]) == [PROBLEM_TYPE], status
            assert response["content"][PROBLEM_TYPE]["schema"] == {"$ref": "#/components/schemas/Problem"}


@each_operation
def test_who_may_call_it_is_said(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    if operation.get("security") == []:
        assert "x-permission" not in operation
    else:
        assert operation["x-permission"] in list(Operation)
        assert {"401", "403"} <= operation["responses"].keys()


@each_operation
def test_a_body_has_an_example_that_its_schema_accepts(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    if "requestBody" not in operation:
        return
    media = operation["requestBody"]["content"]["application/json"]
    jsonschema.Draft202012Validator(inlined(media["schema"])).validate(media["example"])
    assert {"400", "415", "422"} <= operation["responses"].keys()


@each_operation
def test_examples_of_answers_fit_their_schema(name: str) -> None:
    for _, response in responses_of(OPERATIONS[name][2]):
        for media in response.get("content", {}).values():
            if "example" in media:
                jsonschema.Draft202012Validator(inlined(media["schema"])).validate(media["example"])


@each_operation
def test_what_an_operation_answers_is_shown_by_an_example(name: str) -> None:
    shown = [
        "example" in media
        for status, response in responses_of(OPERATIONS[name][2])
        if status.startswith("2")
        for media in response.get("content", {}).values()
    ]
    assert not shown or any(shown)


def test_no_reference_stands_beside_a_type_and_no_enum_holds_null() -> None:
    for schema in every_schema(DOCUMENT):
        assert not ("$ref" in schema and "type" in schema)
        assert None not in schema.get("enum", [])


def test_only_the_health_checks_the_keys_and_signing_in_are_open() -> None:
    open_paths = {path for path, _, operation in OPERATIONS.values() if operation.get("security") == []}
    assert open_paths == {
        "/livez",
        "/readyz",
        "/.well-known/jwks.json",
        "/v1/auth/enrol",
        "/v1/auth/sign-in",
        "/v1/auth/refresh",
    }
