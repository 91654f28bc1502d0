"""Who acts: the roles an account holds, and what is stored with each step it makes."""

from __future__ import annotations

import pytest

from models.store.provenance import Provenance
from services.access.actor import STAFF, Actor, Role

ACTOR = Actor(
    "account",
    "session",
    (("here", Role.CLINICIAN), ("there", Role.ADMIN), ("here", Role.ADMIN)),
    None,
    "request",
)


def test_roles_anywhere_are_those_of_all_sites() -> None:
    assert ACTOR.roles_anywhere == {Role.CLINICIAN, Role.ADMIN}
    assert Actor("account", "session").roles_anywhere == frozenset()


def test_a_step_carries_account_role_session_and_request() -> None:
    assert ACTOR.provenance(Role.CLINICIAN) == Provenance("account", "clinician", "session", "request")


def test_a_step_on_ones_own_account_names_no_role_at_a_site() -> None:
    assert ACTOR.of_own_account() == Provenance("account", "own", "session", "request")


@pytest.mark.parametrize("role", Role)
def test_who_answers_questionnaires_is_no_staff(role: Role) -> None:
    assert (role in STAFF) is (role not in {Role.PATIENT, Role.CAREGIVER})
