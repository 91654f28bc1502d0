"""Bodies of requests: read whole or refused, with and without a Content-Length.

The framework stops reading a chunked body at the limit and hands on what it has; here the rest is looked for.
A content encoding is refused, because what is bounded has to be what is read.

The usual report, what most phones send, is read without the schema in a tenth of the time (`plain_report`).
That knows no error: of a body in another form it gives None, and the schema reads it, or says what is wrong.
Both accept the same and give the same, which tests compare.
"""

from __future__ import annotations

import re
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Request, abort, request
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from scoring.instruments.terms import VERSION, Respondent
from services import clock

ENCODINGS = ("identity",)
NEEDED = frozenset({"id", "instrument", "instrument_version", "observed_at", "answers"})
USUAL = NEEDED | {"sent_at", "respondent"}
MOST_ANSWERS = 100
MOST_ANONYMOUS = 16 * 1024
"""Bytes that somebody may send who is not signed in; the proxy of the composition knows the same limit."""
_ID = re.compile(r"(?![0-]*$|[f-]*$)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY = re.compile(r"[a-z0-9_]{1,64}")
_MOMENT = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_RESPONDENTS = {respondent.value: respondent for respondent in Respondent}
_TEXTS = (("id", _ID), ("instrument", _KEY), ("instrument_version", VERSION))


class EncodingNotTaken(UnsupportedMediaType):
    """The body is encoded; the answer names what is taken instead (RFC 9110, 12.5.3)."""

    description = "Send the body as it is, without a Content-Encoding."

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [*super().get_headers(*args, **kwargs), ("Accept-Encoding", ", ".join(ENCODINGS))]


def keep_small() -> None:
    """Take no longer body of the present request than somebody needs who is not signed in.

    What says that it is longer is refused before anything is read or counted.

    Raises:
        RequestEntityTooLarge: it says so (413).
    """
    request.max_content_length = MOST_ANONYMOUS
    if (request.content_length or 0) > MOST_ANONYMOUS:
        raise RequestEntityTooLarge


def whole_body(request: Request) -> bytes:
    """Return the body.

    Raises:
        BadRequest: its chunks cannot be read, or it ends too early (400).
        RequestEntityTooLarge: it is longer than the application takes (413).
        EncodingNotTaken: it is encoded (415).
    """
    if request.environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ENCODINGS:
        raise EncodingNotTaken
    try:
        content = request.get_data(cache=True)
    except (ParseException, NoMoreData):
        abort(HTTPStatus.BAD_REQUEST, "The body cannot be read.")
    limit = request.max_content_length
    if limit is not None and len(content) >= limit and request.content_length is None and _more(request):
        raise RequestEntityTooLarge
    return content


def _more(request: Request) -> bool:
    # Below the framework's stream, which ends at the limit.
    return bool(request.environ["wsgi.input"].read(1))


def plain_report(body: Any) -> dict[str, Any] | None:
    """Return the content of a report in the usual form, None of anything else."""
    if type(body) is not dict or not NEEDED <= body.keys() <= USUAL:
        return None
    for name, form in _TEXTS:
        if type(body[name]) is not str or form.fullmatch(body[name]) is None:
            return None
    answers = body["answers"]
    if type(answers) is not dict or len(answers) > MOST_ANSWERS:
        return None
    content = {**body, "answers": dict(answers)}
    for name, read in _READ:
        if name in body:
            value = read(body[name])
            if value is None:
                return None
            content[name] = value
    return content


def _moment(text: Any) -> datetime | None:
    if type(text) is not str or _MOMENT.fullmatch(text) is None:
        return None
    try:
        return clock.as_stored(datetime.fromisoformat(text))
    except ValueError:
        return None


def _respondent(word: Any) -> Respondent | None:
    return _RESPONDENTS.get(word) if type(word) is str else None


_READ = (("observed_at", _moment), ("sent_at", _moment), ("respondent", _respondent))
