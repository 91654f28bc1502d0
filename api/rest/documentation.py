"""The OpenAPI document: what every operation shares, and the order in which it is read.

The document depends on the Python minor version through the names of HTTP statuses, so it is written and
compared on the version that CI and the image use (3.11). Examples of responses were answered by the running
service (`api.examples.recorded`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from enum import Enum
from http import HTTPStatus
from typing import Any

import flask_smorest
import yaml
from flask import Flask, Response, current_app
from flask_smorest.utils import prepare_response
from werkzeug.exceptions import HTTPException

from api.examples import recorded
from api.rest import components, problems, webhook_events
from api.schemas.problems import ProblemSchema
from services.access.permissions import PERMISSIONS, Operation, Reach

_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "The access token of `sign_in`, `enrol` or `refresh`; it lives some minutes.",
}
_TEXT = {"type": "string"}
_HEADERS: dict[str, Any] = {
    "RequestId": {"description": "Names this request in the log; tell it to whoever helps.", "schema": _TEXT},
    "RetryAfter": {
        "description": "Seconds to wait before the same request is sent again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Challenge": {"description": "The scheme to sign in by (RFC 6750).", "schema": _TEXT},
    "AcceptEncoding": {
        "description": "What encodings of a body are taken; sent when a body was encoded otherwise.",
        "schema": _TEXT,
    },
}
_SENT_WITH = {401: ("WWW-Authenticate", "Challenge"), 429: ("Retry-After", "RetryAfter")}
_SENT_WITH |= {503: ("Retry-After", "RetryAfter"), 415: ("Accept-Encoding", "AcceptEncoding")}
_REACHES = {
    Reach.OWN: "own",
    Reach.GRANTED: "as granted",
    Reach.SITE: "of the site",
    Reach.QUERIES: "silence and questions about the data, of the site",
}
_ALIKE = {412, 429}
"""What looks alike at every operation, also where an operation names its codes."""
_METHODS = ("get", "put", "post", "delete", "patch")
_OF_PATIENT = {"path.patient_id": "$response.body#/id"}
_FIRST_PATIENT = {"path.patient_id": "$response.body#/items/0/id"}
_SAME_PATIENT = {"path.patient_id": "$request.path.patient_id"}
_SAME_SITE = {"path.site_id": "$request.path.site_id"}
_OF_REPORT = _SAME_PATIENT | {"path.report_id": "$response.body#/id"}
_FIRST_ALERT = {"path.alert_id": "$response.body#/items/0/id"}
_LINKS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("create_patient", "get_patient", _OF_PATIENT),
    ("create_patient", "invite_to_patient", _OF_PATIENT),
    ("create_patient", "submit_report", _OF_PATIENT),
    ("invite_to_patient", "enrol", {"code": "$response.body#/code"}),
    ("enrol", "submit_report", {"path.patient_id": "$response.body#/account/patient_id"}),
    ("enrol", "list_patients", {}),
    ("submit_report", "get_report", _OF_REPORT),
    ("submit_report", "correct_report", _OF_REPORT | {"header.If-Match": "$response.header.ETag"}),
    ("submit_report", "void_report", _OF_REPORT | {"header.If-Match": "$response.header.ETag"}),
    ("list_reports", "get_report", _SAME_PATIENT | {"path.report_id": "$response.body#/items/0/id"}),
    ("list_patients", "get_patient", _FIRST_PATIENT),
    ("list_patients", "list_reports", _FIRST_PATIENT),
    ("start_replay", "get_replay", _SAME_SITE | {"path.replay_id": "$response.body#/id"}),
    ("create_webhook", "get_webhook", _SAME_SITE | {"path.subscription_id": "$response.body#/id"}),
    ("list_alerts", "get_alert", _FIRST_ALERT),
    ("search_alerts", "get_alert", _FIRST_ALERT),
)
"""From which operation one comes to which, and what it is given; a name without a place is of the body."""
_LED_BY = {
    ("enrol", "submit_report"): "Of a patient's own account.",
    ("enrol", "list_patients"): "A caregiver's account finds here whom it is for.",
}
_NOT_FROM = {("submit_report", "correct_report"): {"202"}}
"""A report that is kept aside cannot be corrected."""


class Api(flask_smorest.Api):
    """The API object: problem+json everywhere, one security scheme."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        self.spec.components.security_scheme("bearer", _BEARER)
        webhook_events.register(self.spec)
        for name, header in _HEADERS.items():
            self.spec.components.header(name, header)

    def _openapi_json(self) -> Response:
        text = current_app.json.dumps(specification(current_app))
        return Response(text, mimetype="application/json")

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Render the framework's errors as problems."""
        return problems.problem_of_http(error)

    def _register_responses(self) -> None:
        # The maintainers' advice for another media type of errors is to override this method. Members and
        # not values, because newer Pythons renamed some statuses, and our views use the names of 3.11.
        for name, status in HTTPStatus.__members__.items():
            shown = {"schema": ProblemSchema} if status >= 400 else {}
            if status.value in recorded.SHARED:
                shown["example"] = recorded.SHARED[status.value]
            self._register_response(name, {"description": status.phrase, **shown})

    def _register_response(self, name: str, response: dict[str, Any]) -> None:
        prepare_response(response, self.spec, problems.PROBLEM_TYPE)
        self.spec.components.response(name, response, lazy=True)


