"""Every error a client can meet, and the one function that renders it (RFC 9457 problem+json).

    AppError
    |-- NotSignedIn             401  sign in again
    |-- NotAllowed              403  signed in, but this is not yours to do
    |-- NotFound                404  also for what belongs to another site: its existence is not told
    |-- Conflict                409  the state of the thing forbids it (data says which)
    |-- PreconditionFailed      412  somebody changed it meanwhile: read it again
    |-- PreconditionRequired    428  If-Match is missing
    |-- Unprocessable           422  understood, and wrong: `errors` points at the items
    |-- TooManyRequests         429  slower (Retry-After)
    `-- Unavailable             503  the database is away (Retry-After); what was sent may be sent again

Errors carry a stable `code` and pointers; they never echo a value that was sent, a stack or a driver's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar

from flask import Flask, Response, g, json
from werkzeug.exceptions import HTTPException

from api import logs
from models import connection
from scoring.problems import pointer_to

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one place of the request.

    Attributes:
        pointer: JSON Pointer into the body ("" is the body itself), or `?name` for a query parameter.
        code: stable word for programs.
        detail: sentence for people, without the value.
    """

    pointer: str
    code: str
    detail: str


class AppError(Exception):
    """Root of the errors that services raise; each class fixes its status.

    Attributes:
        code: stable word for programs.
        detail: sentence for people.
        errors: places in the request that are wrong.
        extra: further members of the problem object.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})


class NotSignedIn(AppError):
    """The request carries no usable access token."""

    status = HTTPStatus.UNAUTHORIZED
    headers = MappingProxyType({"WWW-Authenticate": 'Bearer realm="slope"'})


class NotAllowed(AppError):
    """The account is known, and its roles do not permit this."""

    status = HTTPStatus.FORBIDDEN


class NotFound(AppError):
    """There is no such thing within the reach of this account."""

    status = HTTPStatus.NOT_FOUND


class Conflict(AppError):
    """The present state forbids the change."""

    status = HTTPStatus.CONFLICT


class PreconditionFailed(AppError):
    """The thing was changed since it was read."""

    status = HTTPStatus.PRECONDITION_FAILED


class PreconditionRequired(AppError):
    """The change needs an If-Match header."""

    status = HTTPStatus.PRECONDITION_REQUIRED


class Unprocessable(AppError):
    """The request was understood and is wrong."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooManyRequests(AppError):
    """The account or address asks too often; `retry_after` is in seconds."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, code: str, detail: str, *, retry_after: int = 30) -> None:
        super().__init__(code, detail)
        self.headers = {"Retry-After": str(retry_after)}


class Unavailable(AppError):
    """The database is away; nothing was lost, the same request may be sent again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers = MappingProxyType({"Retry-After": str(RETRY_AFTER_SECONDS)})


_OUR_FAULT = "Something went wrong on our side. It has been noted."
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


def problem(status: int, code: str, detail: str, **members: Any) -> Response:
    """Build a problem+json response.

    Args:
        status: HTTP status.
        code: stable word for programs.
        detail: sentence for people.
        **members: further members; empty ones are left out.
    """
    body = _body(status, code, detail, members)
    return Response(json.dumps(body), status=status, mimetype=PROBLEM_TYPE)


def as_problem(error: AppError) -> dict[str, Any]:
    """Return the problem object of an error of ours, for answers that hold several."""
    members = {"errors": [asdict(item) for item in error.errors], **error.extra}
    return _body(error.status, error.code, error.detail, members)


def example(status: HTTPStatus) -> dict[str, Any]:
    """Return what a problem of this status looks like, for the document."""
    code = _CODES_BY_STATUS.get(status, "internal_error")
    shown = {"type": f"urn:slope:problem:{code}", "title": status.phrase, "status": int(status), "code": code}
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        wrong = FieldError("/answers/walking", "code_not_permitted", "Must be from 0 to 4.")
        shown |= {"detail": "The request has errors.", "errors": [asdict(wrong)]}
    return shown


def problem_of(error: AppError) -> Response:
    """Render an error of ours."""
    response = Response(json.dumps(as_problem(error)), status=error.status, mimetype=PROBLEM_TYPE)
    response.headers.update(error.headers)
    return response


def _body(status: int, code: str, detail: str, members: Mapping[str, Any]) -> dict[str, Any]:
    fixed = {"type": f"urn:slope:problem:{code}", "title": HTTPStatus(status).phrase, "status": int(status)}
    return {
        **fixed,
        "code": code,
        "detail": detail,
        **{name: value for name, value in members.items() if value},
    }


def problem_of_http(error: HTTPException) -> Response:
    """Render an error of the framework, keeping the headers that it carries (Allow, Retry-After ...)."""
    if error.code is None or error.code < 400:
        return Response(
            error.get_response().get_data(), status=error.code or 500, headers=error.get_response().headers
        )
    data = getattr(error, "data", None) or {}
    errors = [asdict(item) for item in field_errors(data.get("messages", {}))]
    code = _CODES_BY_STATUS.get(error.code, "internal_error" if error.code >= 500 else "malformed_request")
    detail = data.get("message") or _detail(error)
    response = problem(error.code, code, detail, errors=errors)
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
    return problem_of(
        Unavailable(
            "database_away", "The database cannot be reached. Send the same request again in a moment."
        )
    )


def problem_of_fault(error: Exception) -> Response:
    """Render an exception that nobody expected; the log has where it came from, the client only its id."""
    logs.fault(error)
    instance = f"urn:uuid:{g.request_id}" if "request_id" in g else ""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", _OUR_FAULT, instance=instance)


def install(app: Flask) -> None:
    """Render every exception of the application; the framework's own are rendered by `documentation.Api`."""
    app.register_error_handler(AppError, problem_of)
    for kind in connection.DRIVER_ERRORS:
        app.register_error_handler(kind, problem_of_driver)
    app.register_error_handler(Exception, problem_of_fault)


def field_errors(messages: Any) -> list[FieldError]:
    """Turn the validation library's nested messages into a flat list with JSON Pointers.

    Args:
        messages: `{location: {field: [text, ...] | {...}}}`.
    """
    if not isinstance(messages, dict):
        return []
    found: list[FieldError] = []
    for location, content in messages.items():
        _walk("?" if location != "json" else "", content, location, found)
    return found


def _walk(pointer: str, content: Any, location: str, found: list[FieldError]) -> None:
    if isinstance(content, dict):
        for key, inner in content.items():
            _walk(_join(pointer, str(key)), inner, location, found)
    elif isinstance(content, list):
        for text in content:
            if isinstance(text, dict | list):
                _walk(pointer, text, location, found)
            else:
                found.append(FieldError(pointer, _word(str(text)), str(text)))


def _join(pointer: str, key: str) -> str:
    if key == "_schema":
        return pointer
    below = pointer_to(key)
    return pointer + below[1:] if pointer == "?" else pointer + below


def _word(text: str) -> str:
    if text.startswith("Missing data"):
        return "missing"
    return "unknown_field" if text.startswith("Unknown field") else "invalid"


def _detail(error: HTTPException) -> str:
    if error.code is not None and error.code >= 500:
        return _OUR_FAULT
    return error.description if isinstance(error.description, str) else ""
