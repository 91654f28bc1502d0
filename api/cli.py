"""The commands of `flask --app wsgi`: each door brings its own, here they are listed."""

from __future__ import annotations

from flask import Flask

from api.commands import accounts, correlation, database, keys, replay, sites
from api.demo.commands import group as demo
from api.mailbox.commands import show as mailbox
from api.rest.openapi_commands import group as openapi
from api.worker.commands import run as worker

COMMANDS = (
    accounts.group,
    sites.group,
    database.group,
    keys.group,
    openapi,
    demo,
    worker,
    mailbox,
    replay.run,
    correlation.run,
)


def install(app: Flask) -> None:
    """Add the commands; the library's own `openapi` group sorts and exits 0 on failure, and is replaced."""
    for command in COMMANDS:
        app.cli.add_command(command)
