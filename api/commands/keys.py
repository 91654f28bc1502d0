"""`flask keys ...`: the keys that access tokens are signed with."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from services.access.tokens import new_key_set

group = AppGroup("keys", help="Keys of access tokens.")


@group.command("new")
def new() -> None:
    """Print a new key set, for SLOPE_SIGNING_KEYS.

    To rotate, put the new key before the old ones, and take an old one out once its last token has ended.
    """
    click.echo(new_key_set())
