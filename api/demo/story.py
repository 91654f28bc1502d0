"""What happens in the demo, moment by moment: reports arrive, a tube is placed, the worklist is read.

Everything goes through the services that requests go through, as of the moment at which it happens. Reports
arrive minutes after they were answered, now and then after hours without a network.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.demo.course import DAYS_PER_MONTH, Reporter
from api.demo.people import Person
from models.alerts import worklists
from models.alerts.alert import Because, Condition, State
from models.alerts.worklists import AlertFilter
from models.patients.patient import Patient
from scoring.decline import Level
from services.access.actor import Actor
from services.access.permissions import Operation, scope_for
from services.alerts import actions, closures, worklist
from services.alerts.actions import Action, AlertAction
from services.alerts.closures import Named
from services.alerts.outcomes import Outcome
from services.patients import patients
from services.reports import alert_clock
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report

_REPORTS = uuid.UUID("5e10be00-0000-4000-8000-000000000002")
_VERSION = "1"
FALLING, TAKEN_OVER = "Zoe Marin", "Xenia Adler"
"""Whose alerts a colleague has done something about."""
_CALLED = "Rang her: two falls on the stairs. Physiotherapy on Monday; please look at the course."
_ROUND_EVERY = timedelta(days=7)
_UNREAD = timedelta(days=24)
_PAGE = 100
_ACKNOWLEDGED = AlertAction(Action.ACKNOWLEDGE, note="Seen; to be discussed at the next visit.")
_RESOLVED = AlertAction(
    Action.RESOLVE, note="Discussed on the phone.", outcome=Outcome.CALLED, worth_a_look=True
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at a moment."""

    at: datetime
    happen: Callable[[datetime], object]


def begin_of(person: Person, now: datetime) -> datetime:
    """Return when the patient was enrolled: in the morning before the first report."""
    day = now - timedelta(days=round(person.months * DAYS_PER_MONTH) + 1)
    return day.replace(hour=8, minute=0, second=0, microsecond=0)


def reports(person: Person, patient: Patient, reporter: Actor, now: datetime) -> Iterator[Event]:
    """Yield the arrival of each of the patient's reports until now, or until they stop."""
    if person.never_begun:
        return
    chance, answers = random.Random(person.name), Reporter(person.course, person.name)
    begun, end = begin_of(person, now), now - timedelta(days=person.silent_days)
    day = begun
    while day < end:
        observed = _evening(day, ZoneInfo(person.zone), chance)
        delay = timedelta(hours=chance.uniform(4, 40)) if chance.random() < 0.08 else timedelta(minutes=15)
        month = (observed - begun).total_seconds() / 86400 / DAYS_PER_MONTH
        if observed + delay > end:
            return
        for instrument, given in (("alsfrs_r", answers.alsfrs_r(month)), ("who_5", answers.who_5(month))):
            report = Submission(
                id=str(uuid.uuid5(_REPORTS, f"{patient.study_code} {instrument} {observed:%Y-%m-%d}")),
                instrument=instrument,
                instrument_version=_VERSION,
                observed_at=observed,
                answers=given,
                duration_seconds=chance.randint(90, 420),
            )
            yield Event(observed + delay, _sending(patient.id, report, reporter))
            observed += timedelta(minutes=6)
        day += timedelta(days=person.interval_days + chance.choice((0, 0, 0, 0, 1, 2)))


def beside(person: Person, patient: Patient, carer: Actor, now: datetime) -> Iterator[Event]:
    """Yield the arrival of what a caregiver reports beside the patient, of the last half year."""
    course = replace(person.course, total=person.course.total - person.carer_sees_more_lost)
    answers, begun = Reporter(course, f"{person.name}, seen by the carer"), begin_of(person, now)
    for days_ago in (160.3, 118.3, 76.3, 34.3, 6.3):
        observed = now - timedelta(days=days_ago)
        month = (observed - begun).total_seconds() / 86400 / DAYS_PER_MONTH
        report = Submission(
            id=str(uuid.uuid5(_REPORTS, f"{patient.study_code} carer {days_ago}")),
            instrument="alsfrs_r",
            instrument_version=_VERSION,
            observed_at=observed,
            answers=answers.alsfrs_r(month),
        )
        yield Event(observed + timedelta(minutes=5), _sending(patient.id, report, carer))


