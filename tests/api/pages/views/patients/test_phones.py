"""Codes for phones and carers, lost phones, phones to be confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable

from models.accounts import sessions
from models.accounts.sessions import Device
from models.patients.patient import Patient
from services.access.actor import Role
from tests.clinics import Clinic
from tests.visitor import Visitor, text_of

LookAs = Callable[[Role], Visitor]


def path(patient: Patient) -> str:
    return f"/pages/patients/{patient.id}"


def test_a_carer_gets_a_code_with_the_relation(clinic: Clinic, look_as: LookAs) -> None:
    visitor, (patient,) = look_as(Role.CLINICIAN), clinic.patients(1)
    form = {"kind": "caregiver", "name": "Rui", "relation": "son", "grant_scope": "report"}
    response = visitor.post(f"{path(patient)}/codes", form)
    assert "Code for Rui (son of Maria Silva)" in text_of(response)
    listed = visitor.get(f"{path(patient)}/phones")
    assert "Rui, son" in text_of(listed)
    (cancel,) = re.findall(r'action="([^"]+/cancel)"', listed.text)
    assert "The code is cancelled." in text_of(visitor.get(visitor.post(cancel).location))
    assert "Rui" not in visitor.get(f"{path(patient)}/phones").text


def test_a_lost_phone_is_signed_out(clinic: Clinic, look_as: LookAs) -> None:
    visitor, (patient,) = look_as(Role.COORDINATOR), clinic.patients(1)
    own = clinic.people.own(clinic.site, patient)
    response = visitor.get(f"{path(patient)}/phones")
    (end,) = re.findall(r'action="([^"]+/end)"', response.text)
    assert visitor.post(end).status_code == 303
    assert not sessions.active(patient.id, clinic.now)
    assert own.session.id in end
    assert "No phone yet." in text_of(visitor.get(f"{path(patient)}/phones"))


def test_a_carers_grant_is_ended(clinic: Clinic, look_as: LookAs) -> None:
    visitor, (patient,) = look_as(Role.CLINICIAN), clinic.patients(1)
    clinic.people.caregiver(clinic.site, patient, relation="daughter")
    response = visitor.get(f"{path(patient)}/phones")
    assert "daughter" in text_of(response)
    (end,) = re.findall(r'action="([^"]+/carers/[^"]+/end)"', response.text)
    assert "The carer can do nothing more." in text_of(visitor.get(visitor.post(end).location))


def test_a_carer_without_a_name_is_asked_for_one(clinic: Clinic, look_as: LookAs) -> None:
    visitor, (patient,) = look_as(Role.CLINICIAN), clinic.patients(1)
    response = visitor.post(f"{path(patient)}/codes", {"kind": "caregiver", "name": ""})
    assert response.status_code == 422
    assert "Name:" in text_of(response)


def test_a_phone_of_another_clinic_is_not_within_reach(clinic: Clinic, look_as: LookAs) -> None:
    visitor = look_as(Role.CLINICIAN)
    stranger = clinic.people.patient(clinic.people.site(), consent_at=clinic.now)
    sessions.create(stranger.id, Device("x", "phone"), now=clinic.now, lifetime=clinic.now - clinic.now)
    assert visitor.get(f"{path(stranger)}/phones").status_code == 404
    assert visitor.post(f"{path(stranger)}/codes", {"kind": "patient"}).status_code == 404
