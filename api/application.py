"""What the present Flask application carries for all its doors: the settings and the security parts."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from services.access import digests
from services.access.security import Security
from services.settings import Settings

SETTINGS = "slope-settings"
SECURITY = "slope-security"


def install(app: Flask, given: Settings) -> None:
    """Give the application its settings and its security parts."""
    app.extensions[SETTINGS] = given
    digests.use(given.refresh_secret)
    app.extensions[SECURITY] = Security(given)


def settings() -> Settings:
    """Return the settings of the present application."""
    return cast("Settings", current_app.extensions[SETTINGS])


def security() -> Security:
    """Return the security parts of the present application."""
    return cast("Security", current_app.extensions[SECURITY])
