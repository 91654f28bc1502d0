"""Silence is seen in the patient's own dates, told once, escalated, and ended by a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from models.alerts import alerts
from models.alerts.alert import Alert, AlertDetail, Because, Condition, EndedHow, State
from models.ledger import ledger
from models.ledger.document import LedgerDocument
from models.ledger.entries import Entry, entry_id
from models.patients import patients
from models.patients.patient import Patient
from models.patients.patients import PatientDocument
from models.patients.steps import PatientStep
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level, Profile, Topic
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.alerts import actions
from services.alerts.actions import Action, AlertAction
from services.alerts.align import BusyAlerts
from services.patients import silence
from services.reports import amend, reconcile
from services.reports.amend import Void
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from tests.alert_samples import Told, make_alert, store, stored
from tests.people import CLINIC, People
from tests.questionnaires import answers_for

LAST = date(2076, 1, 5)
DUE = date(2076, 2, 2)  # 28 days later
TOLD = DUE + timedelta(days=42)  # 1.5 intervals overdue
TO_PHONE = DUE + timedelta(days=56)  # 2 intervals overdue

Heard = Callable[[Patient, date], str]


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def actor(people: People, site: Site) -> Actor:
    return people.staff(site, Role.CLINICIAN).actor


@pytest.fixture
def patient(people: People, site: Site) -> Patient:
    return people.patient(site, consent_at=noon(LAST) - timedelta(days=1))


@pytest.fixture
def heard(actor: Actor) -> Heard:
    """Takes an ALSFRS-R report of the patient, observed on a day, through the real intake."""
    return lambda patient, day: take(actor, patient, day)


def take(actor: Actor, patient: Patient, day: date) -> str:
    given = Submission(new_id(), "alsfrs_r", "1", noon(day), answers_for(44))
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    return submit_report(patient.id, given, scope, actor=actor, now=noon(day)).record.id


def silence_of(patient: Patient) -> Alert | None:
    return stored(patient.id).get(f"{patient.id}:silence:1")


def detail_of(alert: Alert) -> AlertDetail:
    found = alerts.read(alert.public_id, Scope(site_ids=frozenset({alert.site_id})))
    assert found is not None
    return found


def change(patient: Patient, **changes: Any) -> None:
    reach = Scope(site_ids=frozenset({patient.site_id}))
    present = patients.read(patient.id, reach, now=noon(LAST))
    assert present is not None
    assert (
        patients.change_profile(
            patient.id, reach, present.rev, step=PatientStep(present.created_at, CLINIC, {}), **changes
        )
        is not None
    )


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (TOLD - timedelta(days=1), None),
        (TOLD, Level.INFORM),
        (TO_PHONE - timedelta(days=1), Level.INFORM),
        (TO_PHONE, Level.SOON),
    ],
)
def test_the_team_is_told_after_one_and_a_half_intervals_and_asked_to_phone_after_two(
    patient: Patient, heard: Heard, day: date, level: Level | None
) -> None:
    heard(patient, LAST)
    assert silence.look(noon(day)) == (level is not None)
    alert = silence_of(patient)
    assert (alert and alert.level) == level


def test_the_alert_says_since_when_and_what_ends_it(patient: Patient, heard: Heard) -> None:
    heard(patient, LAST)
    silence.look(noon(TOLD))
    alert = silence_of(patient)
    assert alert is not None
    detail = detail_of(alert)
    assert (alert.state, alert.based_on, alert.grounds.began_by) == (State.OPEN, 0, f"due {DUE}")
    assert alert.sentence.startswith("No ALSFRS-R report for 70 days (the last was observed on 2076-01-05")
    assert detail.flag["clears_when"] == "A report arrives."
    assert detail.flag["numbers"] == {
        "last_observed_on": "2076-01-05",
        "due_on": "2076-02-02",
        "interval_days": 28,
        "days_since_last": 70,
        "days_overdue": 42,
    }
    assert [step.by.name for step in detail.history] == ["clock"]


def test_a_report_takes_the_patient_off_the_list_without_waiting_for_the_round_over_all(
    patient: Patient, people: People, site: Site, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = people.patient(site, consent_at=noon(LAST) - timedelta(days=1))
    for person in (patient, other):
        heard(person, LAST)
    monkeypatch.setattr(silence, "PAGE", 1)
    silence.look(noon(TOLD))
    assert silence.look_again(noon(TOLD)) == 0
    heard(patient, TOLD)
    assert silence.look_again(noon(TOLD)) == 1
    states = [alert and alert.state for alert in (silence_of(patient), silence_of(other))]
    assert states == [State.ENDED, State.OPEN]
    assert silence.look_again(noon(TOLD)) == 0


def test_a_silence_told_while_a_report_came_is_ended_by_the_next_look(
    patient: Patient, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard(patient, LAST)
    read_many = ledger.read_many

    def report_after(*asked: Any) -> dict[str, list[Entry]]:
        found = read_many(*asked)
        monkeypatch.setattr(ledger, "read_many", read_many)
        heard(patient, TOLD)
        return found

    monkeypatch.setattr(ledger, "read_many", report_after)
    silence.look(noon(TOLD))
    silence.look_again(noon(TOLD))
    alert = silence_of(patient)
    assert alert is not None
    assert alert.state is State.ENDED


@pytest.fixture
def silent(
    people: People, site: Site, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Patient]:
    """Makes patients who were heard from on the same day; a new round looks at one in each page."""
    monkeypatch.setattr(silence, "_round", {})
    monkeypatch.setattr(silence, "PAGE", 1)

    def make() -> Patient:
        made = people.patient(site, consent_at=noon(LAST) - timedelta(days=1))
        heard(made, LAST)
        return made

    return make


def test_the_worker_goes_round_a_part_at_a_time_and_again_after_an_hour(
    silent: Callable[[], Patient],
) -> None:
    for _ in range(5):
        silent()
    begun = noon(TOLD)
    changed = [silence.go_on(begun + timedelta(seconds=5 * step)) for step in range(5)]
    assert changed == [2, 2, 1, 0, 0]
    later = silent()
    assert silence.go_on(begun + timedelta(minutes=59)) == 0
    found = [silence.go_on(begun + timedelta(hours=1, seconds=5 * step)) for step in range(4)]
    assert sum(found) == 1
    assert silence_of(later) is not None


def test_a_round_in_which_the_database_was_away_begins_anew(
    silent: Callable[[], Patient], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [silent() for _ in range(3)]

    def away(*_: object) -> dict[str, list[Entry]]:
        raise AutoReconnect("gone")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(ledger, "read_many", away)
        with pytest.raises(AutoReconnect):
            silence.go_on(noon(TOLD))
    assert [silence.go_on(noon(TOLD)) for _ in range(3)] == [2, 1, 0]
    assert all(silence_of(patient) for patient in made)


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose histories are read."""
    asked: list[str] = []
    read_many = ledger.read_many

    def noted(patient_ids: Sequence[str]) -> dict[str, list[Entry]]:
        asked.extend(patient_ids)
        return read_many(patient_ids)

    monkeypatch.setattr(ledger, "read_many", noted)
    return asked


