"""`flask database ...`: what is done to the database before a release is started."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from models import indexes

group = AppGroup("database", help="Prepare the database.")


@group.command("indexes")
def create_indexes() -> None:
    """Create the indexes that are missing; servers are not ready before."""
    missing = indexes.missing()
    indexes.create_all()
    click.echo(f"created {', '.join(missing)}" if missing else "every index is there")
