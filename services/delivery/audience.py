"""Who is told of an alert's notice: always people who may read the alert.

Whether a person has a channel, and wants to be told at once, is decided later, message by message.
"""

from __future__ import annotations

from datetime import datetime

from models.alerts.alert import Alert
from models.sites import sites
from services.alerts.escalation import chain
from services.alerts.escalation.chain import Recipient, ToldAs
from services.alerts.escalation.team import team_of

__all__ = ["SITE", "Recipient", "ToldAs", "assignees", "last_resort", "recipients"]

SITE = Recipient(None, site_address=True, because=ToldAs.SECOND_ADDRESS)
"""The second address of a site."""


def recipients(alert: Alert, *, now: datetime) -> tuple[Recipient, ...]:
    """Return who is told of the alert's current notice, at its current step of escalation.

    Everybody is named once. Closed accounts and people who may not read the alert are never among them.

    Args:
        alert: as it is stored.
        now: decides who is absent, and whether it is out of hours.
    """
    return chain.told(alert, team_of(alert), now)


def assignees(alert: Alert, *, now: datetime) -> tuple[Recipient, ...]:
    """Return who is told that the alert was assigned: the person, or who stands in while they are absent."""
    team, assigned = team_of(alert), alert.assigned_to
    if assigned is None or assigned not in team.readers:
        return ()
    present = team.present([assigned], now)
    return tuple(
        Recipient(account_id, because=ToldAs.ASSIGNED if account_id == assigned else ToldAs.DEPUTY)
        for account_id in present
    )


def last_resort(alert: Alert) -> tuple[Recipient, ...]:
    """Return who is told where nobody else can be: the second address of the alert's site, if it has one."""
    site = sites.read(alert.site_id)
    return () if site is None or site.escalation.second_address is None else (SITE,)
