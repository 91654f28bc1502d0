"""Every error that a client of the JSON door can meet, rendered as RFC 9457 problem+json.

The statuses of our own errors stand in one table; what the framework and the driver raise is rendered here
too. A problem carries a stable `code` and pointers; it never echoes a value that was sent, a stack or a
driver's text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, json
from werkzeug.exceptions import HTTPException, SecurityError

from models.store import connection
from models.store.unreadable import Unreadable
from scoring.problems import Problem, pointer_to
from services import errors, logs, readiness
from services.errors import AppError

PROBLEM_TYPE = "application/problem+json"
MOST_ERRORS = 100

STATUSES: Mapping[type[AppError], HTTPStatus] = {
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.ChangedMeanwhile: HTTPStatus.PRECONDITION_FAILED,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.Fault: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_CODES_BY_STATUS = {
    400: "malformed_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "changed_meanwhile",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid",
    428: "precondition_required",
    429: "too_many_requests",
    503: "unavailable",
}


def install(app: Flask) -> None:
    """Render every exception of the application; the framework's own are rendered by `documentation.Api`."""
    app.register_error_handler(AppError, problem_of)
    for kind in connection.DRIVER_ERRORS:
        app.register_error_handler(kind, problem_of_driver)
    app.register_error_handler(Unreadable, problem_of_unreadable)
    app.register_error_handler(Exception, problem_of_fault)


def status_of(error: AppError) -> HTTPStatus:
    """Return the HTTP status of an error of ours."""
    return STATUSES[type(error)]


def as_problem(error: AppError) -> dict[str, Any]:
    """Return the problem object of an error of ours, for answers that hold several."""
    waits = {} if error.retry_after is None else {"retry_after": error.retry_after}
    members = {**waits, **_listed(error.errors), **error.extra}
    return _body(status_of(error), error.code, error.detail, members)


def problem_of(error: AppError) -> Response:
    """Render an error of ours."""
    response = Response(json.dumps(as_problem(error)), status=status_of(error), mimetype=PROBLEM_TYPE)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.NotSignedIn):
        response.headers["WWW-Authenticate"] = 'Bearer realm="slope"'
    return response


def problem_of_http(error: HTTPException) -> Response:
    """Render an error of the framework, keeping the headers that it carries (Allow, Retry-After ...)."""
    if error.code is None or error.code < 400:
        return Response(
            error.get_response().get_data(), status=error.code or 500, headers=error.get_response().headers
        )
    data = getattr(error, "data", None) or {}
    wrong = _listed(field_errors(data.get("messages", {})))
    code = _CODES_BY_STATUS.get(error.code, "internal_error" if error.code >= 500 else "malformed_request")
    body = _body(error.code, code, data.get("message") or _detail(error), wrong)
    response = Response(json.dumps(body), status=error.code, mimetype=PROBLEM_TYPE)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        response.headers["Connection"] = "close"  # the body is still unread on this connection
    return response


def problem_of_driver(error: Exception) -> Response:
    """Render a driver error: away is 503, anything else is a fault of ours."""
    if not connection.is_away(error):
        return problem_of_fault(error)
    logs.log.warning("database_away", exception=type(error).__qualname__)
    if connection.cannot_store(error):
        readiness.could_not_store()
    return problem_of(errors.database_away())


def problem_of_unreadable(_error: Unreadable) -> Response:
    """Render a stored document that cannot be read; it was named in the log when it was met."""
    return problem_of(errors.unreadable())


def problem_of_fault(error: Exception) -> Response:
    """Render an exception that nobody expected; the log has where it came from, the client only its id."""
    logs.fault(error)
    found = errors.fault()
    if "request_id" in g:
        found.extra["instance"] = f"urn:uuid:{g.request_id}"
    return problem_of(found)


def field_errors(messages: Any) -> list[Problem]:
    """Turn the validation library's nested messages into a flat list with JSON Pointers.

    Args:
        messages: `{location: {field: [text, ...] | {...}}}`.
    """
    if not isinstance(messages, dict):
        return []
    found: list[Problem] = []
    for location, content in messages.items():
        _walk("?" if location != "json" else "", content, location, found)
    return found


def _listed(found: Sequence[Problem]) -> dict[str, Any]:
    """The first errors, and how many there are besides: small input is not answered by a large list."""
    left = len(found) - MOST_ERRORS
    shown = {"errors": [asdict(item) for item in found[:MOST_ERRORS]]}
    return shown | ({"errors_left_out": left} if left > 0 else {})


def _body(status: int, code: str, detail: str, members: Mapping[str, Any]) -> dict[str, Any]:
    fixed = {"type": f"urn:slope:problem:{code}", "title": HTTPStatus(status).phrase, "status": int(status)}
    return {
        **fixed,
        "code": code,
        "detail": detail,
        **{name: value for name, value in members.items() if value},
    }


def _walk(pointer: str, content: Any, location: str, found: list[Problem]) -> None:
    if isinstance(content, dict):
        for key, inner in content.items():
            _walk(_join(pointer, str(key)), inner, location, found)
    elif isinstance(content, list):
        for text in content:
            if isinstance(text, dict | list):
                _walk(pointer, text, location, found)
            else:
                found.append(Problem(pointer, _word(str(text)), str(text)))


def _join(pointer: str, key: str) -> str:
    if key == "_schema":
        return pointer
    below = pointer_to(key)
    return pointer + below[1:] if pointer == "?" else pointer + below


_BEGINNINGS = {
    "Missing data": "missing",
    "Unknown field": "unknown_field",
    "Longer than": "too_long",
    "Length must be": "wrong_length",
    "Shorter than": "wrong_length",
    "Must be one of": "not_permitted",
    "Must be greater": "out_of_range",
    "Must be less": "out_of_range",
    "Not a time zone": "unknown_zone",
}
"""How sentences of the validation library, and our own beside them, begin; all others are `invalid`."""


def _word(text: str) -> str:
    return next((word for begin, word in _BEGINNINGS.items() if text.startswith(begin)), "invalid")


def _detail(error: HTTPException) -> str:
    if isinstance(error, SecurityError):
        return "This host is not served here."
    if error.code is not None and error.code >= 500:
        return errors.fault().detail
    return error.description if isinstance(error.description, str) else ""
