"""Races that could leave a patient judged by the policy or profile of before, for good.

A process may remember a site from before the change, and a report may be judged before it and stored after
the round has passed; neither may stand.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from models.ledger import ledger
from models.ledger.entries import Entry, EntryKind
from models.patients.patient import Patient
from models.sites import sites
from models.store import connection
from models.store.base import new_id
from services.access import digests
from services.access.actor import Actor
from services.access.permissions import Operation, scope_for
from services.patients import patients as patient_service
from services.reports import amend, reconcile
from services.reports.amend import Correction
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from tests.application import REFRESH_SECRET
from tests.clinics import Clinic, assert_sound, kinds_of, versions_of
from tests.people import People
from tests.questionnaires import answers_for


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    (made,) = clinic.patients(1)
    return made


@pytest.fixture
def remember(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Have this process remember the site as it is now, as others do that know of no change."""

    def freeze() -> None:
        known = sites.read_anew(clinic.site.id)
        monkeypatch.setattr(sites, "read", lambda _: known)

    return freeze


@pytest.mark.parametrize("earlier", [0, 1, 3], ids=["first report", "second", "fourth"])
def test_a_process_that_remembers_the_site_of_before_judges_no_report_by_it_after_the_round(
    clinic: Clinic, patient: Patient, remember: Callable[[], None], now: datetime, earlier: int
) -> None:
    for place in range(earlier):
        clinic.send(patient, 40, days_ago=28 * (earlier - place))
    remember()
    version = clinic.change_policy()
    clinic.sweep_until_done()
    clinic.send(patient, 38)
    assert versions_of(patient) == [version]
    assert_sound(patient, now)


def test_a_patient_enrolled_after_the_round_is_judged_by_the_new_policy_from_the_first_report(
    clinic: Clinic, remember: Callable[[], None]
) -> None:
    remember()
    version = clinic.change_policy()
    clinic.sweep_until_done()
    (patient,) = clinic.patients(1)
    clinic.send(patient)
    assert versions_of(patient) == [version]


def test_a_correction_is_not_judged_by_what_a_process_remembers(
    clinic: Clinic, patient: Patient, remember: Callable[[], None], now: datetime
) -> None:
    report_id = clinic.send(patient)
    remember()
    version = clinic.change_policy()
    clinic.sweep_until_done()
    scope = scope_for(clinic.actor, Operation.REPORT_CORRECT)
    given = Correction(new_id(), "Slip.", 1, answers_for(44))
    amend.correct(patient.id, report_id, given, scope, actor=clinic.actor, now=now)
    assert versions_of(patient) == [version]
    assert_sound(patient, now)


def test_reports_by_the_policy_of_before_do_not_take_a_patient_back(
    clinic: Clinic, patient: Patient, remember: Callable[[], None], now: datetime
) -> None:
    """Until the round has come a report may be judged by either; after it by the new one only."""
    clinic.send(patient, 42, days_ago=56)
    remember()
    version = clinic.change_policy()
    clinic.send(patient, 40, days_ago=28)
    reconcile.sweep(now)
    clinic.send(patient, 38)
    assert versions_of(patient) == [version]
    assert kinds_of(patient).count(EntryKind.REEVALUATION) == 1


@pytest.mark.parametrize("earlier", [0, 2], ids=["first report", "third"])
@pytest.mark.parametrize("what", ["policy", "profile"])
@pytest.mark.parametrize("by_patient", [False, True], ids=["the clinic's", "the patient's"])
def test_a_report_judged_before_a_change_and_stored_after_its_round_is_judged_again(
    clinic: Clinic,
    patient: Patient,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    earlier: int,
    what: str,
    by_patient: bool,
) -> None:
    for place in range(earlier):
        clinic.send(patient, 40, days_ago=28 * (earlier - place))
    append_all, changed = ledger.append_all, []

    def after_a_whole_round(entries: list[Entry]) -> list[bool | Exception]:
        if not changed:
            changed.append(what)
            if what == "policy":
                clinic.change_policy()
            else:
                profile = {"profile": {"ventilation_on": now.date()}}
                patient_service.change(patient.id, profile, 0, actor=clinic.actor, now=now)
            clinic.sweep_until_done()
        return append_all(entries)

    monkeypatch.setattr(ledger, "append_all", after_a_whole_round)
    clinic.send(patient, 36, by_patient=by_patient)
    assert changed == [what]
    assert_sound(patient, now)
    assert kinds_of(patient).count(EntryKind.REPORT) == earlier + 1


@pytest.mark.parametrize("by_patient", [False, True], ids=["the clinic's", "the patient's"])
def test_a_report_that_read_the_profile_of_before_finds_the_change_in_the_ledger(
    clinic: Clinic, patient: Patient, now: datetime, monkeypatch: pytest.MonkeyPatch, by_patient: bool
) -> None:
    """The patient is read, the profile changes and is followed, and only then the ledger is read."""
    clinic.send(patient, 40, days_ago=28)
    read_heads, changed = ledger.read_heads, []

    def after_the_change(*args: object) -> object:
        if not changed:
            changed.append(True)
            profile = {"profile": {"ventilation_on": now.date()}}
            patient_service.change(patient.id, profile, 0, actor=clinic.actor, now=now)
        return read_heads(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "read_heads", after_the_change)
    clinic.send(patient, 36, by_patient=by_patient)
    assert changed
    assert_sound(patient, now)


def test_a_slow_worker_does_not_undo_a_report_that_was_judged_by_a_newer_policy(
    clinic: Clinic, patient: Patient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads, the policy changes again and a report comes, and only then it writes."""
    clinic.send(patient, 42, days_ago=56)
    clinic.change_policy()
    read_entries, moved = ledger.read_entries, []

    def meanwhile(patient_id: str) -> list[Entry]:
        if not moved:
            moved.append(clinic.change_policy())
            clinic.send(patient, 36)
        return read_entries(patient_id)

    monkeypatch.setattr(ledger, "read_entries", meanwhile)
    reconcile.reevaluate(patient.id, now=now)
    assert versions_of(patient) == moved
    assert_sound(patient, now)


def _send_many(way: tuple[str, str], ids: list[str], actor: Actor, at: datetime, lane: int) -> None:
    connection.register(*way)
    digests.use(REFRESH_SECRET)
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    for place in range(12):
        for patient_id in ids:
            observed_at = at - timedelta(days=7 * place + lane)
            given = Submission(new_id(), "alsfrs_r", "1", observed_at, answers_for(46 - place))
            submit_report(patient_id, given, scope, actor=actor, now=at)
    connection.close()


def test_nobody_is_left_behind_while_processes_submit_and_the_policy_changes(
    clinic: Clinic, now: datetime, database_uri: str, database_name: str
) -> None:
    """The processes remember the site for as long as the policy takes to change a few times."""
    followed = clinic.patients(3)
    ids = [patient.id for patient in followed]
    context = multiprocessing.get_context("spawn")
    way = (database_uri, database_name)
    senders = [
        context.Process(target=_send_many, args=(way, ids, clinic.actor, now, lane)) for lane in range(3)
    ]
    for sender in senders:
        sender.start()
    version = ""
    while any(sender.is_alive() for sender in senders):
        version = clinic.change_policy()
        reconcile.sweep(now)
    assert [sender.exitcode for sender in senders] == [0] * 3
    clinic.sweep_until_done()
    assert versions_of(*followed) == [version] * 3
    for patient in followed:
        assert kinds_of(patient).count(EntryKind.REPORT) == 36
        assert_sound(patient, now)
