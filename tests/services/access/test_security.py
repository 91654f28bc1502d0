"""Whom an `Authorization` header names, and what ends that."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.accounts import accounts, sessions
from models.accounts.account import AccountEvent, AccountStep
from models.accounts.sessions import EndReason
from services.access.actor import Role
from services.access.security import Security
from services.access.tokens import LEEWAY_SECONDS
from services.errors import NotSignedIn
from services.settings import Settings
from tests.people import People, Person


@pytest.fixture
def person(people: People) -> Person:
    return people.staff(people.site(), Role.CLINICIAN)


def refused(security: Security, header: str, now: datetime) -> str:
    with pytest.raises(NotSignedIn) as caught:
        security.authenticate(header, now)
    return caught.value.code


def test_the_header_names_the_actor_whatever_the_case_of_its_scheme(
    security: Security, person: Person, now: datetime
) -> None:
    token = person.headers["Authorization"].removeprefix("Bearer ")
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert security.authenticate(f"{scheme} {token}", now) == person.actor


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "not_signed_in"),
        ("Bearer", "not_signed_in"),
        ("Bearer ", "not_signed_in"),
        ("Basic dTpw", "not_signed_in"),
        ("Bearer a.b.c", "token_invalid"),
        ("Bearer \u00e9", "token_invalid"),
    ],
)
def test_anything_else_names_nobody(security: Security, header: str, code: str, now: datetime) -> None:
    assert refused(security, header, now) == code


def test_a_token_that_was_verified_before_still_expires(
    security: Security, person: Person, now: datetime
) -> None:
    header = person.headers["Authorization"]
    assert security.authenticate(header, now) == person.actor
    end = now + security.signer.lifetime + timedelta(seconds=LEEWAY_SECONDS)
    assert refused(security, header, end + timedelta(seconds=1)) == "token_expired"


def test_a_token_of_other_keys_is_refused(security: Security, person: Person, now: datetime) -> None:
    header = person.headers["Authorization"]
    broken = header[:-2] + ("AA" if not header.endswith("AA") else "BB")
    assert refused(security, broken, now) == "token_invalid"


def test_an_ended_session_is_out(settings: Settings, person: Person, now: datetime) -> None:
    sessions.end_all(person.account.id, EndReason.SIGNED_OUT, now=now)
    assert refused(Security(settings), person.headers["Authorization"], now) == "session_ended"


def test_a_change_of_what_the_account_may_do_asks_for_a_new_token(
    settings: Settings, person: Person, now: datetime
) -> None:
    step = AccountStep(now, AccountEvent.ROLE_TAKEN, person.actor.of_own_account())
    assert accounts.change(person.account, step, roles=()) is not None
    assert refused(Security(settings), person.headers["Authorization"], now) == "token_expired"
