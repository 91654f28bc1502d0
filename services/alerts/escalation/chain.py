"""The chain of people who are told of an alert: assigned person, deputy, care team, the site. Pure.

| rung | who | of what |
|---|---|---|
| assigned | whom it is assigned to; of what came back, who had it | below urgent |
| deputy | the deputy of that person | below urgent |
| care team | everybody of it who is not absent; out of hours the contact too | everything |
| second address | the site's own | everything |

What is urgent or about safety begins with the care team. Whoever is absent is stood in for by the deputy. A
rung with nobody on it is passed over, so every step reaches somebody. Each step tells those of the rungs
below it again. Nobody is on it who may not read the alert.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from models.accounts.absences import Absence
from models.alerts.alert import Alert, Audience, Because
from services.alerts.terms import at_once
from services.sites.working_calendar import WorkingCalendar

_CAME_BACK = {Because.SNOOZE_ENDED, Because.ACKNOWLEDGEMENT_EXPIRED}


class Rung(IntEnum):
    """A rung of the chain; `Escalation.step` is the highest that has been told."""

    ASSIGNED = 0
    DEPUTY = 1
    CARE_TEAM = 2
    SECOND_ADDRESS = 3


class ToldAs(StrEnum):
    """Why somebody is told.

    RAISED: the alert is urgent or about safety, and everybody of the care team is told at once.
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


@dataclass(frozen=True, slots=True)
class Team:
    """Who there is to be told of an alert.

    Attributes:
        readers: accounts that may read it.
        coordinators: those of them who are coordinators of the site.
        absences: by account.
        out_of_hours: the account that is told of what is urgent out of hours.
        second_address: whether the site has one.
    """

    calendar: WorkingCalendar
    readers: tuple[str, ...]
    coordinators: frozenset[str] = frozenset()
    absences: Mapping[str, Absence] = field(default_factory=dict)
    out_of_hours: str | None = None
    second_address: bool = False

    def is_away(self, account_id: str, now: datetime) -> bool:
        """Return whether a person is absent."""
        absence = self.absences.get(account_id)
        return absence is not None and absence.is_away(now)

    def deputy_of(self, account_id: str, now: datetime) -> str | None:
        """Return who stands in: the deputy, or who stands in for the deputy; None when nobody can."""
        passed = {account_id}
        while True:
            absence = self.absences.get(account_id)
            deputy = absence and absence.deputy_id
            if not deputy or deputy in passed or deputy not in self.readers:
                return None
            if not self.is_away(deputy, now):
                return deputy
            passed.add(deputy)
            account_id = deputy

    def present(self, account_ids: Iterable[str], now: datetime) -> list[str]:
        """Return those who are not absent, and who stands in for the others."""
        wanted = list(account_ids)
        found = [account_id for account_id in wanted if not self.is_away(account_id, now)]
        away = (account_id for account_id in wanted if self.is_away(account_id, now))
        stands_in = (self.deputy_of(account_id, now) for account_id in away)
        return list(dict.fromkeys((*found, *(deputy for deputy in stands_in if deputy is not None))))

    def care_team(self, alert: Alert, now: datetime) -> list[str]:
        """Return the care team without who is absent; everybody where all are, for nobody is worse.

        Coordinators see to what is theirs; where there are none, and of what is urgent, all readers do.
        """
        everybody = list(self.readers)
        if alert.audience is Audience.COORDINATION and not at_once(alert.level, alert.topic):
            own = self.present(
                (account_id for account_id in everybody if account_id in self.coordinators), now
            )
            if own:
                return own
        return self.present(everybody, now) or everybody


def chain(alert: Alert, team: Team, now: datetime) -> dict[Rung, tuple[Recipient, ...]]:
    """Return who is on each rung at this moment, from the lowest up; only rungs with somebody on them."""
    rungs = {rung: tuple(found) for rung, found in _rungs(alert, team, now)}
    return {rung: found for rung, found in rungs.items() if found}


def reached(alert: Alert, rungs: Mapping[Rung, object]) -> Rung:
    """Return the rung up to which the alert has been told, of those that there are."""
    step = alert.escalation.step
    return min((rung for rung in rungs if rung >= step), default=max(rungs, default=Rung.ASSIGNED))


def told(alert: Alert, team: Team, now: datetime) -> tuple[Recipient, ...]:
    """Return who is told of the alert at its present step, everybody once."""
    rungs = chain(alert, team, now)
    last = reached(alert, rungs)
    found: dict[str | None, Recipient] = {}
    for rung, recipients in rungs.items():
        for recipient in recipients if rung <= last else ():
            found.setdefault(recipient.account_id, recipient)
    return tuple(found.values())


def _rungs(alert: Alert, team: Team, now: datetime) -> Iterator[tuple[Rung, Iterable[Recipient]]]:
    pressing = at_once(alert.level, alert.topic)
    holder = None if pressing else _holder(alert)
    if holder is not None and holder in team.readers:
        deputy = team.deputy_of(holder, now)
        stands_in = () if deputy is None else (Recipient(deputy, because=ToldAs.DEPUTY),)
        if team.is_away(holder, now):
            yield Rung.ASSIGNED, stands_in
        else:
            yield Rung.ASSIGNED, (Recipient(holder, because=ToldAs.ASSIGNED),)
            yield Rung.DEPUTY, stands_in
    because = ToldAs.RAISED if pressing else ToldAs.CARE_TEAM
    people = [Recipient(account_id, because=because) for account_id in team.care_team(alert, now)]
    yield Rung.CARE_TEAM, [*(_contact(team, now) if pressing else ()), *people]
    if team.second_address:
        yield Rung.SECOND_ADDRESS, (Recipient(None, site_address=True, because=ToldAs.SECOND_ADDRESS),)


def _holder(alert: Alert) -> str | None:
    """Who has the alert: whom it is assigned to; of what came back, who had it."""
    came_back = alert.raised_because in _CAME_BACK
    return alert.assigned_to or (alert.seen_by if came_back else None)


def _contact(team: Team, now: datetime) -> list[Recipient]:
    """The out-of-hours contact, or who stands in; the contact all the same when nobody does."""
    contact = team.out_of_hours
    if contact is None or contact not in team.readers or not team.calendar.is_out_of_hours(now):
        return []
    found = team.present([contact], now) or [contact]
    return [Recipient(account_id, because=ToldAs.OUT_OF_HOURS) for account_id in found]
