"""`flask worker`: the process for what no request waits for."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from api.application import settings
from api.worker import process


@click.command("worker")
@with_appcontext
def run() -> None:
    """Go round the background steps until told to end (SIGTERM)."""
    process.run(settings())
