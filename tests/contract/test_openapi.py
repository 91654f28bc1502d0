"""The committed document: what the code describes, valid, and fit for those who make clients from it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import validate

from api import create_app
from api.examples import recorded
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
    settings = Settings(
        database_uri="mongodb://127.0.0.1:1",
        signing_keys=new_key_set(),
        refresh_secret="r" * 32,
        env=Environment.TEST,
    )
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
def test_every_status_is_shown_by_an_example(name: str) -> None:
    for status, response in responses_of(OPERATIONS[name][2]):
        for media in response.get("content", {}).values():
            assert "example" in media, f"{status}: run `make examples`"


@each_operation
def test_an_operation_says_who_may_what_happens_twice_and_what_is_lost(name: str) -> None:
    _, method, operation = OPERATIONS[name]
    said = operation["description"]
    assert "Who may: " in said or "Needs no account." in said
    if method != "get":
        assert "twice" in said or "again" in said
        assert "fails" in said


@each_operation
def test_the_headers_that_are_sent_are_declared(name: str) -> None:
    for status, response in responses_of(OPERATIONS[name][2]):
        declared = response["headers"].keys()
        assert "X-Request-Id" in declared
        assert ("Retry-After" in declared) is (status in {"429", "503"})
        assert ("WWW-Authenticate" in declared) is (status == "401")


def test_the_examples_are_what_the_service_answers() -> None:
    """In a process of its own: the recording has its own engine, day and connection."""
    code = "from tests.contract.record import record; print(record())"
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    assert made.returncode == 0, made.stderr[-2000:]
    found = made.stdout[made.stdout.index("\n{\n") + 1 if not made.stdout.startswith("{\n") else 0 :]
    assert json.loads(found) == json.loads(recorded.FILE.read_text("utf-8")), "run `make examples`"


def every_part(value: Any, *path: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every mapping of the document with its place, but for examples."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            if key != "example":
                yield from every_part(inner, *path, key)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from every_part(inner, *path, str(place))


def test_every_set_of_words_has_a_name_and_says_that_new_ones_may_come() -> None:
    found = {path: part for path, part in every_part(DOCUMENT) if isinstance(part.get("enum"), list)}
    assert len(found) > 20
    for path, part in found.items():
        assert (path[:2], len(path)) == (("components", "schemas"), 3), path
        assert part["description"].startswith("New "), path


def test_every_word_and_every_code_says_what_it_means() -> None:
    for name, part in DOCUMENT["components"]["schemas"].items():
        for word in part.get("enum", ()):
            _, found, meaning = part["description"].partition(f"\n- `{word}`: ")
            assert found, (name, word)
            assert len(meaning.partition("\n")[0]) > 3, (name, word)


def test_what_to_do_with_a_report_is_said_for_each_status_and_code() -> None:
    """From the document alone an app decides what of its queue to keep."""
    operation = OPERATIONS["submit_report"][2]
    said = operation["description"].partition("What a phone does with the report that it keeps:")[2]
    for status, response in responses_of(operation):
        covered = status in said or (status >= "500" and "5xx" in said) or status == "403"
        assert covered, status
        if status in {"403", "409"}:
            for code in re.findall(r"`(\w+)`", response["description"]):
                assert f"`{code}`" in said, code


def test_every_object_has_named_members_or_members_of_one_kind() -> None:
    for path, part in every_part(DOCUMENT):
        if "object" in part.get("type", ()):
            assert "properties" in part or part["additionalProperties"], path


def test_an_object_without_named_members_says_what_its_keys_are() -> None:
    for path, part in every_part(DOCUMENT):
        if (
            "object" in part.get("type", ())
            and "properties" not in part
            and path[-1] != "additionalProperties"
        ):
            assert part.get("description"), path


def test_every_member_and_every_item_has_a_type() -> None:
    for path, part in every_part(DOCUMENT):
        member = path and path[-1] not in {"properties", "default"} and "properties" in path[-2:-1]
        if member or path[-1:] == ("items",):
            assert part.keys() & {"type", "$ref", "anyOf"}, path


def test_no_text_lists_its_words_in_a_sentence() -> None:
    """What is one of a few words is a set with a name."""
    for path, part in every_part(DOCUMENT["components"]["schemas"]):
        if "enum" not in part and "string" in part.get("type", ()):
            listed = re.search(r"(?:^|: )[a-z_]+(?:, [a-z_]+)+(?:$|[:;])", part.get("description", ""))
            assert listed is None, (path, part["description"])


def test_patterns_are_ecma_262() -> None:
    patterns = [part["pattern"] for _, part in every_part(DOCUMENT) if isinstance(part.get("pattern"), str)]
    assert len(patterns) > 3
    for pattern in patterns:
        assert re.search(r"\\[AZzbB]|\(\?[P<#aiLmsux]", pattern) is None, pattern
        assert (pattern[0], pattern[-1]) == ("^", "$"), pattern


def test_every_part_is_used_and_tags_are_in_the_order_of_work() -> None:
    text = json.dumps(DOCUMENT)
    for section in ("schemas", "responses", "headers"):
        for name in DOCUMENT["components"][section]:
            assert f'"#/components/{section}/{name}"' in text, name
    tags = [tag["name"] for tag in DOCUMENT["tags"]]
    assert tags.index("auth") < tags.index("reports") < tags.index("alerts") < tags.index("operation")
    assert {tag for _, _, operation in OPERATIONS.values() for tag in operation["tags"]} <= set(tags)


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
        "/v1/auth/recover",
        "/v1/auth/password-reset",
        "/v1/auth/passkey/challenge",
        "/v1/auth/passkey/sign-in",
    }


def test_each_reason_to_come_again_later_is_named_by_an_operation() -> None:
    raised = {
        code
        for file in (ROOT / "services").rglob("*.py")
        for code in re.findall(r'TooManyRequests\("(\w+)"', file.read_text(encoding="utf-8"))
    }
    named = [
        response["description"]
        for _, _, operation in OPERATIONS.values()
        for status, response in responses_of(operation)
        if status == "429"
    ]
    assert len(raised) >= 4
    assert {code for code in raised if not any(f"`{code}`" in text for text in named)} == set()


@each_operation
def test_the_example_of_an_error_has_one_of_the_codes_that_are_named(name: str) -> None:
    for status, response in responses_of(OPERATIONS[name][2]):
        if codes := re.findall(r"`(\w+)`", response["description"] if status >= "4" else ""):
            assert response["content"][PROBLEM_TYPE]["example"]["code"] in codes, status


@each_operation
def test_a_code_that_the_description_names_with_its_status_is_listed_at_that_status(name: str) -> None:
    operation = OPERATIONS[name][2]
    answers = dict(responses_of(operation))
    for status, code in re.findall(r"\b(4\d\d) (?:with )?`(\w+)`", operation["description"]):
        listed = re.findall(r"`(\w+)`", answers[status]["description"])
        assert not listed or code in listed, (status, code)


def test_every_operation_that_counts_the_calls_of_an_address_says_so() -> None:
    counted = {
        name: operation for name, (path, _, operation) in OPERATIONS.items() if path.startswith("/v1/auth/")
    }
    assert len(counted) > 10
    for name, operation in counted.items():
        assert "`too_many_calls`" in resolved(operation["responses"]["429"])["description"], name


def test_what_a_link_takes_from_a_response_is_in_its_example() -> None:
    followed = 0
    for name, (_, _, operation) in OPERATIONS.items():
        for status, response in responses_of(operation):
            for link in response.get("links", {}).values():
                given = {**link.get("parameters", {}), **link.get("requestBody", {})}
                for source in given.values():
                    if source.startswith("$response.body#"):
                        found = response["content"]["application/json"]["example"]
                        for part in source.partition("#/")[2].split("/"):
                            found = found[int(part) if isinstance(found, list) else part]
                        assert found, (name, status, source)
                        followed += 1
    assert followed > 10


def test_no_operation_is_linked_that_cannot_be_done() -> None:
    """A report that is kept aside cannot be corrected."""
    responses = OPERATIONS["submit_report"][2]["responses"]
    led = {status: "correct_report" in responses[status]["links"] for status in ("200", "201", "202")}
    assert led == {"200": True, "201": True, "202": False}


def test_the_document_needs_no_other_document() -> None:
    assert re.search(r"\bdocs/|\.md\b", json.dumps(DOCUMENT)) is None
