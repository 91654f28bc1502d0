"""If-Match and ETag: on what people edit the tag is the document's revision, on what phones keep a digest.

The view of a change hands the revision to the service, which repeats it in the update's query; the header
alone would be a race.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Response, request
from werkzeug.exceptions import PreconditionRequired

from services.errors import changed_meanwhile

_KEEP = "private, max-age=3600"
_TAG = re.compile(r'"(\d{1,9})"')

IF_MATCH: dict[str, Any] = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "the ETag of what was read",
    "schema": {"type": "string"},
    "example": '"3"',
}
_IF_NONE_MATCH: dict[str, Any] = {
    "in": "header",
    "name": "If-None-Match",
    "description": "the ETag of what is kept; 304 when it is still the same",
    "schema": {"type": "string"},
}
CACHE_TAG: dict[str, Any] = {
    "ETag": {"description": "send it back in If-None-Match", "schema": {"type": "string"}}
}
ETAG: dict[str, Any] = {"ETag": {"description": "send it back in If-Match", "schema": {"type": "string"}}}

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def cacheable(view: Callable[Given, Response]) -> Callable[Given, Response]:
    """Let phones keep what the view returns, and answer 304 when they have it; put it above all else."""

    @wraps(view)
    def conditional(*args: Given.args, **kwargs: Given.kwargs) -> Response:
        response = view(*args, **kwargs)
        response.headers["Cache-Control"] = _KEEP
        response.vary.add("Accept-Language")
        response.add_etag()
        response.make_conditional(request)
        return response

    noted = deepcopy(getattr(view, "_apidoc", {})) | {"cacheable": True}
    conditional._apidoc = noted  # type: ignore[attr-defined]
    return conditional


def watched(view: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Document that the view answers 304 to who has the latest; it looks at `known_tags` itself."""
    view._apidoc = deepcopy(getattr(view, "_apidoc", {})) | {"cacheable": True}  # type: ignore[attr-defined]
    return view


def known_tags() -> set[str]:
    """Return the tags that the caller keeps, weak or strong, without their quotes."""
    return {one for one in request.if_none_match.as_set(include_weak=True) if isinstance(one, str)}


def not_modified() -> Response:
    """Return the answer to who has the latest already."""
    return Response(status=304)


def weak_tag(text: str) -> dict[str, str]:
    """Return the header that names what a list holds; weak, because it says when it was read, too."""
    return {"ETag": f'W/"{text}"'}


def expected_rev() -> int:
    """Return the revision that the caller read.

    Raises:
        PreconditionRequired: there is no If-Match.
        ChangedMeanwhile: it is none of our tags, so it cannot be the present one.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired("Send the ETag of what you read as If-Match.")
    match = _TAG.fullmatch(header.strip())
    if match is None:
        raise changed_meanwhile()
    return int(match.group(1))


def tag(rev: int) -> dict[str, str]:
    """Return the header that names this revision."""
    return {"ETag": f'"{rev}"'}


class PreconditionMixin:
    """Documents what a missing or stale tag is answered, and what those get who have the latest."""

    @staticmethod
    def _prepare_precondition_doc(
        doc: dict[str, Any], doc_info: dict[str, Any], **_kwargs: Any
    ) -> dict[str, Any]:
        if doc_info.get("cacheable"):
            doc.setdefault("parameters", []).append(_IF_NONE_MATCH)
            doc["responses"][304] = {"description": "What you keep is still the same.", "headers": CACHE_TAG}
        if IF_MATCH in doc_info.get("manual_doc", {}).get("parameters", ()):
            doc["responses"].update({412: "PRECONDITION_FAILED", 428: "PRECONDITION_REQUIRED"})
        return doc
