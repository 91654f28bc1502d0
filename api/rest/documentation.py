"""The OpenAPI document: what every operation shares, and the export that is checked for drift.

Errors are documented once, as problem+json. The document depends on the Python minor version through the
names of HTTP statuses, so it is written and compared on the version that CI and the image use (3.11).
"""

from __future__ import annotations

from enum import Enum
from http import HTTPStatus
from typing import Any

import flask_smorest
import yaml
from flask import Flask, Response
from flask_smorest.utils import prepare_response
from marshmallow import fields
from werkzeug.exceptions import HTTPException

from api.rest import problems
from api.schemas.fields import OutSchema


class FieldErrorSchema(OutSchema):
    """One thing wrong with one place of the request."""

    pointer = fields.String(required=True, metadata={"description": "JSON Pointer into the body, or ?name"})
    code = fields.String(required=True)
    detail = fields.String(required=True)


class ProblemSchema(OutSchema):
    """RFC 9457 problem details with a stable code; some codes have further members."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String()
    instance = fields.String(metadata={"description": "names this one occurrence, for whoever reads the log"})
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata={"description": "the first hundred"})
    errors_left_out = fields.Integer(metadata={"description": "how many more there are"})


_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "the access token of /v1/auth/sign-in or /v1/auth/enrol",
}


class Api(flask_smorest.Api):
    """The API object: problem+json everywhere, one security scheme."""

    ERROR_SCHEMA = ProblemSchema

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        self.spec.components.security_scheme("bearer", _BEARER)

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Render the framework's errors as problems."""
        return problems.problem_of_http(error)

    def _register_responses(self) -> None:
        # The maintainers' advice for another media type of errors is to override this method. Members and
        # not values, because newer Pythons renamed some statuses, and our views use the names of 3.11.
        for name, status in HTTPStatus.__members__.items():
            shown = {"schema": ProblemSchema, "example": problems.example(status)} if status >= 400 else {}
            self._register_response(name, {"description": status.phrase, **shown})
        self._register_response("DEFAULT_ERROR", {"description": "Any other error", "schema": ProblemSchema})

    def _register_response(self, name: str, response: dict[str, Any]) -> None:
        prepare_response(response, self.spec, problems.PROBLEM_TYPE)
        self.spec.components.response(name, response, lazy=True)


OPENAPI_SETTINGS: dict[str, Any] = {
    "API_TITLE": "Slope",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "security": [{"bearer": []}],
        "servers": [{"url": "/"}],
        "info": {
            "description": (
                "Home-reported ALSFRS-R and quality of life for people with ALS: reports are validated, "
                "scored and compared with the patient's history in one request, and rapid decline is shown "
                "to a clinician. Not a medical device, not an emergency service."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
    },
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
}


def specification(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document as plain values, in the order of the code; answers by their status."""
    spec = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec
    content: dict[str, Any] = _plain(spec.to_dict())
    for path in content["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                operation["responses"] = dict(sorted(operation["responses"].items()))
    return content


def document(app: Flask) -> str:
    """Return the OpenAPI document as YAML, ending with a newline."""
    return yaml.safe_dump(specification(app), sort_keys=False, allow_unicode=True, width=110)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value
