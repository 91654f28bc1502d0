"""Who there is to be told of an alert of a site: its readers, their absences, its policy."""

from __future__ import annotations

from collections.abc import Iterable

from models.accounts import absences
from models.accounts.account import Account, Membership
from models.alerts.alert import Alert
from models.sites import sites
from models.sites.escalation_policy import USUAL_POLICY, EscalationPolicy
from services.access.actor import Role
from services.alerts.escalation.chain import Team
from services.alerts.readers import readers_of
from services.alerts.terms import terms_of
from services.sites.working_calendar import WorkingCalendar


def team_of(alert: Alert) -> Team:
    """Return who there is to be told of the alert now."""
    site = sites.read(alert.site_id)
    policy = USUAL_POLICY if site is None else site.escalation
    return team_from(alert.site_id, readers_of(alert), policy, terms_of(alert.site_id).calendar)


def team_from(
    site_id: str, readers: Iterable[Account], policy: EscalationPolicy, calendar: WorkingCalendar
) -> Team:
    """Return the team that these readers make by this policy."""
    accounts, contact = list(readers), policy.out_of_hours
    coordinator = Membership(site_id, Role.COORDINATOR.value)
    return Team(
        calendar=calendar,
        readers=tuple(account.id for account in accounts),
        coordinators=frozenset(account.id for account in accounts if coordinator in account.roles),
        absences=absences.read_several(account.id for account in accounts),
        out_of_hours=None if contact is None else contact.account_id,
        second_address=policy.second_address is not None,
    )