def test_who_stays_silent_is_not_read_again_each_minute(
    people: People, site: Site, heard: Heard, read_again: list[str]
) -> None:
    silent = [people.patient(site, consent_at=noon(LAST) - timedelta(days=1)) for _ in range(3)]
    for patient in silent:
        heard(patient, LAST)
    silence.look(noon(TOLD))
    silence.look_again(noon(TOLD))
    read_again.clear()
    assert silence.look_again(noon(TOLD)) == 0
    assert read_again == []
    heard(silent[1], TOLD)
    assert silence.look_again(noon(TOLD)) == 1
    assert read_again == [silent[1].id]


def test_what_others_were_at_is_looked_at_again(
    patient: Patient, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard(patient, LAST)
    silence.look(noon(TOLD))
    silence.look_again(noon(TOLD))
    heard(patient, TOLD)

    def busy(*_: object) -> bool:
        raise BusyAlerts

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(silence, "_settled", busy)
        assert silence.look_again(noon(TOLD)) == 0
    assert silence.look_again(noon(TOLD)) == 1


def test_a_history_that_could_not_be_read_is_looked_at_again(
    patient: Patient, heard: Heard, read_again: list[str]
) -> None:
    heard(patient, LAST)
    silence.look(noon(TOLD))
    silence.look_again(noon(TOLD))
    heard(patient, TOLD)
    key = {"_id": entry_id(patient.id, 2)}
    LedgerDocument.raw().update_one(key, {"$set": {"received_at": None}})
    assert silence.look_again(noon(TOLD)) == 0
    read_again.clear()
    silence.look_again(noon(TOLD))
    assert read_again == [patient.id]
    LedgerDocument.raw().update_one(key, {"$set": {"received_at": noon(TOLD)}})
    assert silence.look_again(noon(TOLD)) == 1


def test_of_those_whom_the_process_does_not_remember_some_are_read_each_time(
    people: People, site: Site, heard: Heard, read_again: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        heard(people.patient(site, consent_at=noon(LAST) - timedelta(days=1)), LAST)
    silence.look(noon(TOLD))
    monkeypatch.setattr(silence, "MOST_UNKNOWN", 2)
    for left in (2, 2, 1, 0):
        read_again.clear()
        silence.look_again(noon(TOLD))
        assert len(read_again) == left


def test_a_second_look_on_the_same_day_changes_nothing(patient: Patient, heard: Heard) -> None:
    heard(patient, LAST)
    silence.look(noon(TOLD))
    before = silence_of(patient)
    assert silence.look(noon(TOLD) + timedelta(hours=3)) == 0
    assert silence_of(patient) == before
    assert silence.look(noon(TOLD) + timedelta(days=1)) == 1


def test_days_are_those_of_the_patients_zone(people: People, site: Site, heard: Heard) -> None:
    consent_at = noon(LAST) - timedelta(days=9)
    zones = ("Pacific/Auckland", "Pacific/Honolulu")
    east, west = (people.patient(site, zone=zone, consent_at=consent_at) for zone in zones)
    for patient in (east, west):
        heard(patient, LAST - timedelta(days=1))
    # Between these two hours the day begins in the east, and its own day has begun in the west.
    silence.look(datetime.combine(TOLD - timedelta(days=1), time(5), tzinfo=UTC))
    assert (silence_of(east), silence_of(west)) == (None, None)
    silence.look(datetime.combine(TOLD - timedelta(days=1), time(12), tzinfo=UTC))
    assert silence_of(east) is not None
    assert silence_of(west) is not None


@pytest.mark.parametrize(
    "damage",
    [{"zone": "Nowhere/Nothing"}, {"zone": None}, {"interval_days": None}, {"next_due_on": "no day"}],
    ids=["a zone this machine does not know", "no zone", "no interval", "no day"],
)
def test_one_patients_fault_silences_the_watch_over_nobody_else(
    people: People, site: Site, heard: Heard, damage: dict[str, object]
) -> None:
    consent_at = noon(LAST) - timedelta(days=9)
    damaged, *others = (people.patient(site, consent_at=consent_at) for _ in range(4))
    for patient in (damaged, *others):
        heard(patient, LAST)
    PatientDocument.raw().update_one({"_id": damaged.id}, {"$set": damage})
    silence.look(noon(TOLD))
    assert [silence_of(patient) is not None for patient in others] == [True] * 3


def test_who_never_reported_is_silent_since_enrolment(people: People, patient: Patient) -> None:
    """Enrolled on the second of March; the first report is due 28 days later."""
    enrolled = people.now.date()
    assert silence.look(noon(enrolled + timedelta(days=69))) == 0
    assert silence.look(noon(enrolled + timedelta(days=70))) == 1
    alert = silence_of(patient)
    assert alert is not None
    assert alert.sentence == (
        "No ALSFRS-R report since enrolment 70 days ago (enrolled on 2076-03-02; the first was due on"
        " 2076-03-30)."
    )
    assert detail_of(alert).flag["numbers"]["enrolled_on"] == "2076-03-02"


def last_says_nothing(patient: Patient, actor: Actor, how: str) -> None:
    """The latest report of the patient is one that does not count."""
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    at = noon(LAST + timedelta(days=28))
    version, instrument = ("2027-01" if how == "kept aside" else "1"), "alsfrs_r"
    answers: dict[str, int] = answers_for(44)
    if how == "another instrument":
        instrument, answers = (
            "who_5",
            dict.fromkeys(("cheerful", "calm", "active", "rested", "interested"), 3),
        )
    given = Submission(new_id(), instrument, version, at, answers)
    taken = submit_report(patient.id, given, scope, actor=actor, now=at)
    if how == "voided":
        amend.void(patient.id, taken.record.id, Void(new_id(), "not hers", 1), scope, actor=actor, now=at)


@pytest.mark.parametrize("how", ["voided", "kept aside", "another instrument"])
def test_a_report_that_says_nothing_is_no_sign_of_life(
    patient: Patient, heard: Heard, actor: Actor, how: str
) -> None:
    heard(patient, LAST)
    last_says_nothing(patient, actor, how)
    assert silence.look(noon(TOLD)) == 1
    alert = silence_of(patient)
    assert alert is not None
    assert "the last was observed on 2076-01-05" in alert.sentence


def test_what_makes_a_report_due_earlier_is_noticed(patient: Patient, heard: Heard, actor: Actor) -> None:
    """A void after the watch has put the patient off until the next report is due."""
    heard(patient, LAST)
    taken = take(actor, patient, LAST + timedelta(days=56))
    assert silence.look(noon(TOLD)) == 0
    assert silence.look(noon(TOLD)) == 0
    scope = scope_for(actor, Operation.REPORT_VOID)
    amend.void(patient.id, taken, Void(new_id(), "not hers", 1), scope, actor=actor, now=noon(TOLD))
    assert silence.look(noon(TOLD)) == 1


def test_a_shorter_interval_is_noticed(patient: Patient, heard: Heard) -> None:
    heard(patient, LAST)
    assert silence.look(noon(LAST)) == 0
    change(patient, profile=Profile(report_interval_days=7))
    assert silence.look(noon(LAST + timedelta(days=7 + 11))) == 1


def test_the_watch_reads_only_those_whose_report_may_be_due(
    people: People, site: Site, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [people.patient(site, consent_at=noon(LAST) - timedelta(days=1)) for _ in range(5)]
    for place, one in enumerate(known):
        take(actor, one, LAST + timedelta(days=place))
    silence.look(noon(DUE - timedelta(days=1)))
    looked_at: list[str] = []
    read_many = ledger.read_many

    def counted(patient_ids: Sequence[str]) -> dict[str, list[Entry]]:
        looked_at.extend(patient_ids)
        return read_many(patient_ids)

    monkeypatch.setattr(ledger, "read_many", counted)
    for days in (2, 1, 0):
        silence.look(noon(DUE - timedelta(days=days)))
    assert sorted(looked_at) == sorted([known[0].id, known[0].id, known[1].id])


def test_an_open_urgent_alert_puts_a_silent_patient_on_the_list_to_phone_sooner(
    patient: Patient, heard: Heard
) -> None:
    heard(patient, LAST)
    urgent = make_alert(
        told=Told(Topic.RESPIRATORY, Level.URGENT), patient_id=patient.id, site_id=patient.site_id
    )
    store(urgent)
    day = DUE + timedelta(days=15)
    silence.look(noon(day))
    alert = silence_of(patient)
    assert alert is not None
    assert alert.level is Level.SOON


def test_a_report_clears_it_without_waiting_for_the_next_look(patient: Patient, heard: Heard) -> None:
    heard(patient, LAST)
    silence.look(noon(TOLD))
    heard(patient, TOLD + timedelta(days=1))
    silence.look(noon(TOLD) + timedelta(days=1, hours=1))
    alert = silence_of(patient)
    assert alert is not None
    assert (alert.state, detail_of(alert).history[-1].event) == (State.ENDED, "passed")


def test_a_new_silence_is_a_new_episode(patient: Patient, heard: Heard) -> None:
    heard(patient, LAST)
    silence.look(noon(TOLD))
    heard(patient, TOLD)
    silence.look(noon(TOLD))
    silence.look(noon(TOLD + timedelta(days=28 + 42)))
    found = {key.rsplit(":", 1)[1]: alert.state for key, alert in stored(patient.id).items()}
    assert found == {"1": State.ENDED, "2": State.OPEN}


def test_what_was_acknowledged_comes_back_when_it_is_time_to_phone(
    patient: Patient, heard: Heard, actor: Actor
) -> None:
    heard(patient, LAST)
    silence.look(noon(TOLD))
    alert = silence_of(patient)
    assert alert is not None
    scope = scope_for(actor, Operation.ALERT_ACT)
    actions.act(
        alert.public_id, AlertAction(Action.ACKNOWLEDGE), alert.rev, scope, actor=actor, now=noon(TOLD)
    )
    for day, state in ((TO_PHONE - timedelta(days=1), State.ACKNOWLEDGED), (TO_PHONE, State.OPEN)):
        silence.look(noon(day))
        now_stored = silence_of(patient)
        assert now_stored is not None
        assert now_stored.state is state


@pytest.mark.parametrize("changes", [{"closed_at": noon(TOLD)}, {"profile": Profile(died_on=TOLD)}])
def test_the_silence_of_who_is_no_longer_followed_waits_apart_for_a_person(
    patient: Patient, heard: Heard, changes: dict[str, Any]
) -> None:
    heard(patient, LAST)
    silence.look(noon(TOLD))
    change(patient, **changes)
    assert silence.look(noon(TO_PHONE)) == 0
    reconcile.sweep(noon(TO_PHONE))
    alert = silence_of(patient)
    assert alert is not None
    assert (alert.state, alert.condition) == (State.OPEN, Condition.WITHDRAWN)
    assert alert.not_followed is not None
    assert silence.look(noon(TO_PHONE) + timedelta(days=90)) == 0


def test_overrides_of_the_patient_hold(patient: Patient, heard: Heard) -> None:
    heard(patient, LAST)
    dates = {"starts_on": LAST.isoformat(), "ends_on": TO_PHONE.isoformat()}
    override = {"reason": "on holiday", "limits": {}, "mute": ["silence"], **dates}
    change(patient, overrides=[override])
    assert silence.look(noon(TO_PHONE)) == 0
    assert silence.look(noon(TO_PHONE + timedelta(days=1))) == 1


def test_a_mute_ends_a_silence_as_known_and_what_holds_afterwards_is_news(
    patient: Patient, heard: Heard
) -> None:
    heard(patient, LAST)
    silence.look(noon(TOLD))
    dates = {"starts_on": TOLD.isoformat(), "ends_on": TO_PHONE.isoformat()}
    change(patient, overrides=[{"reason": "on holiday", "limits": {}, "mute": ["silence"], **dates}])
    silence.look(noon(TO_PHONE))
    (muted,) = stored(patient.id).values()
    assert muted.end is not None
    assert (muted.end.how, muted.end.outcome) == (EndedHow.DISMISSED, "known")
    silence.look(noon(TO_PHONE + timedelta(days=1)))
    found = stored(patient.id)[f"{patient.id}:silence:2"]
    assert (found.state, found.raised_because) == (State.OPEN, Because.MUTE_ENDED)


def test_limits_of_the_site_hold(people: People) -> None:
    site = people.site(policy={"limits": {"silence": {"inform_share": 1.0}}})
    patient = people.patient(site, consent_at=noon(LAST) - timedelta(days=1))
    take(people.staff(site, Role.CLINICIAN).actor, patient, LAST)
    assert silence.look(noon(DUE + timedelta(days=27))) == 0
    assert silence.look(noon(DUE + timedelta(days=28))) == 1


def test_every_patient_of_every_site_is_looked_at(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "PAGE", 2)
    silent = []
    for site in (people.site(), people.site()):
        actor = people.staff(site, Role.CLINICIAN).actor
        for _ in range(3):
            patient = people.patient(site, consent_at=noon(LAST) - timedelta(days=1))
            take(actor, patient, LAST)
            silent.append(patient)
    assert silence.look(noon(TOLD)) == len(silent)
    assert all(silence_of(patient) for patient in silent)
