"""`flask worker`: the process for what no request waits for."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from api import worker


@click.command("worker")
@with_appcontext
def run() -> None:
    """Go round the background steps until told to end (SIGTERM)."""
    worker.run(current_app.extensions["slope-settings"].sweep_seconds)
