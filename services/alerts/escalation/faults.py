"""What is wrong with a site's escalation: looked at when its policy is saved, and again while it is in force.

People leave and fall ill, and calendars change from year to year, so what was right when it was saved may
not be so any more. The operator and the site's administrators see what is wrong; alerts go on being told as
far as they can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.alerts.alert import Audience
from models.sites import sites
from models.sites.sites import Site
from models.store import heartbeats, unreadable
from models.store.connection import gave_no_answer
from services.alerts.escalation.chain import Team
from services.alerts.escalation.team import team_from
from services.alerts.readers import readers_at
from services.readiness import ESCALATION
from services.sites import hours
from services.sites.working_calendar import calendar_of

LOOKED_AHEAD = 28
"""Days for which the calendar is looked at while it is in force (our choice)."""


class Fault(StrEnum):
    """What is wrong."""

    NO_CONTACT = "no_out_of_hours_contact"
    CONTACT_CANNOT_READ = "contact_cannot_read"
    CONTACT_AWAY = "contact_away"
    NO_SECOND_ADDRESS = "no_second_address"
    NOBODY_THERE = "nobody_there"
    CLOSED_TOO_LONG = "closed_too_long"


_SENTENCES = {
    Fault.NO_CONTACT: "Nobody is named who is told of urgent alerts out of hours and can be rung up.",
    Fault.CONTACT_CANNOT_READ: "The out-of-hours contact may not read every alert of the site (any more).",
    Fault.CONTACT_AWAY: "The out-of-hours contact is absent, and no deputy who may read alerts is there.",
    Fault.NO_SECOND_ADDRESS: "The site has no second address: its chain ends with the care team.",
    Fault.NOBODY_THERE: "Everybody of the care team is absent or takes no e-mail, or there is nobody.",
    Fault.CLOSED_TOO_LONG: "The calendar is closed for too long within the next weeks:",
}


@dataclass(frozen=True, slots=True)
class FaultFound:
    """Something that is wrong, and a sentence about it."""

    code: Fault
    detail: str


def escalation_faults(site: Site, *, now: datetime) -> list[FaultFound]:
    """Return what is wrong with the escalation of a site at this moment, with its policy and its calendar."""
    readers = readers_at(site.id, Audience.CLINICAL)
    team = team_from(site.id, readers, site.escalation, calendar_of(site))
    mailed = {account.id for account in readers if account.told_at and not account.is_switched_off}
    found = [FaultFound(code, _SENTENCES[code]) for code in _of_team(team, mailed, now)]
    closed = hours.long_closures(site, LOOKED_AHEAD, now=now)
    if closed:
        stretches = ", ".join(f"{first} to {last}" for first, last in closed)
        fault = Fault.CLOSED_TOO_LONG
        found.append(FaultFound(fault, f"{_SENTENCES[fault]} {stretches}."))
    return found


def watch(now: datetime) -> int:
    """Leave a sign of which sites have something wrong; return how many they are."""
    wrong = [site_id for site_id in sites.ids() if _is_wrong(site_id, now)]
    heartbeats.beat(ESCALATION, wrong, now=now)
    return len(wrong)


def _is_wrong(site_id: str, now: datetime) -> bool:
    """Whether something is wrong with a site, or nobody can tell: one's fault hides no other's."""
    try:
        site = sites.read(site_id)
        return site is not None and bool(escalation_faults(site, now=now))
    except Exception as error:
        if gave_no_answer(error):
            raise
        unreadable.note("sites", site_id, error)
        return True


def _of_team(team: Team, mailed: Set[str], now: datetime) -> Iterator[Fault]:
    contact = team.out_of_hours
    if contact is None:
        yield Fault.NO_CONTACT
    elif contact not in team.readers:
        yield Fault.CONTACT_CANNOT_READ
    elif not team.present([contact], now):
        yield Fault.CONTACT_AWAY
    if not team.second_address:
        yield Fault.NO_SECOND_ADDRESS
    if mailed.isdisjoint(team.present(team.readers, now)):
        yield Fault.NOBODY_THERE