def forms(person: Person, patient: Patient, reporter: Actor, now: datetime) -> Iterator[Event]:
    """Yield the arrival of the patient's other questionnaires."""
    for form in person.forms:
        observed = now - timedelta(days=form.days_ago)
        report = Submission(
            id=str(uuid.uuid5(_REPORTS, f"{patient.study_code} {form.instrument} {form.days_ago}")),
            instrument=form.instrument,
            instrument_version=form.version,
            observed_at=observed,
            answers=form.answers,
            note=form.note,
        )
        yield Event(observed + timedelta(minutes=2), _sending(patient.id, report, reporter))


def tubes(person: Person, patient: Patient, clinician: Actor, now: datetime) -> Iterator[Event]:
    """Yield the entry of a feeding tube into the patient's profile."""
    if person.course.tube_month is None:
        return
    placed = begin_of(person, now) + timedelta(days=person.course.tube_month * DAYS_PER_MONTH)

    def note(at: datetime) -> None:
        changes = {"profile": {"gastrostomy_on": placed.date()}}
        patients.change(patient.id, changes, patient.rev, actor=clinician, now=at)

    yield Event(placed, note)


def rounds(clinician: Actor, begun: datetime, now: datetime) -> Iterator[Event]:
    """Yield the weekly readings of the worklist; the last weeks are left to whoever tries the service."""
    at = begun
    while at < now - _UNREAD:
        at += _ROUND_EVERY
        yield Event(at, lambda moment: _read_worklist(clinician, moment))


def colleague(other: Actor, clinician: Actor, about: Mapping[str, Patient], now: datetime) -> Iterator[Event]:
    """Yield what happened since the clinician looked at the list last, the day before yesterday.

    Args:
        other: who did something meanwhile.
        clinician: who will sign in.
        about: the patients, by the name of the person.
        now: the present moment.
    """

    def look(at: datetime) -> None:
        scope = scope_for(clinician, Operation.ALERT_READ)
        worklist.note_look(scope, reader=clinician, read_at=at, now=at)

    def hand_over(at: datetime) -> None:
        _act(other, about[FALLING], AlertAction(Action.COMMENT, note=_CALLED), at)
        _act(other, about[FALLING], AlertAction(Action.ASSIGN, assigned_to=clinician.account_id), at)

    def take_over(at: datetime) -> None:
        _act(other, about[TAKEN_OVER], AlertAction(Action.ACKNOWLEDGE, note="I see her on Thursday."), at)

    yield Event(now - timedelta(days=2), look)
    yield Event(now - timedelta(hours=27), hand_over)
    yield Event(now - timedelta(hours=26), take_over)


def _act(actor: Actor, patient: Patient, wanted: AlertAction, at: datetime) -> None:
    """Do it with the alert of the patient that comes first."""
    scope = scope_for(actor, Operation.ALERT_ACT)
    mine = AlertFilter(states=(State.OPEN,), patient_id=patient.id)
    for line in worklists.page(mine, scope, after=None, limit=1, now=at).lines:
        actions.act(line.id, wanted, line.rev, scope, actor=actor, now=at)


def _sending(patient_id: str, report: Submission, reporter: Actor) -> Callable[[datetime], object]:
    scope = scope_for(reporter, Operation.REPORT_SUBMIT)
    return lambda at: submit_report(patient_id, report, scope, actor=reporter, now=at)


def _read_worklist(clinician: Actor, now: datetime) -> None:
    """Acknowledge what is new, resolve what came back, close what has passed."""
    alert_clock.go_on(now)
    scope = scope_for(clinician, Operation.ALERT_ACT)
    unread = AlertFilter(states=(State.OPEN,))
    found = worklists.page(unread, scope, after=None, limit=_PAGE, now=now).lines
    passed = [Named(alert.id, alert.rev) for alert in found if alert.condition is not Condition.HOLDS]
    closures.close(passed, Outcome.NO_ACTION_NEEDED, "", scope, actor=clinician, now=now)
    for alert in found:
        if alert.condition is Condition.HOLDS or alert.level is Level.URGENT:
            again = alert.raised_because is Because.ACKNOWLEDGEMENT_EXPIRED
            wanted = _RESOLVED if again else _ACKNOWLEDGED
            actions.act(alert.id, wanted, alert.rev, scope, actor=clinician, now=now)


def _evening(day: datetime, zone: ZoneInfo, chance: random.Random) -> datetime:
    minute = chance.randint(0, 239)
    local = datetime.combine(day.astimezone(zone).date(), time(17 + minute // 60, minute % 60), zone)
    return local.astimezone(day.tzinfo)
