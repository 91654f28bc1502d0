"""`flask account ...`: the first administrator, and the ways back for staff.

Every code is for one use and shown once: hand it over in person.
"""

from __future__ import annotations

import click
from flask.cli import AppGroup

from api.application import security, settings
from api.commands.failures import told
from services import clock
from services.access.actor import STAFF, Role
from services.accounts import operator
from services.accounts.invitations import Invited

group = AppGroup("account", help="Accounts of staff.")
_EMAIL = click.option("--email", required=True, help="The account's e-mail address.")
_REASON = click.option("--reason", required=True, help="Kept in the account's history.")


@group.command("create-admin")
@click.option("--site", "site_id", required=True, help="Id of the site.")
@click.option("--name", required=True, help="Of the person.")
@click.option(
    "--role",
    default="admin",
    type=click.Choice(sorted(role.value for role in STAFF)),
    help="Another role than admin.",
)
def create_admin(site_id: str, name: str, role: str) -> None:
    """Print a one-use code for an administrator of a site, or for somebody in another role."""
    with told():
        _print(operator.invite_admin(security(), site_id, name, Role(role), now=clock.now()), "enrol")


@group.command("reset-password")
@_EMAIL
def reset_password(email: str) -> None:
    """Print a one-use code for a new password; the second factor stays."""
    with told():
        _print(operator.reset_password(security(), email, now=clock.now()), "password-reset")


@group.command("remove-second-factor")
@_EMAIL
@_REASON
def remove_second_factor(email: str, reason: str) -> None:
    """Remove the second factor of somebody who lost the phone and the recovery codes."""
    with told():
        operator.remove_second_factor(email, reason, now=clock.now())


@group.command("close")
@_EMAIL
@_REASON
def close(email: str, reason: str) -> None:
    """Close an account, whatever its roles; it is out within five seconds."""
    with told():
        operator.close(email, reason, now=clock.now())


def _print(invited: Invited, path: str) -> None:
    address = settings().public_url.rstrip("/")
    until = f"{invited.invitation.expires_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"{invited.code}  for {invited.invitation.name}, until {until}")
    click.echo(f"to be sent as `code` to {address}/v1/auth/{path}")
