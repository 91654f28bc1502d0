"""What people are called."""

from __future__ import annotations

import pytest

from models.store.base import new_id
from services.access.actor import Role
from services.accounts import people as names
from tests.people import People


def test_who_acted_has_the_name_of_the_account(people: People) -> None:
    clinician = people.staff(people.site(), Role.CLINICIAN)
    assert names.name_of(clinician.account.id) == clinician.account.name


def test_who_is_not_there_has_no_name(people: People) -> None:
    assert names.name_of(new_id()) is None


@pytest.mark.parametrize("part", ["evaluation", "clock"])
def test_what_acts_by_itself_is_called_what_it_is(people: People, part: str) -> None:
    assert names.name_of(part) == part
