"""What the present Flask application carries for all its doors: settings, security, look at readiness.

And the present request and its notes themselves: what the framework offers under these names looks for the
present one at each touch, so who touches it more than once takes it from here.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, Request, current_app, g, request
from flask.ctx import _AppCtxGlobals
from flask.sessions import NullSession, SessionInterface

from api.background_look import BackgroundLook
from services import clock, readiness
from services.access import digests
from services.access.security import Security
from services.settings import Settings

SETTINGS = "slope-settings"
SECURITY = "slope-security"
BACKGROUND_LOOK = "slope-background-look"


class NoSession(SessionInterface):
    """Sessions of the framework are not used: there is one, which is empty and cannot be written."""

    def __init__(self) -> None:
        self._only = NullSession()

    def open_session(self, _app: Flask, _request: Request) -> NullSession:
        """Return it; the framework would look for a key and make a new one for each request."""
        return self._only


def install(app: Flask, given: Settings) -> None:
    """Give the application its settings, its security parts and a look at readiness that is to be begun."""
    app.session_interface = NoSession()
    app.extensions[SETTINGS] = given
    digests.use(given.refresh_secret)
    parts = app.extensions[SECURITY] = Security(given)
    app.extensions[BACKGROUND_LOOK] = BackgroundLook(
        lambda anew: readiness.look(parts.signer.broken_keys(), now=clock.now(), anew=anew)
    )


def settings() -> Settings:
    """Return the settings of the present application."""
    return cast("Settings", current_app.extensions[SETTINGS])


def security() -> Security:
    """Return the security parts of the present application."""
    return cast("Security", current_app.extensions[SECURITY])


def background_look() -> BackgroundLook:
    """Return the look at readiness of the present application."""
    return cast("BackgroundLook", current_app.extensions[BACKGROUND_LOOK])


def the_request() -> Request:
    """Return the request that is being answered."""
    return cast("Request", request._get_current_object())  # type: ignore[attr-defined]


def the_notes() -> _AppCtxGlobals:
    """Return the `g` of the request that is being answered."""
    return cast("_AppCtxGlobals", g._get_current_object())
