"""A clinic at work, and a patient of its."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.patients.patient import Patient
from tests.clinics import Clinic
from tests.people import People


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return clinic.patients(1)[0]
