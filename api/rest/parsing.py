"""How requests are read: strict JSON and strict query strings.

The web library accepts more than we do: a wrong media type counts as an empty body, deep nesting and huge
integers escape as exceptions, duplicate keys and unknown or repeated query parameters pass in silence.
Each is an error here.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import marshmallow
from flask import Request, abort, g, request
from webargs.flaskparser import FlaskParser

from api.application import the_request
from api.rest.bodies import whole_body
from api.rest.encoding import JSON
from api.rest.problems import field_errors
from scoring.problems import Problem
from services.errors import invalid


class _DuplicateKey(ValueError):
    pass


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise _DuplicateKey
    return content


def _no_constant(_name: str) -> Any:
    raise ValueError


_READER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant)


class StrictParser(FlaskParser):
    """Parser that refuses what the default one lets pass."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 (overrides the library's attribute)
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": marshmallow.RAISE,
        "query": marshmallow.RAISE,
    }

    def get_default_request(self) -> Request:
        """Return the request itself."""
        return the_request()

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:  # noqa: ARG002
        """Return the parsed body; 415 for another media type, 400 for what is not strict JSON."""
        if req.method == "DELETE" and not req.mimetype and not whole_body(req):
            return {}  # what may be said beside it may be left out with all of the body
        if req.environ.get("CONTENT_TYPE") != JSON and not req.is_json:  # what nearly all send, asked at once
            abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON with Content-Type: application/json.")
        try:
            return _READER.decode(whole_body(req).decode("utf-8"))
        except _DuplicateKey:
            abort(HTTPStatus.BAD_REQUEST, "The body names a key twice.")
        except (ValueError, RecursionError):
            abort(HTTPStatus.BAD_REQUEST, "The body is not JSON that can be read.")

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> Any:
        """Return the query parameters; each may be given once."""
        repeated = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated:
            abort(HTTPStatus.BAD_REQUEST, "A query parameter is given twice.")
        return super().load_querystring(req, schema)

    def handle_error(self, error: marshmallow.ValidationError, *_args: Any, **_kwargs: Any) -> Any:
        """Raise the problem that names each wrong place."""
        raise invalid(*field_errors(error.messages)) from error


_OF_ALL = {422: "UNPROCESSABLE_ENTITY", 500: "INTERNAL_SERVER_ERROR"}
_OF_QUERIES = {**_OF_ALL, 400: "BAD_REQUEST"}
_OF_BODIES = {
    **_OF_QUERIES,
    413: "REQUEST_ENTITY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    503: "SERVICE_UNAVAILABLE",  # whatever has a body is about something stored
}


class ReadingMixin:
    """Reads requests with the strict parser, and documents what it refuses."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading_queries: set[tuple[str, str]] = set()
        self._signed_in: set[tuple[str, str]] = set()
        self.before_request(self._refuse_surplus_query)  # type: ignore[attr-defined]

    def _note_view(self, endpoint: str, method: str, doc_info: dict[str, Any]) -> None:
        if "query" in _places(doc_info):
            self._reading_queries.add((endpoint, method))
        if "signed_in" in doc_info:
            self._signed_in.add((endpoint, method))

    def _refuse_surplus_query(self) -> None:
        if not request.query_string:
            return
        # Views that read a query have a schema for it; the others would pass over a misspelt filter.
        method = "get" if request.method == "HEAD" else request.method.lower()
        view = ((request.endpoint or "").rpartition(".")[2], method)
        if request.args and method != "options" and view not in self._reading_queries:
            surplus = [Problem(f"?{name}", "unknown_field", "Unknown field.") for name in request.args]
            if view not in self._signed_in:
                raise invalid(*surplus)
            g.refused = invalid(*surplus)  # once it is known who calls: safety comes before it

    @staticmethod
    def _prepare_reading_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        places = _places(doc_info)
        refused = _OF_BODIES if "json" in places else _OF_QUERIES if places else _OF_ALL
        for status, name in refused.items():
            doc["responses"].setdefault(status, name)
        return doc


def _places(doc_info: dict[str, Any]) -> set[str]:
    arguments = doc_info.get("arguments", {})
    places = {parameter["in"] for parameter in arguments.get("parameters", ())}
    return places | ({"json"} if "requestBody" in arguments else set())
