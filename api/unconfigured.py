"""The application of the command line where the settings are not complete: it serves nothing.

`flask keys new` makes what a setting needs and `flask openapi export` needs none, so both work in a fresh
checkout. Every other command says what is missing and fails, and so does a server that is started.
"""

from __future__ import annotations

import os
import secrets

import click
from flask import Flask

from api import create_app
from services.access.tokens import new_key_set
from services.errors import Unavailable
from services.settings import InvalidSettings, Settings

_NEED_NO_SETTINGS = frozenset({"keys", "openapi"})


def application(error: InvalidSettings) -> Flask:
    """Return the application for commands that need no settings.

    Raises:
        InvalidSettings: with every problem, when it is not the command line that asks.
    """
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        raise error  # servers take an exception, and no exit, as a reason not to try again
    app = create_app(_made_up())
    app.before_request(_refuse)
    for name in set(app.cli.commands) - _NEED_NO_SETTINGS:
        app.cli.add_command(_failing(name, error))
    return app


def _made_up() -> Settings:
    # Nothing listens there, and nothing that is signed with these secrets outlives the process.
    return Settings(
        database_uri="mongodb://127.0.0.1:1",
        signing_keys=new_key_set(),
        refresh_secret=secrets.token_urlsafe(48),
    )


def _refuse() -> None:
    raise Unavailable("not_configured", "The service is not configured.")


def _failing(name: str, error: InvalidSettings) -> click.Command:
    def fail() -> None:
        raise click.ClickException(str(error))

    return click.Command(
        name,
        callback=fail,
        help="Needs settings that are missing.",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
