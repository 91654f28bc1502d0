"""Who is told of an alert's notice: always people who may read the alert.

Whether a person has a channel, and wants to be told at once, is decided later, message by message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.accounts.account import Account, Membership
from models.alerts.alert import Alert, Audience
from scoring.decline import Level
from services.access.actor import Role
from services.alerts.readers import readers_of


class ToldAs(StrEnum):
    """Why somebody is told.

    RAISED: the alert is urgent, and everybody of the care team is told at once.
    """

    ASSIGNED = "assigned"
    DEPUTY = "deputy"
    CARE_TEAM = "care_team"
    SECOND_ADDRESS = "second_address"
    OUT_OF_HOURS = "out_of_hours"
    RAISED = "raised"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told.

    Attributes:
        account_id: whose account; None for the site's second address.
        site_address: it is the site's second address.
        because: why they are told.
    """

    account_id: str | None
    site_address: bool = False
    because: ToldAs = ToldAs.CARE_TEAM


def recipients(alert: Alert, *, now: datetime) -> tuple[Recipient, ...]:  # noqa: ARG001 (absences are to come)
    """Return who is told of the alert's current notice, at its current step of escalation.

    Everybody is named once. Closed accounts and people who may not read the alert are never among them.

    Args:
        alert: as it is stored.
        now: decides who is absent, and whether it is out of hours.
    """
    present = readers_of(alert)
    assigned = [one for one in present if one.id == alert.assigned_to]
    if assigned and alert.level is not Level.URGENT:
        return tuple(Recipient(one.id, because=ToldAs.ASSIGNED) for one in assigned)
    because = ToldAs.RAISED if alert.level is Level.URGENT else ToldAs.CARE_TEAM
    return tuple(Recipient(one.id, because=because) for one in _care_team(alert, present))


def _care_team(alert: Alert, present: list[Account]) -> list[Account]:
    """The coordinators see to what is theirs; where there are none, the clinicians do."""
    if alert.audience is Audience.CLINICAL or alert.level is Level.URGENT:
        return present
    coordinators = [one for one in present if Membership(alert.site_id, Role.COORDINATOR.value) in one.roles]
    return coordinators or present