# In the order of a person's work: sign in, look what can be asked, report, be followed, be alerted, steer.
TAGS: dict[str, str] = {
    "auth": "Enrolment, sign-in and sessions",
    "me": "The signed-in account",
    "passkeys": "Passkeys of the signed-in account",
    "passkey_sign_in": "Signing in by a passkey",
    "instruments": "Questionnaires: what can be reported, how it is asked and scored",
    "reports": "Reports and their evaluation",
    "report_batches": "Offline queues of phones",
    "patients": "Patients, and the grants of those who act for them",
    "invitations": "One-use codes for patients, caregivers and staff",
    "alerts": "Alerts: what needs a clinician",
    "alert_figures": "How a site's alerts fare",
    "messages": "Who was told of alerts, and when",
    "notifications": "How one is told of alerts",
    "quarantine": "Reports kept aside",
    "sites": "Thresholds and texts of a site",
    "safety_texts": "Texts that patients are shown in danger",
    "site_hours": "Working hours of a site",
    "site_steps": "What was changed of a site",
    "escalation": "Escalation of a site's alerts: response times and the chain of people",
    "absences": "Absences and deputies of the staff",
    "replays": "Other thresholds, tried on old reports",
    "site_instruments": "Instruments that a site brings along",
    "webhooks": "Alerts told to other programs",
    "keys": "Public keys",
    "operation": "Health of the service",
}

OPENAPI_SETTINGS: dict[str, Any] = {
    "API_TITLE": "Slope",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "security": [{"bearer": []}],
        "servers": [{"url": "/", "description": "The service that serves this document."}],
        "info": {
            "description": (
                "Home-reported ALSFRS-R and quality of life for people with ALS: reports are validated, "
                "scored and compared with the patient's history in one request, and rapid decline is shown "
                "to a clinician. Not a medical device, not an emergency service.\n\n"
                "Errors are `application/problem+json` with a stable `code`. Beside what an operation names, "
                "any request may be answered 404 `not_found` (no such address) or 405 (the address has not "
                "this method; `Allow` names those it has), and before it is read 400, 414, 431 and 501 "
                "(`malformed_request`) and 417 (`expectation_failed`). Proxies answer in their own words: go "
                "by the class of the status then.\n\n"
                "**Signed out.** After 401 `not_signed_in`, `token_expired` and `token_invalid`: `refresh`, "
                "then send the same again. After `session_ended`, `refresh_token_invalid` and "
                "`recovery_needed` refreshing does not help, and the person signs in anew: by `sign_in` with "
                "e-mail address and password; without them by `recover` with the recovery code, or by "
                "`enrol` with a new code from the clinic. What was not sent yet stays on the device.\n\n"
                "**When it fails**, where no status stands beside it, means an answer that refuses (4xx). "
                "After 5xx, or where no answer comes within 30 seconds, it may have been done: where sending "
                "twice means the same, send it again, else read first what there is.\n\n"
                "**Lists** are `items` and `next`. Where a list takes `after`, ask for the next page with "
                "it; any other is given whole, and its `next` is null. What people edit has an `ETag`, and "
                "is changed with `If-Match`. What a phone sends has an id made by the phone and may be sent "
                "again. "
                "A body is at most 256 KiB, unless the operator of the service chose otherwise, and 16 KiB "
                "below `/v1/auth` (413).\n\n"
                "**What may change without notice:** a response gets a member; a set of words gets a "
                "word; an operation gets another error status or code; a request gets an optional member; "
                "sentences for people; thresholds. So a client ignores members, keeps words, and goes by "
                "the class of a status that it does not know. Anything else is announced 90 days before, "
                "but for an emergency of safety."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "contact": {"name": "the clinic that runs this service"},
        },
    },
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
}


