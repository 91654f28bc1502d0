"""One line in the log for each request: the route and never the path, which holds identifiers of patients."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request

from models.store.base import new_id
from services import logs
from services.access import digests
from services.access.addresses import network_of

_NOT_LET_IN = frozenset({401, 403, 429})
_PSEUDONYM = 16
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


def _who(response: Response) -> dict[str, str]:
    """The account and the session; of somebody who was not let in, a keyed pseudonym of the address."""
    if "actor" in g:
        return {"account_id": g.actor.account_id, "session_id": g.actor.session_id}
    if response.status_code in _NOT_LET_IN:
        return {"caller": digests.of(f"caller {network_of(request.remote_addr or '')}")[:_PSEUDONYM]}
    return {}


def _end(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "unmatched"
    response.headers["X-Request-Id"] = g.request_id
    if route not in _QUIET or response.status_code >= 400:
        spent = round((time.perf_counter() - g.begun) * 1000, 1)
        logs.request(
            request_id=g.request_id,
            method=request.method,
            route=route,
            status=response.status_code,
            milliseconds=spent,
            **_who(response),
        )
    return response
