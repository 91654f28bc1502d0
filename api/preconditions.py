"""If-Match and ETag on what people edit: the tag is the document's revision.

The view hands the revision to the service, which repeats it in the update's query; the header alone
would be a race.
"""

from __future__ import annotations

import re
from typing import Any

from flask import request

from api.errors import PreconditionFailed, PreconditionRequired

_TAG = re.compile(r'"(\d{1,9})"')

IF_MATCH: dict[str, Any] = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "the ETag of what was read",
    "schema": {"type": "string"},
    "example": '"3"',
}
ETAG: dict[str, Any] = {"ETag": {"description": "send it back in If-Match", "schema": {"type": "string"}}}


def expected_rev() -> int:
    """Return the revision that the caller read.

    Raises:
        PreconditionRequired: there is no If-Match.
        PreconditionFailed: it is none of our tags, so it cannot be the present one.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired("precondition_required", "Send the ETag of what you read as If-Match.")
    match = _TAG.fullmatch(header.strip())
    if match is None:
        raise PreconditionFailed("changed_meanwhile", "It was changed since you read it. Read it again.")
    return int(match.group(1))


def tag(rev: int) -> dict[str, str]:
    """Return the header that names this revision."""
    return {"ETag": f'"{rev}"'}
