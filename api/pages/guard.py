"""Who looks at a page: the session in the cookies, the permission table, and only forms from our own pages.

`signed_in` stands above a view and leaves `g.actor` and `g.scope`, as the JSON door's does; the rules are in
`services.access`. A short-lived access token is renewed on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Response, abort, g, request

from api.application import security
from api.pages import cookies
from models.store import unreadable
from services import clock
from services.access.actor import Actor
from services.access.permissions import Operation, check_session, scope_for
from services.accounts import page_sessions
from services.accounts.issue import SignedIn
from services.errors import NotSignedIn

Given = ParamSpec("Given")
Shown = TypeVar("Shown")
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def signed_in(
    operation: Operation, *, passive: bool = False
) -> Callable[[Callable[Given, Shown]], Callable[Given, Shown]]:
    """Let only those see the view who may do the operation.

    Args:
        operation: of the permission table.
        passive: the page asks by itself, and nobody has done anything: the session lasts no longer for it.
    """

    def decorate(view: Callable[Given, Shown]) -> Callable[Given, Shown]:
        @wraps(view)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Shown:
            now = clock.now()
            g.actor = caller(now, active=not passive).answered_in(g.get("request_id", ""))
            check_session(g.actor, operation, now)
            g.scope = scope_for(g.actor, operation)
            with unreadable.met():  # what is left out of the page is said on it
                return view(*args, **kwargs)

        return guarded

    return decorate


def caller(now: datetime, *, active: bool) -> Actor:
    """Return who holds the session in the cookies.

    Raises:
        NotSignedIn: nobody, or not any more.
    """
    try:
        return security().authenticate(f"Bearer {cookies.read(cookies.ACCESS)}", now)
    except NotSignedIn:
        renewed = page_sessions.go_on(security(), cookies.read(cookies.RENEWAL), now=now, active=active)
    g.renewed = renewed
    return security().authenticate(f"Bearer {renewed.access_token}", now)


def keep(signed: SignedIn, response: Response) -> None:
    """Have the browser hold this session."""
    cookies.put(response, cookies.ACCESS, signed.access_token)
    cookies.put(response, cookies.RENEWAL, signed.refresh_token)


def keep_renewed(response: Response) -> Response:
    """Send the access token that was made on the way, unless the view has ended or begun a session."""
    renewed = g.pop("renewed", None)
    if renewed is not None:
        keep(renewed, response)
    return response


def same_origin_only() -> None:
    """Refuse what another site has the browser send.

    Browsers say in `Sec-Fetch-Site` who made a request; older ones say at least in `Origin` which page did.
    """
    if request.method not in _UNSAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            abort(403)
    elif request.headers.get("Origin") != request.host_url.rstrip("/"):
        abort(403)
