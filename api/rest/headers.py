"""Headers of every answer: nothing is cached, framed, sniffed or fetched elsewhere unless a view says so."""

from __future__ import annotations

from flask import Flask, Response, request

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_ONLY_HTTPS = "max-age=31536000; includeSubDomains"


def install(app: Flask) -> None:
    """Set the headers that a view has not set itself."""
    app.after_request(_complete)


def _complete(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if response.headers["Cache-Control"] != _HEADERS["Cache-Control"]:
        response.vary.add("Authorization")  # what is cached for one reader is not for another
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", _ONLY_HTTPS)
    return response
