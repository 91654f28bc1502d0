"""A clinic with a clinician, and somebody who looks at its pages."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from models.sites.sites import Site
from services.access.actor import Role
from tests.api.pages.desk import Desk
from tests.people import People, Person
from tests.visitor import Visitor


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def clinician(people: People, site: Site) -> Person:
    return people.staff(site, Role.CLINICIAN)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def signed_in(visitor: Visitor, clinician: Person) -> Visitor:
    assert visitor.sign_in(clinician.account.email).status_code == 303
    return visitor


@pytest.fixture
def desk(people: People, site: Site, now: datetime) -> Desk:
    return Desk(people, site, now)
