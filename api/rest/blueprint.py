"""The blueprint class of all resources: what every operation has in common is documented here.

Each mixin adds one feature as flask-smorest's own do: a decorator that leaves a note in `_apidoc`, and a
`_prepare_..._doc` callback that writes the note into the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from http import HTTPStatus
from typing import Any, ClassVar

from flask import Response
from flask_smorest import Blueprint as SmorestBlueprint

from api.rest.guard import SignedInMixin
from api.rest.pages import PageMixin
from api.rest.parsing import ReadingMixin
from api.rest.preconditions import PreconditionMixin
from api.rest.problems import PROBLEM_TYPE
from api.schemas.fields import OutSchema

_STORED = "Stored now."
_STORED_BEFORE = "Stored before, with the same content; nothing was stored now."
_CSV = "text/csv; charset=utf-8; header=present"
_FILE_NAME = {"Content-Disposition": {"schema": {"type": "string"}, "description": "a name for the file"}}
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_VERBS = {"get": "get", "post": "create", "put": "change", "patch": "change", "delete": "delete"}


class StoringMixin:
    """What is sent under an id made by the client may be sent again: 201 the first time, then 200."""

    def stores(self, schema: type[OutSchema], *, headers: Any = None) -> Callable[[Any], Any]:
        """Document both answers, which have the same shape."""

        def decorate(view: Any) -> Any:
            stored = self.response(201, schema, description=_STORED, headers=headers)  # type: ignore[attr-defined]
            return self.alt_response(  # type: ignore[attr-defined]
                200, schema=schema, success=True, description=_STORED_BEFORE, headers=headers
            )(stored(view))

        return decorate


class TableMixin:
    """A table for a spreadsheet, as a file to keep."""

    def table(self, name: str) -> Callable[[Any], Any]:
        """Send the text that the view returns as a file of this name, the same for everybody's."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}

        def decorate(view: Callable[..., str]) -> Any:
            @wraps(view)
            def send(*args: Any, **kwargs: Any) -> Response:
                return Response(view(*args, **kwargs), content_type=_CSV, headers=headers)

            return self.response(  # type: ignore[attr-defined]
                200, schema={"type": "string"}, content_type="text/csv", headers=_FILE_NAME
            )(send)

        return decorate


class PathMixin:
    """What is named in the path may not be there: 404."""

    @staticmethod
    def _prepare_path_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        if "<" in doc_info["rule"]:
            doc["responses"].setdefault(HTTPStatus.NOT_FOUND.value, "NOT_FOUND")
        return doc


class FailureMixin:
    """Errors that only some operations have."""

    @staticmethod
    def fails(status: int, *codes: str) -> Callable[[Any], Any]:
        """Document a status of errors with the codes that it may carry."""

        def decorate(view: Any) -> Any:
            doc = deepcopy(getattr(view, "_apidoc", {}))
            doc.setdefault("fails", {})[status] = codes
            view._apidoc = doc
            return view

        return decorate

    @staticmethod
    def _prepare_failure_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        for status, codes in doc_info.get("fails", {}).items():
            doc["responses"][status] = {
                "description": f"{HTTPStatus(status).phrase}: {', '.join(f'`{code}`' for code in codes)}",
                "content": {PROBLEM_TYPE: {"schema": _PROBLEM}},
            }
        return doc


class Blueprint(
    ReadingMixin,
    SignedInMixin,
    PreconditionMixin,
    PageMixin,
    StoringMixin,
    TableMixin,
    PathMixin,
    FailureMixin,
    SmorestBlueprint,
):
    """Blueprint with the strict parser, and with operation ids as one would say them.

    An id follows from the method and the name of the view's class (`list_reports`, `get_report`); where that
    is no English, the view names its own with `@blp.doc(operationId=...)`.
    """

    _FEATURES: ClassVar = ("reading", "signed_in", "precondition", "path", "failure")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks += [getattr(self, f"_prepare_{feature}_doc") for feature in self._FEATURES]

    def add_url_rule(self, rule: str, *args: Any, **kwargs: Any) -> None:
        """Register a view, and keep its rule for what is documented by it."""
        self._rule = rule
        super().add_url_rule(rule, *args, **kwargs)

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, info in self._docs[endpoint].items():
            if method != "parameters":
                info["rule"] = self._rule
                info.setdefault("manual_doc", {}).setdefault("operationId", _said(endpoint, method, info))
                self._note_view(endpoint, method, info)


def _said(name: str, method: str, info: dict[str, Any]) -> str:
    words = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
    if "page" in info:
        return f"list_{words}"
    return f"{_VERBS[method]}_{words.removesuffix('s') if method == 'post' else words}"
