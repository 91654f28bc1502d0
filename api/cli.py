"""The commands of `flask --app wsgi`: one group per thing, each command a few lines that call a service."""

from __future__ import annotations

from flask import Flask

from api.commands import database, demo, keys, openapi, replay, worker


def install(app: Flask) -> None:
    """Add the commands; the library's own `openapi` group sorts and exits 0 on failure, and is replaced."""
    for command in (database.group, keys.group, openapi.group, demo.group, worker.run, replay.run):
        app.cli.add_command(command)
