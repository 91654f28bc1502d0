"""A clinic at work, and somebody of it who looks at its pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.access.actor import Role
from tests.clinics import Clinic
from tests.people import People
from tests.visitor import Visitor


@pytest.fixture
def clinic(people: People) -> Clinic:
    return Clinic.of(people, people.now)


@pytest.fixture
def look_as(clinic: Clinic, visitor: Visitor, stopped_clock: None) -> Callable[[Role], Visitor]:
    """Signs somebody of the clinic in."""

    def sign_in(role: Role) -> Visitor:
        person = clinic.people.staff(clinic.site, role)
        assert visitor.sign_in(person.account.email).status_code == 303
        return visitor

    return sign_in
