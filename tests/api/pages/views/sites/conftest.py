"""The administrator of the clinic, and a browser of theirs."""

from __future__ import annotations

import pytest

from models.sites.sites import Site
from services.access.actor import Role
from tests.people import People, Person
from tests.visitor import Visitor


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.signed_in(people.account((site, Role.ADMIN), name="Tom Berger"))


@pytest.fixture
def administrator(visitor: Visitor, admin: Person) -> Visitor:
    assert visitor.sign_in(admin.account.email).status_code == 303
    return visitor
