"""What is kept aside, by patient, with release and reject."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from models.ledger import ledger
from models.ledger.entries import EntryKind
from models.patients.patient import Patient
from models.store.base import id_of, new_id
from scoring import instruments
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report
from services.reports.next_entry import own_event_id
from services.sites import catalogue
from tests.clinics import Clinic
from tests.people import own_actor
from tests.questionnaires import answers_for
from tests.visitor import Visitor, hidden, text_of

LookAs = Callable[[Role], Visitor]
PATH = "/pages/kept-aside"


@pytest.fixture
def kept(clinic: Clinic) -> Patient:
    (patient,) = clinic.patients(1)
    actor = own_actor(patient)
    given = Submission(new_id(), "alsfrs_r", "2099-01", clinic.now, answers_for(40))
    submit_report(patient.id, given, scope_for(actor, Operation.REPORT_SUBMIT), actor=actor, now=clinic.now)
    return patient


def action_of(visitor: Visitor, word: str) -> str:
    (found,) = re.findall(rf'action="(/pages/patients/[^"]+/{word})"', visitor.get(PATH).text)
    return found


def test_a_clinician_sees_why_and_rejects_with_a_reason(kept: Patient, look_as: LookAs) -> None:
    visitor = look_as(Role.CLINICIAN)
    text = text_of(visitor.get(PATH))
    assert "Maria Silva" in text
    assert "ALSFRS-R version 2099-01 is not known here" in text
    assert "12 answers as they were sent Speech" in text
    assert "Rejected, it stays readable and never counts." in text
    reject = action_of(visitor, "reject")
    assert visitor.post(reject, {"reason": " "}).status_code == 422
    given = {"id": hidden(visitor.get(PATH))["id"], "reason": "sent twice"}
    assert "rejected" in text_of(visitor.get(visitor.post(reject, given).location))
    assert "Nothing is kept aside." in text_of(visitor.get(PATH))


@pytest.mark.parametrize("kind", [EntryKind.SAFETY_NOTICE, EntryKind.RELEASE])
def test_a_rejection_takes_no_id_that_is_the_service_s_own(
    kept: Patient, look_as: LookAs, kind: EntryKind
) -> None:
    given = {"id": own_event_id(kind, new_id()), "reason": "sent twice"}
    visitor = look_as(Role.CLINICIAN)
    assert visitor.post(action_of(visitor, "reject"), given).status_code == 303
    (_, rejection) = ledger.read_entries(kept.id)
    assert rejection.kind is EntryKind.VOID
    assert id_of(rejection.event_id) == rejection.event_id


def test_a_version_that_is_still_unknown_is_not_let_in(kept: Patient, look_as: LookAs) -> None:
    visitor = look_as(Role.CLINICIAN)
    shown = text_of(visitor.get(PATH))
    assert "It can be let in once this version is known here" in shown
    assert "Let it in" not in shown
    response = visitor.post(action_of(visitor, "reject").replace("/reject", "/release"))
    assert response.status_code == 409
    assert "Maria Silva" in text_of(response)


def test_an_administrator_reads_no_names(kept: Patient, look_as: LookAs) -> None:
    visitor = look_as(Role.ADMIN)
    text = visitor.get(PATH).text
    assert "Maria Silva" not in text
    assert kept.id in text
    assert "/reject" not in text
    assert "as they were sent" not in text


def test_a_coordinator_decides_nothing(kept: Patient, look_as: LookAs) -> None:
    visitor = look_as(Role.COORDINATOR)
    text = visitor.get(PATH).text
    assert "Maria Silva" in text
    assert "/release" not in text
    assert "/reject" not in text


def test_what_is_known_by_now_can_be_let_in(
    kept: Patient, look_as: LookAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = instruments.get("alsfrs_r")
    monkeypatch.setattr(catalogue, "find_among", lambda *_given: known)
    text = text_of(look_as(Role.CLINICIAN).get(PATH))
    assert "version 2099-01 is known by now" in text
    assert "Let it in" in text
