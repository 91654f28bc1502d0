"""Silence: the worker's rounds over the patients, which open, update and clear the alerts on it.

What a silence asks for is `scoring.decline.silence`, in dates of the patient's own zone; what becomes of the
alert is decided and written by the alert desk, as for any other topic. A patient who never reported has not
begun, which is no silence, and is left to whoever enrols. Reminding patients is not done here.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.alerts import alerts
from models.alerts.alert import CURRENT, Alert, Grounds
from models.ledger import ledger
from models.patients import patient_lists
from models.patients.patient_lists import RosterPatient
from models.sites import sites
from models.sites.sites import Site
from scoring import decline
from scoring.decline import Flag, Kind, Level, Numbers, Silence, Topic
from services.alerts import align
from services.alerts.align import SILENCE, BusyAlerts, Desk
from services.alerts.lifecycle import next_move
from services.alerts.moves import CLOCK, Cause
from services.alerts.news import Verdict
from services.sites import policy_in_force

ALSFRS_R = "alsfrs_r"
PAGE = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a patient: the site, the day of the latest report, the latest alerts by topic."""

    patient: RosterPatient
    site: Site
    last_on: date | None
    latest: Mapping[str, Alert]


def look(now: datetime) -> int:
    """Look at every patient once; return for how many something changed."""
    return sum(_look_at(page, now) for page in patient_lists.pages(PAGE))


def look_again(now: datetime) -> int:
    """Look at those who are on the list as silent, for a report may have come; return for how many one has.

    The round over all patients is too seldom for this: somebody would phone a patient who has just reported.
    """
    silent = alerts.patients_with(SILENCE)
    pages = (patient_lists.of(silent[place : place + PAGE]) for place in range(0, len(silent), PAGE))
    return sum(_look_at(page, now) for page in pages)


def _look_at(page: list[RosterPatient], now: datetime) -> int:
    by_site: dict[str, list[RosterPatient]] = defaultdict(list)
    for patient in page:
        by_site[patient.site_id].append(patient)
    last_on = ledger.last_observed([patient.id for patient in page], ALSFRS_R)
    changed = 0
    for site_id, patients in by_site.items():
        site, latest = sites.read(site_id), alerts.latest(site_id, [patient.id for patient in patients])
        if site is None:
            continue
        known = [_Known(one, site, last_on.get(one.id), latest[one.id]) for one in patients]
        changed += sum(_settled(one, now) for one in known)
    return changed


def _settled(known: _Known, now: datetime) -> bool:
    """Bring the alert on silence in step; return whether anything had to be done."""
    if not known.patient.followed:
        return False  # the evaluation that follows a death or a closing sees to its alerts
    verdict = _verdict(known, now)
    cause = Cause(0, now, align.terms_of(known.patient.site_id), by=CLOCK)
    if next_move(SILENCE, known.latest.get(SILENCE), verdict, cause) is None:
        return False
    desk = Desk(known.patient.id, known.patient.site_id, cause, is_newest=lambda: True)
    try:
        desk.bring_in_step(lambda _: {SILENCE: verdict})
    except BusyAlerts:
        _log.warning("left to the next round", extra={"patient_id": known.patient.id})
        return False
    return True


def _verdict(known: _Known, now: datetime) -> Verdict:
    patient, silent = known.patient, known.latest.get(SILENCE)
    ended = Verdict() if silent is None else align.ended(silent)
    if known.last_on is None:
        return ended
    today = now.astimezone(ZoneInfo(patient.zone)).date()
    policy = policy_in_force.policy_of(patient.overrides, known.site)
    muted = (one.ends_on for one in policy.overrides if Topic.SILENCE in one.mute and one.covers(today))
    muted_until = max(muted, default=None)
    found = decline.silence(
        known.last_on,
        patient.interval_days,
        today,
        urgent_open=_urgent_open(known.latest),
        limits=policy.on(today).silence,
    )
    if found.level is None:
        return ended
    raised = _raised(found, found.level, known.last_on, patient.interval_days)
    return replace(raised, muted_until=muted_until)


def _urgent_open(latest: Mapping[str, Alert]) -> bool:
    others = (alert for topic, alert in latest.items() if topic != SILENCE)
    return any(alert.state in CURRENT and alert.level is Level.URGENT for alert in others)


def _raised(found: Silence, level: Level, last_on: date, interval_days: int) -> Verdict:
    """The silence as a flag; each further due date that passes is new evidence of it."""
    missed = found.due_on + timedelta(days=found.days_overdue // interval_days * interval_days)
    grounds = Grounds(_due(found.due_on), _midnight(found.due_on), _due(missed), _midnight(missed))
    numbers: Numbers = {
        "last_observed_on": last_on.isoformat(),
        "due_on": found.due_on.isoformat(),
        "interval_days": interval_days,
        "days_since_last": found.days_since_last,
        "days_overdue": found.days_overdue,
    }
    flag = Flag(
        rule=found.rule,
        rule_version=found.rule_version,
        level=level,
        kind=Kind.STATE,
        sentence=found.sentence,
        clears_when=found.clears_when,
        numbers=numbers,
        evidence=(),
        raised_by=grounds.began_by,
        raised_at=grounds.began_at,
        topic=Topic.SILENCE,
        restricted=False,
        data_query=False,
        mark=decline.mark_of(found.rule, numbers),
    )
    return Verdict(flag.as_dict(), grounds)


def _due(day: date) -> str:
    return f"due {day.isoformat()}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
