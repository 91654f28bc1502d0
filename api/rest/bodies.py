"""Bodies of requests: read whole or refused, with and without a Content-Length.

The framework stops reading a chunked body at the limit and hands on what it has; here the rest is looked for.
A content encoding is refused, because what is bounded has to be what is read.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Request, abort
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import RequestEntityTooLarge

ENCODINGS = ("identity",)


def whole_body(request: Request) -> bytes:
    """Return the body.

    Raises:
        BadRequest: its chunks cannot be read, or it ends too early (400).
        RequestEntityTooLarge: it is longer than the application takes (413).
        UnsupportedMediaType: it is encoded in a way that is not taken (415).
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ENCODINGS:
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send the body as it is, without a Content-Encoding.")
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
