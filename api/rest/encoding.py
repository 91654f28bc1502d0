"""How answers are written: as JSON by orjson, which takes a tenth of the standard library's time.

A client may have sent text that UTF-8 cannot hold, and a problem names the keys that were sent; the standard
library escapes it.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider
from werkzeug.datastructures import Headers

JSON = "application/json"


_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class Answer(Response):
    """An answer whose headers are sent as they are, where the framework would only copy them."""

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """Return what is sent: the framework completes places, and sees to the length of the body."""
        named = dict(self.headers.to_wsgi_list())
        has_body = self.status_code >= HTTPStatus.OK and self.status_code not in _WITHOUT_BODY
        if has_body and "Content-Length" in named and "location" not in "".join(named).lower():
            return self.headers
        return super().get_wsgi_headers(environ)


class ResponseJSON(JSONProvider):
    """The application's JSON; keys keep their order."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        """Return the text of an object."""
        return _written(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Return the object of a text."""
        return json.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return the answer that holds an object; it ends a line, for those who read it in a terminal."""
        content = _written(self._prepare_response_obj(args, kwargs))
        return Answer(content + b"\n", content_type=JSON)


def _written(obj: Any) -> bytes:
    try:
        return orjson.dumps(obj)
    except orjson.JSONEncodeError:
        return json.dumps(obj, separators=(",", ":"), allow_nan=False).encode()
