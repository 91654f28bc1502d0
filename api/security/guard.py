"""The decorator of the views: who calls, may they, and how far they reach.

`signed_in` verifies the bearer token, looks whether its session was ended, asks the permission table
and leaves `g.actor` and `g.scope` for the view. It reads nothing from the database but the short list
of ended sessions every few seconds. `install` builds the parts once per application.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, request

from api import clock
from api.errors import NotSignedIn
from api.security.actor import Actor
from api.security.codes import CodeDigests
from api.security.passwords import Passwords
from api.security.permissions import Operation, scope_for
from api.security.refresh import RefreshTokens
from api.security.revocations import Revocations
from api.security.tokens import LEEWAY_SECONDS, InvalidToken, Signer
from api.settings import Environment, Settings
from models import sessions

EXTENSION = "slope-security"
REMEMBERED_TOKENS = 4096

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class Security:
    """Everything that holds a secret or remembers a verified token; one per application."""

    def __init__(self, settings: Settings) -> None:
        self.signer = Signer(settings)
        self.refresh_tokens = RefreshTokens(settings.refresh_secret)
        self.codes = CodeDigests(settings.refresh_secret)
        self.passwords = Passwords(cheap=settings.env is Environment.TEST)
        self.revocations = Revocations(sessions.ended_since, self.signer.lifetime)
        self.session_lifetime = timedelta(days=settings.refresh_days)
        self._verified = _Verified(REMEMBERED_TOKENS)

    def authenticate(self, authorization: str, now: datetime) -> Actor:
        """Return who sent the header.

        Raises:
            NotSignedIn: no usable token, or its session was ended.
            Unavailable: whether the session was ended cannot be known.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("not_signed_in", "Sign in and send the access token.")
        actor = self._actor(token, now)
        if self.revocations.contains(actor.session_id, now):
            raise NotSignedIn("session_ended", "This session was ended. Sign in again.")
        return actor

    def _actor(self, token: str, now: datetime) -> Actor:
        digest = hashlib.sha256(token.encode()).digest()
        actor = self._verified.get(digest, now)
        if actor is not None:
            return actor
        try:
            actor, expires_at = self.signer.verify(token, now)
        except InvalidToken as error:
            code = "token_expired" if error.expired else "token_invalid"
            raise NotSignedIn(code, "Refresh the access token, or sign in again.") from error
        self._verified.put(digest, actor, expires_at + timedelta(seconds=LEEWAY_SECONDS))
        return actor


class _Verified:
    """The tokens verified before, the most lately used ones, by digest."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[bytes, tuple[Actor, datetime]] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: bytes, now: datetime) -> Actor | None:
        """Return the actor of a token that has not ended."""
        with self._lock:
            entry = self._entries.get(digest)
            if entry is None or now >= entry[1]:
                return None
            self._entries.move_to_end(digest)
            return entry[0]

    def put(self, digest: bytes, actor: Actor, until: datetime) -> None:
        """Remember a token until it ends or newer ones push it out."""
        with self._lock:
            self._entries[digest] = (actor, until)
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)


def install(app: Flask, settings: Settings) -> None:
    """Give the application its security parts."""
    app.extensions[EXTENSION] = Security(settings)


def security() -> Security:
    """Return the security parts of the present application."""
    return cast("Security", current_app.extensions[EXTENSION])


def signed_in(operation: Operation) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    """Let only those call the view who may do the operation; put it above `@blp.arguments`.

    The view finds the caller in `g.actor` and the caller's reach for this operation in `g.scope`.
    """

    def decorate(view: Callable[Given, Answer]) -> Callable[Given, Answer]:
        @wraps(view)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
            g.actor = security().authenticate(request.headers.get("Authorization", ""), clock.now())
            g.scope = scope_for(g.actor, operation)
            return view(*args, **kwargs)

        guarded._apidoc = _documented(view, operation)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _documented(view: Callable[..., Any], operation: Operation) -> dict[str, Any]:
    doc: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
    responses = doc.setdefault("response", {}).setdefault("responses", {})
    for status, name in ((401, "UNAUTHORIZED"), (403, "FORBIDDEN"), (503, "SERVICE_UNAVAILABLE")):
        responses.setdefault(status, []).append(name)
    doc.setdefault("manual_doc", {})["x-permission"] = operation.value
    return doc
