"""Who most tests of resources are about: a clinic, a patient with consent and an account, a clinician."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.patients.patient import Patient
from models.sites.sites import Site
from services.access.actor import Role
from tests.people import People, Person


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def patient(people: People, site: Site, now: datetime) -> Patient:
    return people.patient(site, consent_at=now)


@pytest.fixture
def own(people: People, site: Site, patient: Patient) -> Person:
    return people.own(site, patient)


@pytest.fixture
def clinician(people: People, site: Site) -> Person:
    return people.staff(site, Role.CLINICIAN)
