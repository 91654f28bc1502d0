"""Enrolling a patient by one form: the answer is the code."""

from __future__ import annotations

import re
from collections.abc import Callable

from models.store.scope import Scope
from services.access.actor import Role
from services.accounts import invitations
from services.patients import patients
from tests.clinics import Clinic
from tests.visitor import Visitor, hidden, text_of

LookAs = Callable[[Role], Visitor]
FORM = {"name": "Ana Reis", "zone": "Europe/Lisbon", "report_interval_days": "28", "born_on": "1958-05-01"}


def enrolled(clinic: Clinic) -> list[str]:
    reach = Scope(site_ids=frozenset({clinic.site.id}))
    found, _ = patients.page(reach, after=None, limit=50, now=clinic.now)
    return [patient.name for patient in found]


def test_one_form_enrols_and_shows_the_code(clinic: Clinic, look_as: LookAs) -> None:
    visitor = look_as(Role.COORDINATOR)
    given = hidden(visitor.get("/pages/enrol"))
    response = visitor.led("/pages/enrol", FORM | {"id": given["id"], "consent": "1"})
    assert "The patient is enrolled." in text_of(response)
    assert re.search(r"<code>[0-9A-Z-]{12,}</code>", response.text)
    assert "Code for the phone of Ana Reis" in text_of(response)
    assert "<svg" in response.text
    assert enrolled(clinic) == ["Ana Reis"]


def test_the_form_sent_twice_enrols_once(clinic: Clinic, look_as: LookAs) -> None:
    visitor = look_as(Role.COORDINATOR)
    form = FORM | {"id": hidden(visitor.get("/pages/enrol"))["id"], "consent": ""}
    for _ in range(2):
        assert visitor.post("/pages/enrol", form).status_code == 303
    assert enrolled(clinic) == ["Ana Reis"]


def test_what_cannot_be_is_said_and_what_was_typed_stays(clinic: Clinic, look_as: LookAs) -> None:
    visitor = look_as(Role.COORDINATOR)
    form = FORM | {"id": hidden(visitor.get("/pages/enrol"))["id"], "born_on": "2999-01-01"}
    response = visitor.post("/pages/enrol", form)
    assert response.status_code == 422
    assert "Birth date:" in text_of(response)
    assert 'value="Ana Reis"' in response.text
    assert enrolled(clinic) == []


def test_without_consent_there_is_no_code_yet(clinic: Clinic, look_as: LookAs) -> None:
    visitor = look_as(Role.COORDINATOR)
    form = FORM | {"id": hidden(visitor.get("/pages/enrol"))["id"]}
    response = visitor.get(visitor.post("/pages/enrol", form).location)
    assert "Consent is not recorded" in text_of(response)
    reach = Scope(site_ids=frozenset({clinic.site.id}))
    (one,), _ = patients.page(reach, after=None, limit=5, now=clinic.now)
    assert invitations.listed_of_patient(one.id, reach, now=clinic.now) == []


def test_a_clinician_does_not_enrol(look_as: LookAs) -> None:
    assert look_as(Role.CLINICIAN).get("/pages/enrol").status_code == 403
