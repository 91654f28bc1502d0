"""`flask mailbox`: the mails that would have gone out, on a terminal."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from models.outbox import mailbox


@click.command("mailbox")
@click.option("--count", default=20, show_default=True, help="How many, the latest.")
@with_appcontext
def show(count: int) -> None:
    """Print the mails that would have gone out: no mail server is set up here."""
    mails = mailbox.latest(count)
    if not mails:
        click.echo("No mail would have gone out yet.")
    for mail in reversed(mails):
        click.echo(f"{mail.at:%Y-%m-%d %H:%M:%S} UTC  to {mail.to}\nSubject: {mail.subject}\n\n{mail.text}\n")
