"""A report made ready to be stored: a report, a note alone, or one for the quarantine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models.ledger.entries import Entry, EntryKind
from models.patients.patient import Patient
from models.sites import sites
from models.store.base import new_id
from services.access.permissions import Operation, scope_for
from services.errors import Invalid
from services.reports.evaluate import criteria_for
from services.reports.intake import prepare
from services.reports.intake.check import Submission
from services.reports.intake.outcomes import Sent
from tests.people import People, own_actor
from tests.questionnaires import answers_for


@pytest.fixture
def patient(people: People, now: datetime) -> Patient:
    return people.patient(people.site(), consent_at=now)


def entry_of(patient: Patient, now: datetime, **fields: Any) -> Entry:
    values = {"instrument": "alsfrs_r", "instrument_version": "1", "answers": answers_for(40), **fields}
    actor = own_actor(patient)
    given = Submission(id=new_id(), observed_at=now, **values)
    sent = Sent(patient.id, given, scope_for(actor, Operation.REPORT_SUBMIT), actor, now)
    site = sites.read(patient.site_id)
    assert site is not None
    return prepare.entry_of(sent, None, criteria_for(patient, site), prepare.with_history)


def test_a_known_version_is_scored_and_evaluated(patient: Patient, now: datetime) -> None:
    entry = entry_of(patient, now)
    assert (entry.kind, entry.score and entry.score["total"], entry.quarantined) == (
        EntryKind.REPORT,
        40,
        False,
    )
    assert entry.evaluated is not None
    assert entry.digest


def test_an_unknown_version_is_kept_aside_and_not_scored(patient: Patient, now: datetime) -> None:
    entry = entry_of(patient, now, instrument_version="99")
    assert (entry.kind, entry.score, entry.quarantined) == (EntryKind.QUARANTINE, None, True)


def test_a_word_without_answers_is_a_note_and_no_report(patient: Patient, now: datetime) -> None:
    entry = entry_of(patient, now, answers={}, note="My hand is weak today.")
    assert (entry.kind, entry.note_unread, entry.score) == (EntryKind.NOTE, True, None)


def test_where_a_site_takes_no_notes_none_is_stored(people: People, now: datetime) -> None:
    patient = people.patient(people.site(takes_notes=False), consent_at=now)
    entry = entry_of(patient, now, note="Hello.")
    assert (entry.kind, entry.content.note, entry.note_unread) == (EntryKind.REPORT, None, False)
    with pytest.raises(Invalid):
        entry_of(patient, now, answers={}, note="Hello.")


def test_an_unknown_instrument_is_named(patient: Patient, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        entry_of(patient, now, instrument="horoscope")
    assert [error.pointer for error in caught.value.errors] == ["/instrument"]


def test_an_empty_form_is_refused_in_any_version(patient: Patient, now: datetime) -> None:
    for version in ("1", "99"):
        with pytest.raises(Invalid):
            entry_of(patient, now, answers={"speech": None}, instrument_version=version)
