"""Silence: the worker's rounds over the patients, which open, update and clear the alerts on it.

What a silence asks for is `scoring.decline.silence`, in dates of the patient's own zone; what becomes of the
alert is decided and written by the alert desk, as for any other topic. It counts from the last report that
says something, and before the first from enrolment. Each patient carries a day before which nothing can be
due: the watch raises it when it looks, and only a void, a correction or a change of the patient lowers it, so
that an ordinary report writes nothing to the patient. Reminding patients is not done here.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from models.alerts import alerts
from models.alerts.alert import CURRENT, Alert, Grounds
from models.ledger import ledger
from models.ledger.entries import Entry
from models.patients import patient_lists
from models.patients.patient_lists import RosterPatient
from models.sites import sites
from models.sites.sites import Site
from models.store import unreadable
from models.store.connection import gave_no_answer
from models.store.remembered import Remembered
from scoring import decline
from scoring.decline import Flag, Kind, Level, Silence, Topic
from services.alerts import align
from services.alerts.align import SILENCE, BusyAlerts, Desk
from services.alerts.lifecycle import next_move
from services.alerts.moves import CLOCK, Cause
from services.alerts.news import Verdict
from services.alerts.terms import terms_of
from services.reports.histories import last_heard_on
from services.sites import policy_in_force
from services.zones import zone_named, zone_or_utc

ALSFRS_R = "alsfrs_r"
PAGE = 200
PAGES_AT_ONCE = 2
"""Our choice: some seconds, because alerts that have to go to the next person wait so long."""
EVERY = timedelta(hours=1)
REMEMBERED = 50_000
"""Silent patients whom a process remembers; about ten megabytes (our choice)."""
MOST_UNKNOWN = 1_000
"""Our choice: of those whom it does not remember, so many are looked at again each time."""
NEVER = date.max.toordinal()

_log = logging.getLogger(__name__)
_read: Remembered[str, int] = Remembered(REMEMBERED)
"""Up to which entry of the ledger a patient was looked at last, who was silent then."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a patient: the site, the day of the latest report, the latest alerts by topic."""

    patient: RosterPatient
    site: Site
    last_on: date | None
    latest: Mapping[str, Alert]

    @property
    def since(self) -> date:
        """The day from which it counts: of the latest report, or of enrolment."""
        return self.last_on or self.patient.enrolled_at.astimezone(zone_or_utc(self.patient.zone)).date()


@dataclass(slots=True)
class _Round:
    """A round over those who may be due: since when, and whom it has not come to yet."""

    begun_at: datetime
    pages: Iterator[list[RosterPatient]]
    ended: bool = False


_round: dict[str, _Round] = {}
"""The one under way, or the last."""


def look(now: datetime) -> int:
    """Look at every patient whose report may be due, all at once; return for how many something changed."""
    return sum(_look_at(page, now) for page in _pages_due(now))


def go_on(now: datetime) -> int:
    """Look at the next of them, `PAGES_AT_ONCE` pages; return for how many something changed.

    A round begins an hour after the one before it began, or when that has ended; one in which the database
    gave no answer begins anew.
    """
    this = _round.pop("", None)
    if this is None or (this.ended and not timedelta(0) <= now - this.begun_at < EVERY):
        this = _Round(now, _pages_due(now))
    changed = 0
    for _ in range(PAGES_AT_ONCE):
        page = next(this.pages, None)
        this.ended = page is None
        changed += 0 if page is None else _look_at(page, now)
    _round[""] = this
    return changed


def _pages_due(now: datetime) -> Iterator[list[RosterPatient]]:
    # Somewhere it is tomorrow already.
    return patient_lists.due((now + timedelta(days=1)).date(), PAGE)


def look_again(now: datetime) -> int:
    """Look at those who are on the list as silent, for a report may have come; return for how many one has.

    The round over all patients is too seldom for this: somebody would phone a patient who has just reported.
    Only who has an entry behind the one that was read last is read again. Both rounds remember what they have
    read, in this process; what neither could finish, and whom it has forgotten, is looked at again.
    """
    silent = alerts.patients_with(SILENCE)
    read = {patient_id: seq for patient_id in silent if (seq := _read.get(patient_id)) is not None}
    unknown = [patient_id for patient_id in silent if patient_id not in read][:MOST_UNKNOWN]
    again = [*sorted(ledger.grown(read)), *unknown]
    pages = (patient_lists.of(again[place : place + PAGE]) for place in range(0, len(again), PAGE))
    return sum(_look_at(page, now) for page in pages)


