"""Headers of every answer: nothing is cached, framed, sniffed or fetched elsewhere unless a view says so."""

from __future__ import annotations

from flask import Flask, Response, request

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_LOWER = [(name.lower(), name, value) for name, value in _HEADERS.items()]
_ONLY_HTTPS = "max-age=31536000; includeSubDomains"


def install(app: Flask) -> None:
    """Set the headers that a view has not set itself."""
    app.after_request(_complete)


def _complete(response: Response) -> Response:
    present = {name.lower() for name, _ in response.headers}
    for key, name, value in _LOWER:
        if key not in present:
            response.headers.add(name, value)
    if "cache-control" in present and response.headers["Cache-Control"] != _HEADERS["Cache-Control"]:
        response.vary.add("Authorization")  # what is cached for one reader is not for another
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", _ONLY_HTTPS)
    return response
