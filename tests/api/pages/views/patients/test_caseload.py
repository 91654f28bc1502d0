"""The caseload without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from services.access.actor import Role
from tests.clinics import Clinic
from tests.visitor import Visitor, text_of

LookAs = Callable[[Role], Visitor]
PATH = "/pages/patients"


def named(visitor: Visitor, **form: str) -> list[str]:
    response = visitor.led(PATH, dict(form)) if form else visitor.get(PATH)
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', response.text)


def test_patients_are_listed_sorted_and_found(clinic: Clinic, look_as: LookAs) -> None:
    visitor = look_as(Role.CLINICIAN)
    for name, total in (("Bela", 30), ("Ana", 44), ("Carla", 38)):
        made = clinic.people.patient(clinic.site, name=name, consent_at=clinic.now, study_code=f"S-{total}")
        clinic.send(made, total, days_ago=3)
    assert named(visitor) == ["Ana", "Bela", "Carla"]
    assert named(visitor, sort="total") == ["Bela", "Carla", "Ana"]
    assert named(visitor, words="s-38") == ["Carla"]
    assert named(visitor, words="nobody") == []
    assert "carla" not in visitor.post(PATH, {"words": "carla"}).location.lower()
    assert "Bela" in visitor.get(f"{PATH}?words=ana&search=nonsense").text


def test_a_coordinator_sees_no_slope(clinic: Clinic, look_as: LookAs) -> None:
    visitor = look_as(Role.COORDINATOR)
    (patient,) = clinic.patients(1)
    clinic.send(patient, 40, days_ago=3)
    text = text_of(visitor.get(PATH))
    assert "King’s" not in text
    assert "40" in text


def test_long_lists_have_pages_and_can_be_had_whole(clinic: Clinic, look_as: LookAs) -> None:
    visitor = look_as(Role.CLINICIAN)
    for number in range(53):
        clinic.people.patient(clinic.site, name=f"Patient {number:03}", consent_at=clinic.now)
    assert len(named(visitor)) == 50
    assert named(visitor, page="2") == ["Patient 050", "Patient 051", "Patient 052"]
    assert len(named(visitor, whole="1")) == 53
    assert len(named(visitor, page="nonsense")) == 50


def test_who_may_not_enrol_is_told_who_does(clinic: Clinic, look_as: Callable[[Role], Visitor]) -> None:
    hint = "Patients are enrolled by coordinators"
    assert hint in text_of(look_as(Role.CLINICIAN).get("/pages/patients"))
    assert hint not in text_of(look_as(Role.COORDINATOR).get("/pages/patients"))