def _look_at(page: list[RosterPatient], now: datetime) -> int:
    by_site: dict[str, list[RosterPatient]] = defaultdict(list)
    for patient in page:
        by_site[patient.site_id].append(patient)
    entries = ledger.read_many([patient.id for patient in page])
    changed = 0
    for site_id, of_site in by_site.items():
        site, latest = sites.read(site_id), alerts.latest(site_id, [patient.id for patient in of_site])
        if site is None:
            for patient in of_site:
                unreadable.note("patients", patient.id, "site_id")
            continue
        changed += sum(
            _looked_at(_Known(patient, site, None, latest[patient.id]), entries[patient.id], now)
            for patient in of_site
        )
    return changed


def _looked_at(known: _Known, entries: Sequence[Entry], now: datetime) -> bool:
    """Look at one patient, whose fault must not silence the watch over the others."""
    _read.drop(known.patient.id)
    try:
        known = replace(known, last_on=last_heard_on(entries, ALSFRS_R))
        if zone_named(known.patient.zone) is None:
            unreadable.note("patients", known.patient.id, "zone")
        changed = _settled(known, now)
        _raise_due_date(known, now)
        silent = known.latest.get(SILENCE)
        if silent is not None and silent.state in CURRENT:
            _read.put(known.patient.id, entries[-1].seq if entries else 0)
    except BusyAlerts:
        _log.warning("left to the next round", extra={"patient_id": known.patient.id})
        return False
    except Exception as error:
        if gave_no_answer(error):
            raise
        unreadable.note("patients", known.patient.id, error)
        return False
    return changed


def _settled(known: _Known, now: datetime) -> bool:
    """Bring the alert on silence in step; return whether anything had to be done.

    Raises:
        BusyAlerts: others changed the same alerts each time.
    """
    if not known.patient.followed:
        return False  # the evaluation that follows a death or a closing sees to its alerts
    verdict = _verdict(known, now)
    cause = Cause(0, now, terms_of(known.patient.site_id), by=CLOCK)
    if next_move(SILENCE, known.latest.get(SILENCE), verdict, cause) is None:
        return False
    who, site_id = known.patient.id, known.patient.site_id
    # Silence follows the calendar: no entry of the ledger is newer than that.
    desk = Desk(who, site_id, cause, look=lambda: (alerts.latest(site_id, [who])[who], True))
    desk.bring_in_step(lambda _: {SILENCE: verdict})
    return True


def _verdict(known: _Known, now: datetime) -> Verdict:
    patient, silent = known.patient, known.latest.get(SILENCE)
    ended = Verdict() if silent is None else align.ended(silent)
    today = now.astimezone(zone_or_utc(patient.zone)).date()
    policy = policy_in_force.policy_of(patient.overrides, known.site)
    muted = (
        override.ends_on
        for override in policy.overrides
        if Topic.SILENCE in override.mute and override.covers(today)
    )
    muted_until = max(muted, default=None)
    found = decline.silence(
        known.since,
        patient.interval_days,
        today,
        never_heard=known.last_on is None,
        urgent_open=_urgent_open(known.latest),
        limits=policy.on(today).silence,
    )
    if found.level is None:
        return ended
    return replace(_raised(found, found.level, known), muted_until=muted_until)


def _raise_due_date(known: _Known, now: datetime) -> None:
    """Let the next looks pass over the patient until something can be due; one who has left is not due."""
    patient = known.patient
    due_on = known.since + timedelta(days=patient.interval_days)
    day = due_on.toordinal() if patient.followed else NEVER
    today = now.astimezone(zone_or_utc(patient.zone)).date()
    if day != patient.next_due_on and (due_on > today or not patient.followed):
        patient_lists.raise_due_date(patient.id, patient.due_rev, day)


def _urgent_open(latest: Mapping[str, Alert]) -> bool:
    others = (alert for topic, alert in latest.items() if topic != SILENCE)
    return any(alert.state in CURRENT and alert.level is Level.URGENT for alert in others)


def _raised(found: Silence, level: Level, known: _Known) -> Verdict:
    """The silence as a flag; each further due date that passes is new evidence of it."""
    interval_days = known.patient.interval_days
    missed = found.due_on + timedelta(days=found.days_overdue // interval_days * interval_days)
    grounds = Grounds(_due(found.due_on), _midnight(found.due_on), _due(missed), _midnight(missed))
    flag = Flag(
        rule=found.rule,
        rule_version=found.rule_version,
        level=level,
        kind=Kind.STATE,
        headline=found.headline,
        sentence=found.sentence,
        clears_when=found.clears_when,
        numbers=found.numbers,
        evidence=(),
        raised_by=grounds.began_by,
        raised_at=grounds.began_at,
        topic=Topic.SILENCE,
        restricted=False,
        data_query=False,
        mark=decline.mark_of(found.rule, found.numbers),
    )
    return Verdict(flag.as_dict(), grounds)


def _due(day: date) -> str:
    return f"due {day.isoformat()}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
