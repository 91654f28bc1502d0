"""How requests are read: strict JSON, strict query strings, and the blueprint class that all resources use.

The web library accepts more than we do: a wrong media type counts as an empty body, deep nesting and huge
integers escape as exceptions, duplicate keys and unknown or repeated query parameters pass in silence.
Each is an error here.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import marshmallow
from flask import Request, abort, request
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.flaskparser import FlaskParser

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


class StrictParser(FlaskParser):
    """Parser that refuses what the default one lets pass."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 (overrides the library's attribute)
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": marshmallow.RAISE,
        "query": marshmallow.RAISE,
    }

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:  # noqa: ARG002
        """Return the parsed body; 415 for another media type, 400 for what is not strict JSON."""
        if not req.is_json:
            abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON with Content-Type: application/json.")
        try:
            return json.loads(
                req.get_data(cache=True).decode("utf-8"),
                object_pairs_hook=_without_duplicates,
                parse_constant=_no_constant,
            )
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


_ANSWERS = {422: "UNPROCESSABLE_ENTITY"}
_ANSWERS_TO_QUERIES = {**_ANSWERS, 400: "BAD_REQUEST"}
_ANSWERS_TO_BODIES = {**_ANSWERS_TO_QUERIES, 413: "REQUEST_ENTITY_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE"}


class Blueprint(SmorestBlueprint):
    """Blueprint with the strict parser and derived operation ids (`reports_post`, `alerts_get` ...).

    What the parser answers stands in the document without being named at each view.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading_queries: set[tuple[str, str]] = set()
        self.before_request(self._refuse_surplus_query)

    def _refuse_surplus_query(self) -> None:
        # Views that read a query have a schema for it; the others would pass over a misspelt filter.
        method = "get" if request.method == "HEAD" else request.method.lower()
        view = ((request.endpoint or "").rpartition(".")[2], method)
        if request.args and method != "options" and view not in self._reading_queries:
            surplus = [Problem(f"?{name}", "unknown_field", "Unknown field.") for name in request.args]
            raise invalid(*surplus)

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, info in self._docs[endpoint].items():
            if method == "parameters":
                continue
            name = endpoint[0].lower() + "".join(f"_{c.lower()}" if c.isupper() else c for c in endpoint[1:])
            info.setdefault("manual_doc", {}).setdefault("operationId", f"{name}_{method}")
            places = {one["in"] for one in info.get("arguments", {}).get("parameters", ())}
            if "query" in places:
                self._reading_queries.add((endpoint, method))
            _document_parser(info, places)


def _document_parser(info: dict[str, Any], places: set[str]) -> None:
    answers = _ANSWERS_TO_BODIES if "json" in places else _ANSWERS_TO_QUERIES if places else _ANSWERS
    responses = info.setdefault("response", {}).setdefault("responses", {})
    for status, name in answers.items():
        responses.setdefault(status, [name])