def specification(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document as plain values: tags in the order of work, responses by status."""
    spec = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec
    content: dict[str, Any] = _plain(spec.to_dict())
    for path in content["paths"].values():
        for method in path.keys() & set(_METHODS):
            _complete(path[method], content["components"]["responses"])
    for name, response in content["components"]["responses"].items():
        if name in HTTPStatus.__members__:
            _add_headers(HTTPStatus[name].value, response)
    _add_links(content["paths"])
    described = {tag["name"]: tag for tag in content.get("tags", [])}
    order = [*TAGS, *(name for name in described if name not in TAGS)]
    content["webhooks"] = deepcopy(webhook_events.document())
    content["tags"] = [described[name] for name in order if name in described]
    return components.move(content)


def document(app: Flask) -> str:
    """Return the OpenAPI document as YAML, ending with a newline."""
    return yaml.safe_dump(specification(app), sort_keys=False, allow_unicode=True, width=110)


def _complete(operation: dict[str, Any], shared: dict[str, Any]) -> None:
    """Give an operation its recorded examples and headers, and its responses an order."""
    said = [operation.get("description", ""), _who_may(operation.get("x-permission"))]
    operation["description"] = "\n\n".join(part for part in said if part)
    shown = recorded.RESPONSES.get(operation["operationId"], {})
    responses = operation["responses"]
    alike = {code: recorded.SHARED[code] for code in _ALIKE & recorded.SHARED.keys()} | shown
    for status in sorted(responses.keys() & {str(code) for code in alike}):
        if int(status) in shown or "$ref" not in responses[status]:
            responses[status] = _with_example(responses[status], alike[int(status)], shared)
    for status, response in responses.items():
        if "$ref" not in response:
            _add_headers(int(status), response)
    operation["responses"] = dict(sorted(responses.items()))


def _who_may(permission: str | None) -> str:
    if permission is None:
        return "Needs no account."
    reaches = PERMISSIONS[Operation(permission)].items()
    return "Who may: " + ", ".join(f"{role} ({_REACHES[reach]})" for role, reach in reaches) + "."


def _with_example(response: dict[str, Any], example: Any, shared: dict[str, Any]) -> dict[str, Any]:
    own = deepcopy(shared[response["$ref"].rpartition("/")[2]]) if "$ref" in response else response
    for media in own.get("content", {}).values():
        media["example"] = example
    return own


def _add_headers(status: int, response: dict[str, Any]) -> None:
    headers = response.setdefault("headers", {})
    headers.setdefault("X-Request-Id", {"$ref": "#/components/headers/RequestId"})
    if status in _SENT_WITH:
        name, part = _SENT_WITH[status]
        headers.setdefault(name, {"$ref": f"#/components/headers/{part}"})


def _add_links(paths: dict[str, Any]) -> None:
    """Say how operations follow one another, for readers and for those who generate requests."""
    found = (item[method] for item in paths.values() for method in _METHODS if method in item)
    operations = {operation["operationId"]: operation for operation in found}
    for source, target, given in (*_LINKS, *_changes(paths)):
        link: dict[str, Any] = {"operationId": target}
        for part, names in (("parameters", True), ("requestBody", False)):
            if members := {name: value for name, value in given.items() if ("." in name) is names}:
                link[part] = members
        if (source, target) in _LED_BY:
            link["description"] = _LED_BY[source, target]
        for status, response in operations[source]["responses"].items():
            if status.startswith("2") and status not in _NOT_FROM.get((source, target), ()):
                response.setdefault("links", {})[target] = link


def _changes(paths: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """From what was read to each change of it that wants its tag."""
    for path, item in paths.items():
        for method in (method for method in _METHODS if method in item):
            if not any(
                parameter.get("name") == "If-Match" for parameter in item[method].get("parameters", ())
            ):
                continue
            read = path
            while "get" not in paths.get(read, {}):
                read = read.rpartition("/")[0]
            same = {f"path.{name}": f"$request.path.{name}" for name in re.findall(r"{(\w+)}", read)}
            given = same | {"header.If-Match": "$response.header.ETag"}
            yield paths[read]["get"]["operationId"], item[method]["operationId"], given


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value
