"""If-Match and ETag: on what people edit the tag is the document's revision, on what phones keep a digest.

The view of a change hands the revision to the service, which repeats it in the update's query; the header
alone would be a race.

A condition is a list of tags, or `*` (RFC 9110, 13.1). Proxies that compress an answer make its tag weak, or
put the name of the coding behind it. What is left of it names the same revision, so it is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec

from flask import Response, request
from werkzeug.exceptions import PreconditionRequired

from api.rest.pages import Listed
from services.errors import changed_meanwhile

_KEEP = "private, max-age=3600"
_ANY = "*"
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_CODED = re.compile(r"[-;]{1,2}(?:br|deflate|gz|gzip|zstd)$")
_REVISION = re.compile(r"0|[1-9][0-9]{0,8}")

IF_MATCH: dict[str, Any] = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": (
        "the ETag of what was read; a list of them, or `*`, as RFC 9110 has it. `W/` before a tag does not"
        " matter, because proxies put it there; a text without quotes names nothing and gets 412"
    ),
    "schema": {"type": "string"},
    "example": '"3"',
}
_IF_NONE_MATCH: dict[str, Any] = {
    "in": "header",
    "name": "If-None-Match",
    "description": "the ETag of what is kept, or a list of them; 304 when it is still the same",
    "schema": {"type": "string"},
}
CACHE_TAG: dict[str, Any] = {
    "ETag": {"description": "send it back in If-None-Match", "schema": {"type": "string"}}
}
ETAG: dict[str, Any] = {
    "ETag": {
        "description": (
            "send it back in If-Match; it names what a change has to know, not all that is shown, so there is"
            " no 304 by it"
        ),
        "schema": {"type": "string"},
    }
}

Given = ParamSpec("Given")


def cacheable(view: Callable[Given, Response]) -> Callable[Given, Response]:
    """Let phones keep what the view returns, and answer 304 when they have it; put it above all else."""

    @wraps(view)
    def conditional(*args: Given.args, **kwargs: Given.kwargs) -> Response:
        response = view(*args, **kwargs)
        response.headers["Cache-Control"] = _KEEP
        response.vary.add("Accept-Language")
        response.add_etag()
        if _keeps(response.headers["ETag"]):
            response.status_code = HTTPStatus.NOT_MODIFIED  # the library leaves the body away
        return response

    noted = deepcopy(getattr(view, "_apidoc", {})) | {"cacheable": True}
    conditional._apidoc = noted  # type: ignore[attr-defined]
    return conditional


def watched(view: Callable[Given, Listed | Response]) -> Callable[Given, Listed | Response]:
    """Answer 304 to who keeps what the view returns; a view may find out itself, sooner, by `known_tags`."""

    @wraps(view)
    def conditional(*args: Given.args, **kwargs: Given.kwargs) -> Listed | Response:
        answer = view(*args, **kwargs)
        if isinstance(answer, Listed) and _keeps(answer.headers.get("ETag", "")):
            return not_modified(answer.headers)
        return answer

    noted = deepcopy(getattr(view, "_apidoc", {})) | {"cacheable": True}
    conditional._apidoc = noted  # type: ignore[attr-defined]
    return conditional


def known_tags() -> frozenset[str]:
    """Return the tags that the caller keeps, weak or strong, without their quotes."""
    return _named_in(request.headers.get("If-None-Match", ""))


def _keeps(present: str) -> bool:
    header = request.headers.get("If-None-Match", "")
    return header.strip() == _ANY or not _named_in(header).isdisjoint(_named_in(present))


def not_modified(headers: Mapping[str, str]) -> Response:
    """Return the answer to who has the latest already, with the tag that it has."""
    return Response(status=HTTPStatus.NOT_MODIFIED, headers=dict(headers))


def weak_tag(text: str) -> dict[str, str]:
    """Return the header that names what a list holds; weak, because it says when it was read, too."""
    return {"ETag": f'W/"{text}"'}


def expected_rev(present: Callable[[], int]) -> int:
    """Return the revision that the change is meant for.

    Args:
        present: reads the revision that there is; asked only where the header leaves it open.

    Raises:
        PreconditionRequired: there is no If-Match.
        ChangedMeanwhile: it names none of our revisions, or several and not the present one.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired("Send the ETag of what you read as If-Match.")
    if header.strip() == _ANY:
        return present()
    named = {int(text) for text in _named_in(header) if _REVISION.fullmatch(text)}
    if len(named) == 1:
        return named.pop()
    if named and (rev := present()) in named:
        return rev
    raise changed_meanwhile()


def _named_in(header: str) -> frozenset[str]:
    """The tags of a list; none of a text that is no such list."""
    if _TAG.sub("", header).strip(" \t,"):
        return frozenset()
    return frozenset(_CODED.sub("", text) for text in _TAG.findall(header))


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
