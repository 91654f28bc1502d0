"""Bodies of requests: read whole or refused, with and without a Content-Length.

The framework stops reading a chunked body at the limit and hands on what it has; here the rest is looked for.
A content encoding is refused, because what is bounded has to be what is read.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Request, abort
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

ENCODINGS = ("identity",)


class EncodingNotTaken(UnsupportedMediaType):
    """The body is encoded; the answer names what is taken instead (RFC 9110, 12.5.3)."""

    description = "Send the body as it is, without a Content-Encoding."

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [*super().get_headers(*args, **kwargs), ("Accept-Encoding", ", ".join(ENCODINGS))]


def whole_body(request: Request) -> bytes:
    """Return the body.

    Raises:
        BadRequest: its chunks cannot be read, or it ends too early (400).
        RequestEntityTooLarge: it is longer than the application takes (413).
        EncodingNotTaken: it is encoded (415).
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ENCODINGS:
        raise EncodingNotTaken
    try:
        content = request.get_data(cache=True)
    except (ParseException, NoMoreData):
        abort(HTTPStatus.BAD_REQUEST, "The body cannot be read.")
    limit = request.max_content_length
    if limit is not None and request.content_length is None and len(content) >= limit and _more(request):
        raise RequestEntityTooLarge
    return content


def _more(request: Request) -> bool:
    # Below the framework's stream, which ends at the limit.
    return bool(request.environ["wsgi.input"].read(1))
