"""The web layer. `create_app` is the whole application on one screen; each line names where to look next.

Nothing is opened here: the database client opens with the first use in each process, after the fork. The
doors (JSON, the page of the API, the pages of the staff, commands, the worker, the demo) do not know each
other; they are mounted here and in `api.cli`.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from api import application, cli, metrics
from api.mailbox import page as mailbox
from api.pages import door
from api.reference import page
from api.resources import (
    alerts,
    instruments,
    messages,
    notes,
    operation,
    patients,
    quarantine,
    replays,
    report_batches,
    reports,
)
from api.resources.accounts import (
    absences,
    auth,
    invitations,
    me,
    members,
    notifications,
    passkeys,
    patient_devices,
)
from api.resources.sites import alert_figures, escalation, hours, policy, safety_texts, steps, webhooks
from api.resources.sites import instruments as site_instruments
from api.rest import headers, problems, request_log
from api.rest.documentation import OPENAPI_SETTINGS, Api
from api.rest.encoding import ResponseJSON
from models.store import connection
from services import clock
from services.settings import Environment, Settings

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""Hosts that health checks on the machine itself ask for."""

RESOURCES = (
    auth.blp,
    auth.keys_blp,
    me.blp,
    passkeys.blp,
    passkeys.sign_in_blp,
    instruments.blp,
    reports.blp,
    report_batches.blp,
    notes.blp,
    quarantine.blp,
    patients.blp,
    patient_devices.blp,
    alerts.blp,
    alert_figures.blp,
    messages.blp,
    notifications.blp,
    invitations.blp,
    members.blp,
    absences.blp,
    policy.blp,
    safety_texts.blp,
    hours.blp,
    escalation.blp,
    steps.blp,
    replays.blp,
    site_instruments.blp,
    webhooks.blp,
    operation.blp,
)


def create_app(settings: Settings) -> Flask:
    """Build the application for these settings."""
    app = Flask("slope", root_path=__path__[0], static_folder=None, template_folder="reference/templates")
    app.config.from_mapping(OPENAPI_SETTINGS, MAX_CONTENT_LENGTH=settings.max_body_kib * 1024)
    if settings.env is Environment.PRODUCTION:
        app.config["TRUSTED_HOSTS"] = [urlsplit(settings.public_url).hostname, *_LOOPBACK]
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]
    clock.follow(Path(settings.test_clock) if settings.test_clock else None)
    app.json = ResponseJSON(app)
    # No view is a coroutine; the framework would look at each function again in each request.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    connection.register(settings.database_uri, settings.database_name, pool_size=settings.threads + 2)
    application.install(app, settings)
    request_log.install(app)
    headers.install(app)
    problems.install(app)
    api = Api(app)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    app.register_blueprint(page.blp)
    app.register_blueprint(door.blp)
    app.register_blueprint(door.home)
    if settings.env is not Environment.PRODUCTION:
        app.register_blueprint(mailbox.blp)
    metrics.install(app, settings.metrics_bind)
    cli.install(app)
    return app
