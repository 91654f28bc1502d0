"""The application for a server, built from the environment: `gunicorn wsgi:app`, `flask --app wsgi ...`."""

from __future__ import annotations

import os

from api import create_app, unconfigured
from services.settings import InvalidSettings, Settings

try:
    app = create_app(Settings.from_environment(os.environ))
except InvalidSettings as error:
    app = unconfigured.application(error)
