"""Who may read an alert: the people of its site whose role opens it, while their account is open."""

from __future__ import annotations

from models.accounts import accounts
from models.accounts.account import Account
from models.alerts.alert import Alert, Audience
from services.access.actor import Role
from services.access.permissions import PERMISSIONS, Operation, Reach


def roles_for(audience: Audience) -> tuple[Role, ...]:
    """Return the roles that read alerts for this audience."""
    enough = {Reach.SITE, Reach.QUERIES} if audience is Audience.COORDINATION else {Reach.SITE}
    cells = PERMISSIONS[Operation.ALERT_READ]
    return tuple(role for role, reach in cells.items() if reach in enough)


def may_read(account: Account, site_id: str, audience: Audience) -> bool:
    """Return whether the account is open, and has a role at the site that reads such alerts."""
    if account.closed_at is not None:
        return False
    wanted = {role.value for role in roles_for(audience)}
    return any(held.site_id == site_id and held.role in wanted for held in account.roles)


def readers_of(alert: Alert) -> list[Account]:
    """Return the open accounts that may read the alert, by name."""
    return readers_at(alert.site_id, alert.audience)


def readers_at(site_id: str, audience: Audience) -> list[Account]:
    """Return the open accounts that may read alerts of a site for this audience, by name."""
    found = accounts.of_site(site_id, [role.value for role in roles_for(audience)])
    return [account for account in found if may_read(account, site_id, audience)]
