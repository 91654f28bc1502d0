"""A refused form that tells of a concern: one notice an hour for each respondent, and always the text."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from models.ledger import ledger
from models.ledger.entries import EntryKind
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.reports.safety import notices
from services.reports.safety.notices import RefusedForm, SafetyAnswer
from tests.clinics import kinds_of
from tests.people import People, own_actor

HARM = {"phq_9": 3}


@pytest.fixture
def site(people: People) -> Site:
    return people.site(crisis_text={"en": "Call 112."})


@pytest.fixture
def patient(people: People, site: Site, now: datetime) -> Patient:
    return people.patient(site, consent_at=now)


def tell(patient: Patient, now: datetime, actor: Actor | None = None, **fields: Any) -> SafetyAnswer | None:
    values = {"id": new_id(), "instrument": "phq_9", "version": "1", "answers": HARM, **fields}
    actor = actor or own_actor(patient)
    scope = scope_for(actor, Operation.REPORT_SUBMIT)
    return notices.tell(RefusedForm(patient.id, **values), scope, actor=actor, now=now)


def test_it_is_in_the_ledger_with_the_item_and_no_answer(patient: Patient, now: datetime) -> None:
    answer = tell(patient, now)
    assert answer is not None
    assert (answer.texts.crisis, answer.pending) == ("Call 112.", False)
    (entry,) = ledger.read_entries(patient.id)
    assert entry.kind is EntryKind.SAFETY_NOTICE
    assert entry.notice is not None
    assert entry.notice.items == ("phq_9",)
    assert not entry.content.answers


def test_repeats_within_the_hour_are_counted_and_answered(patient: Patient, now: datetime) -> None:
    for minutes in (0, 5, 59):
        answer = tell(patient, now + timedelta(minutes=minutes))
        assert answer is not None
        assert answer.texts.crisis == "Call 112."
    assert kinds_of(patient) == [EntryKind.SAFETY_NOTICE]
    tell(patient, now + timedelta(minutes=61))
    assert kinds_of(patient) == [EntryKind.SAFETY_NOTICE] * 2


def test_the_same_form_again_is_no_second_notice_however_much_later(patient: Patient, now: datetime) -> None:
    report_id = new_id()
    for days in (0, 1, 30):
        tell(patient, now + timedelta(days=days), id=report_id)
    assert kinds_of(patient) == [EntryKind.SAFETY_NOTICE]


CONCERNS: dict[str, dict[str, Any]] = {
    "self_harm": {"answers": HARM},
    "unreadable": {"answers": {"phq_9": "often"}},
    "breathing": {"instrument": "alsfrs_r", "answers": {"dyspnea": 0}},
}


@pytest.mark.parametrize("order", list(permutations(CONCERNS)), ids=" ".join)
def test_another_concern_under_the_same_id_is_another_notice(
    patient: Patient, now: datetime, order: tuple[str, ...]
) -> None:
    report_id = new_id()
    for days in (0, 1, 30):
        for concern in order:
            tell(patient, now + timedelta(days=days), id=report_id, **CONCERNS[concern])
    entries = ledger.read_entries(patient.id)
    assert [entry.notice and entry.notice.concern for entry in entries] == list(order)
    assert len({entry.event_id for entry in entries}) == len(entries)


def test_another_respondent_under_the_same_id_is_another_notice(
    people: People, site: Site, patient: Patient, now: datetime
) -> None:
    report_id, caregiver = new_id(), people.caregiver(site, patient).actor
    for actor in (None, caregiver, None, caregiver):
        tell(patient, now, actor, id=report_id)
    assert [entry.content.respondent for entry in ledger.read_entries(patient.id)] == ["patient", "caregiver"]


def test_what_is_so_now_is_told_after_what_staff_entered_long_after_and_not_the_other_way_round(
    people: People, site: Site, patient: Patient, now: datetime
) -> None:
    clinician, report_id = people.staff(site, Role.CLINICIAN).actor, new_id()
    for days in (60, 60, 0, 60, 0):
        observed_at = (now - timedelta(days=days)).isoformat()
        tell(patient, now, clinician, id=report_id, observed_at=observed_at)
    told = [entry.notice.observed_on for entry in ledger.read_entries(patient.id) if entry.notice]
    assert [day is None for day in told] == [False, True]


@pytest.mark.parametrize("nobodys", [UUID(int=0), UUID(int=2**128 - 1)], ids=str)
def test_what_programs_send_who_have_no_id_names_no_form(
    patient: Patient, now: datetime, nobodys: UUID
) -> None:
    for days in (0, 1):
        tell(patient, now + timedelta(days=days), id=str(nobodys))
    assert kinds_of(patient) == [EntryKind.SAFETY_NOTICE] * 2


def test_another_respondent_is_another_matter(
    people: People, site: Site, patient: Patient, now: datetime
) -> None:
    tell(patient, now)
    tell(patient, now, people.caregiver(site, patient).actor)
    assert kinds_of(patient) == [EntryKind.SAFETY_NOTICE] * 2


@pytest.mark.parametrize("form", [{"id": None}, {"id": 7}, {"version": None}, {"version": {}}], ids=str)
def test_nonsense_beside_the_item_hides_nothing(
    patient: Patient, now: datetime, form: dict[str, Any]
) -> None:
    answer = tell(patient, now, **form)
    assert answer is not None
    assert answer.texts.crisis == "Call 112."
    assert kinds_of(patient) == [EntryKind.SAFETY_NOTICE]


def test_a_form_that_tells_of_nothing_stores_nothing(patient: Patient, now: datetime) -> None:
    assert tell(patient, now, answers={"phq_9": 0}) is None
    assert tell(patient, now, instrument="who_5", answers={"who_1": 0}) is None
    assert kinds_of(patient) == []


def test_without_recorded_consent_no_item_is_named(people: People, site: Site, now: datetime) -> None:
    patient = people.patient(site)
    assert tell(patient, now) is not None
    (entry,) = ledger.read_entries(patient.id)
    assert entry.notice is not None
    assert entry.notice.items == ()


def test_a_stranger_learns_nothing_and_stores_nothing(
    people: People, patient: Patient, now: datetime
) -> None:
    stranger = own_actor(people.patient(people.site()))
    assert tell(patient, now, stranger) is None
    assert kinds_of(patient) == []


def test_the_text_alone_needs_no_patient(people: People, site: Site, patient: Patient) -> None:
    form = RefusedForm(patient.id, new_id(), "phq_9", "1", HARM)
    answer = notices.text_only(form, people.own(site, patient).actor)
    assert answer is not None
    assert answer.texts.crisis == "Call 112."
    homeless = notices.text_only(form, Actor("a", "s"))
    assert homeless is not None
    assert homeless.texts.crisis
