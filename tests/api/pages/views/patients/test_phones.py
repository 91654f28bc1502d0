"""Codes for phones and carers, lost phones, phones to be confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from models.accounts import sessions
from models.accounts.sessions import Device
from models.patients.patient import Patient
from services.access.actor import Role
from tests.clinics import Clinic
from tests.visitor import Visitor, text_of

LookAs = Callable[[Role], Visitor]
CODE = r"<code>([0-9A-Z-]{12,})</code>"


def path(patient: Patient) -> str:
    return f"/pages/patients/{patient.id}"


def test_a_carer_gets_a_code_with_the_relation(clinic: Clinic, look_as: LookAs) -> None:
    visitor, (patient,) = look_as(Role.CLINICIAN), clinic.patients(1)
    form = {"kind": "caregiver", "name": "Rui", "relation": "son", "grant_scope": "report"}
    response = visitor.led(f"{path(patient)}/codes", form)
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
    assert "No device with the app yet." in text_of(visitor.get(f"{path(patient)}/phones"))


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


def test_a_code_outlives_a_reload_and_neither_a_while_nor_the_session(
    clinic: Clinic, look_as: LookAs, set_clock: Callable[[datetime], None]
) -> None:
    visitor, (patient, other) = look_as(Role.COORDINATOR), clinic.patients(2)
    made = visitor.post(f"{path(patient)}/codes", {"kind": "patient"})
    (code,) = re.findall(CODE, visitor.get(made.location).text)
    assert code not in made.location
    assert re.findall(CODE, visitor.get(made.location).text) == [code]
    assert visitor.get(f"{path(other)}/code").status_code == 303
    colleague = clinic.people.staff(clinic.site, Role.COORDINATOR)
    kept = visitor.cookie("slope-code") or ""
    assert code not in kept
    visitor.sign_in(colleague.account.email)
    visitor.client.set_cookie("slope-code", kept, path="/pages/")
    again = visitor.get(made.location)
    assert "Make another." in text_of(visitor.get(again.location))


def test_a_code_is_not_shown_after_a_quarter_of_an_hour(
    clinic: Clinic, look_as: LookAs, set_clock: Callable[[datetime], None]
) -> None:
    visitor, (patient,) = look_as(Role.COORDINATOR), clinic.patients(1)
    made = visitor.post(f"{path(patient)}/codes", {"kind": "patient"})
    set_clock(clinic.now + timedelta(minutes=16))
    assert visitor.get(made.location).status_code == 303
