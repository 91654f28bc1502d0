"""One line in the log for each request: the route and never the path, which holds identifiers of patients."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request

from models.store.base import new_id
from services import logs

_QUIET = frozenset({"/livez", "/readyz"})


def install(app: Flask) -> None:
    """Log every request that the application answers."""
    logs.configure()
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.begun = time.perf_counter()
    g.request_id = new_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "unmatched"
    response.headers["X-Request-Id"] = g.request_id
    if route not in _QUIET or response.status_code >= 400:
        spent = round((time.perf_counter() - g.begun) * 1000, 1)
        logs.log.info(
            "request", method=request.method, route=route, status=response.status_code, milliseconds=spent
        )
    return response
