"""One line in the log for each request: the route and never the path, which holds identifiers of patients.

Who signs in or changes what lets people in is named with account, session and a keyed pseudonym of the
address; who was not let in, by the pseudonym alone.
"""

from __future__ import annotations

import re
import time
from functools import cache

import structlog
from flask import Flask, Request, Response, g
from flask.ctx import _AppCtxGlobals

from api.application import the_notes, the_request
from models.store.base import new_id
from services import logs
from services.access import digests
from services.access.addresses import network_of
from services.accounts.issue import SignedIn

_NOT_LET_IN = frozenset({401, 403, 429})
_PSEUDONYM = 16
_QUIET = frozenset({"/livez", "/readyz"})
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_OF_ACCESS = re.compile(
    r"/v1/(auth|me)/|/pages/(sign-in|sign-out|second-factor|passkey|mine)"
    r"|/(members|devices|invitations|codes|grants)\b"
)


def install(app: Flask) -> None:
    """Log every request that the application answers."""
    logs.configure()
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    notes = the_notes()
    notes.begun = time.perf_counter()
    notes.request_id = request_id = new_id()
    structlog.contextvars.bind_contextvars(request_id=request_id)  # nothing else is bound, so it replaces all


def let_in(signed: SignedIn) -> SignedIn:
    """Note for the line of this request whom its tokens were given to; return the same."""
    g.let_in = {"account_id": signed.account.id, "session_id": signed.session_id}
    return signed


def _who(request: Request, notes: _AppCtxGlobals, response: Response, route: str) -> dict[str, str]:
    """The account and the session; where it is about who is let in, a keyed pseudonym of the address too."""
    who: dict[str, str] = {**notes.get("let_in", {})}
    if "actor" in notes:
        actor = notes.actor
        who = {"account_id": actor.account_id, "session_id": actor.session_id}
    refused = not who and response.status_code in _NOT_LET_IN
    if refused or (request.method not in _READS and _is_of_access(route)):
        who["caller"] = digests.of(f"caller {network_of(request.remote_addr or '')}")[:_PSEUDONYM]
    return who


@cache
def _is_of_access(route: str) -> bool:
    """Whether a route is about who is let in: sign-ins, factors, devices, codes, roles, grants."""
    return _OF_ACCESS.search(route) is not None


def _end(response: Response) -> Response:
    request, notes = the_request(), the_notes()
    route = request.url_rule.rule if request.url_rule else "unmatched"
    response.headers["X-Request-Id"] = notes.request_id
    if route not in _QUIET or response.status_code >= 400:
        spent = round((time.perf_counter() - notes.begun) * 1000, 1)
        logs.request(
            request_id=notes.request_id,
            method=request.method,
            route=route,
            status=response.status_code,
            milliseconds=spent,
            **_who(request, notes, response, route),
        )
    return response
