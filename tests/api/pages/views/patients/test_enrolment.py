"""Enrolling a patient by one form: the answer is the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from models.patients import patients as stored
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from services.access.actor import Role
from services.accounts import invitations
from services.patients import patients
from tests.clinics import Clinic
from tests.people import People
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


@pytest.fixture
def clinics(people: People) -> list[Site]:
    """Two clinics, of which the later by id comes first by name; and one where the coordinator is a carer."""
    ids = sorted(new_id() for _ in range(2))
    made = [
        people.site(id=ids[0], name="North", zone="Europe/Lisbon"),
        people.site(id=ids[1], name="East", zone="Asia/Seoul"),
    ]
    return [*made, people.site(name="Elsewhere")]


@pytest.fixture
def of_two(visitor: Visitor, people: People, clinics: list[Site]) -> Visitor:
    north, east, elsewhere = clinics
    roles = ((elsewhere, Role.CAREGIVER), (north, Role.COORDINATOR), (east, Role.COORDINATOR))
    assert visitor.sign_in(people.account(*roles).email).status_code == 303
    return visitor


@pytest.mark.parametrize("chosen", [0, 1])
def test_whoever_enrols_at_several_clinics_says_at_which(
    of_two: Visitor, clinics: list[Site], now: datetime, chosen: int
) -> None:
    shown = of_two.get("/pages/enrol").text
    offered = re.search(r'<label for="site_id">Clinic</label>\s*<select[^>]* required.*?</select>', shown)
    assert offered is not None
    assert re.findall(r">(\w+)</option>", offered[0]) == ["Choose", "East", "North"]
    assert "selected" not in offered[0]
    clinic = clinics[chosen]
    form = FORM | {"id": hidden(of_two.get("/pages/enrol"))["id"], "site_id": clinic.id, "zone": ""}
    assert of_two.post("/pages/enrol", form).status_code == 303
    found = stored.read(form["id"], Scope(site_ids=frozenset({clinic.id})), now=now)
    assert found is not None
    assert (found.site_id, found.zone) == (clinic.id, clinic.zone)


@pytest.mark.parametrize("named", ["", "nowhere", "\x00", "elsewhere"])
def test_nobody_is_enrolled_at_a_clinic_that_was_not_chosen(
    of_two: Visitor, clinics: list[Site], now: datetime, named: str
) -> None:
    site_id = clinics[2].id if named == "elsewhere" else named
    refused = of_two.post("/pages/enrol", FORM | {"id": new_id(), "site_id": site_id})
    assert refused.status_code == 422
    assert "Clinic: Choose the clinic that follows the patient." in text_of(refused)
    assert 'value="Ana Reis"' in refused.text
    reach = Scope(site_ids=frozenset(clinic.id for clinic in clinics))
    assert patients.page(reach, after=None, limit=5, now=now)[0] == []


def test_one_clinic_is_named_and_another_is_not_taken_for_it(
    clinic: Clinic, look_as: LookAs, people: People
) -> None:
    visitor = look_as(Role.COORDINATOR)
    shown = visitor.get("/pages/enrol")
    assert f"Clinic: {clinic.site.name}" in text_of(shown)
    assert "<select" not in shown.text
    refused = visitor.post("/pages/enrol", FORM | {"id": new_id(), "site_id": people.site().id})
    assert refused.status_code == 422
    assert enrolled(clinic) == []


@pytest.mark.parametrize("days", ["\u00b2", "9" * 5000, "nan", "1e999", "-1", "0", "2.5"], ids=ascii)
def test_an_interval_that_is_no_number_of_days_is_said_by_its_field(look_as: LookAs, days: str) -> None:
    visitor = look_as(Role.COORDINATOR)
    refused = visitor.post("/pages/enrol", FORM | {"id": new_id(), "report_interval_days": days})
    assert (refused.status_code, "Days between reports:" in text_of(refused)) == (422, True)
