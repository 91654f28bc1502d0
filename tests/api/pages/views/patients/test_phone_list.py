"""The phone list: the call's outcome closes the entry, or says what was tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from models.patients.patient import Patient
from services.access.actor import Role
from services.patients import silence
from tests.clinics import Clinic
from tests.visitor import Visitor, text_of

LookAs = Callable[[Role], Visitor]
PATH = "/pages/phone-list"


@pytest.fixture
def silent(clinic: Clinic) -> Patient:
    contact = {
        "phone_number": "+351 21 000 00 00",
        "best_time": "mornings",
        "interpreter": True,
        "language": "Ewe",
    }
    made = clinic.people.patient(clinic.site, consent_at=clinic.now - timedelta(days=400), contact=contact)
    clinic.send(made, 40, days_ago=100, by_patient=True)
    silence.look(clinic.now)
    return made


def form_of(visitor: Visitor) -> tuple[str, str]:
    text = visitor.get(PATH).text
    (action,) = re.findall(r'action="(/pages/phone-list/[^"]+)"', text)
    (rev,) = re.findall(r'name="rev" value="(\d+)"', text)
    return action, rev


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR])
def test_it_says_whom_to_call_and_how(silent: Patient, look_as: LookAs, role: Role) -> None:
    text = text_of(look_as(role).get(PATH))
    said = (
        "Maria Silva",
        "+351 21 000 00 00",
        "best time: mornings",
        "interpreter needed: Ewe",
        "days late",
        "call by",
    )
    for words in (*said, "last heard from 23 Nov 2075", "nothing yet"):
        assert words in text


def test_a_call_that_reached_nobody_is_kept_and_one_that_did_closes_the_entry(
    silent: Patient, look_as: LookAs
) -> None:
    visitor = look_as(Role.COORDINATOR)
    action, rev = form_of(visitor)
    tried = visitor.post(action, {"rev": rev, "came": "not_reached", "note": "Daughter calls back."})
    text = text_of(visitor.get(tried.location))
    assert "Called, not reached. Daughter calls back." in text
    stale = visitor.post(action, {"rev": rev, "came": "reached", "note": "Typed for long."})
    assert stale.status_code == 409
    assert "Typed for long." in stale.text
    action, rev = form_of(visitor)
    visitor.post(action, {"rev": rev, "came": "reached", "note": ""})
    assert "Nobody is on the list now." in text_of(visitor.get(PATH))


def test_an_outcome_has_to_be_said(silent: Patient, look_as: LookAs) -> None:
    visitor = look_as(Role.COORDINATOR)
    action, rev = form_of(visitor)
    assert visitor.post(action, {"rev": rev, "came": ""}).status_code == 422


def test_without_a_call_it_can_be_closed_too(silent: Patient, look_as: LookAs) -> None:
    visitor = look_as(Role.CLINICIAN)
    action, rev = form_of(visitor)
    visitor.post(action, {"rev": rev, "came": "known", "note": "in hospital"})
    assert "Nobody is on the list now." in text_of(visitor.get(PATH))
