"""If-Match and ETag: on what people edit the tag is the document's revision, on what phones keep a digest.

The view of a change hands the revision to the service, which repeats it in the update's query; the header
alone would be a race.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, request
from werkzeug.exceptions import PreconditionRequired

from services.errors import changed_meanwhile

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


def cacheable(view: Callable[Given, Response]) -> Callable[Given, Response]:
    """Answer 304 to those who have what the view returns; put it above everything else."""

    @wraps(view)
    def conditional(*args: Given.args, **kwargs: Given.kwargs) -> Response:
        response = view(*args, **kwargs)
        response.add_etag()
        response.make_conditional(request)
        return response

    doc: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
    doc.setdefault("response", {}).setdefault("responses", {}).setdefault(304, []).append("NOT_MODIFIED")
    doc.setdefault("manual_doc", {}).setdefault("parameters", []).append(_IF_NONE_MATCH)
    conditional._apidoc = doc  # type: ignore[attr-defined]
    return conditional


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
