"""The web layer. `create_app` is the whole application on one screen; each line names where to look next.

Nothing is opened here: the database client opens with the first use in each process, after the fork.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from api import cli, errors, headers, logs
from api.documentation import OPENAPI_SETTINGS, Api
from api.encoding import AnswerJSON
from api.pages import reference
from api.resources import (
    alerts,
    auth,
    instruments,
    invitations,
    me,
    operation,
    patients,
    quarantine,
    replays,
    report_batches,
    reports,
    site_instruments,
    site_policy,
)
from api.security import guard
from api.settings import Settings
from models import connection

RESOURCES = (
    auth.blp,
    auth.keys_blp,
    me.blp,
    instruments.blp,
    reports.blp,
    report_batches.blp,
    quarantine.blp,
    patients.blp,
    alerts.blp,
    invitations.blp,
    site_policy.blp,
    replays.blp,
    site_instruments.blp,
    operation.blp,
)


def create_app(settings: Settings) -> Flask:
    """Build the application for these settings."""
    app = Flask("slope", root_path=__path__[0], static_folder=None, template_folder="pages/templates")
    app.config.from_mapping(OPENAPI_SETTINGS, MAX_CONTENT_LENGTH=settings.max_body_kib * 1024)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]
    app.json = AnswerJSON(app)
    app.extensions["slope-settings"] = settings
    connection.register(settings.database_uri, settings.database_name, pool_size=settings.threads + 2)
    guard.install(app, settings)
    logs.install(app)
    headers.install(app)
    errors.install(app)
    api = Api(app)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    app.register_blueprint(reference.blp)
    cli.install(app)
    return app
