"""`flask site ...`: the clinics."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from services import clock
from services.accounts import operator
from services.errors import AppError

group = AppGroup("site", help="Clinics.")


@group.command("create")
@click.option("--name", required=True, help="As patients know the clinic.")
@click.option("--zone", required=True, help="Its IANA time zone, such as Europe/Lisbon.")
def create(name: str, zone: str) -> None:
    """Make a site and print its id."""
    try:
        site = operator.create_site(name, zone, now=clock.now())
    except AppError as error:
        raise click.ClickException(
            "; ".join([error.detail, *(one.detail for one in error.errors)])
        ) from error
    click.echo(site.id)
