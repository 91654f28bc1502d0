"""Who has a session and the password of somebody with a second factor reaches nothing that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.accounts import accounts, sessions
from models.accounts.account import Account
from models.accounts.sessions import Device
from models.store.base import new_id
from services.access import totp
from services.access.actor import Actor, Role
from services.access.permissions import STEP_UP_WITHIN, Operation, check_session
from services.access.security import Security
from services.accounts import credentials, issue, second_factor, sign_in
from services.accounts.credentials import Recovery
from services.accounts.passkeys import passkeys
from services.accounts.sign_in import SignIn
from services.errors import AppError, NotAllowed
from tests.authenticator import Authenticator
from tests.people import PASSWORD, People, Person

BEGUN_BEFORE = timedelta(minutes=4)
"""A challenge for a passkey is good for five minutes."""


@dataclass
class Unattended:
    """A computer left signed in, in the hands of somebody who knows the password and has no factor.

    Attributes:
        secret: of one-time passwords that were begun before there was a second factor.
        challenge: for a passkey, asked for before there was a second factor.
    """

    security: Security
    person: Person
    now: datetime
    secret: str = ""
    challenge: dict[str, Any] | None = None

    def account(self) -> Account:
        found = accounts.read(self.person.account.id)
        assert found is not None
        return found

    def actor(self) -> Actor:
        """The person with fresh tokens of the session that was left."""
        session = sessions.read(self.person.session.id)
        assert session is not None
        answer = issue.tokens(self.security, self.account(), session, now=self.now)
        return self.security.signer.verify(answer.access_token, self.now)[0]

    def code(self) -> str:
        return totp.code_at(self.secret, totp.step_at(self.now))

    def begin_codes(self) -> None:
        self.secret = second_factor.begin(
            self.security, self.actor(), PASSWORD, issuer="slope", now=self.now
        ).secret

    def set_codes(self) -> None:
        second_factor.confirm(self.security, self.actor(), self.code(), now=self.now)

    def begin_and_set_codes(self) -> None:
        self.begin_codes()
        self.set_codes()

    def give_begun_codes(self) -> None:
        second_factor.give(self.security, self.actor(), self.code(), now=self.now)

    def remove_by_begun_codes(self) -> None:
        second_factor.remove(self.security, self.actor(), self.code(), now=self.now)

    def sign_in_by_begun_codes(self) -> None:
        email = self.person.account.email or ""
        given = SignIn(email, PASSWORD, Device(new_id(), "laptop"), "192.0.2.1", self.code())
        sign_in.sign_in(self.security, given, now=self.now)

    def add_passkey(self) -> None:
        asked = passkeys.begin(self.security, self.actor(), PASSWORD, now=self.now)
        passkeys.add(self.security, self.actor(), Authenticator().create(asked), "mine", now=self.now)

    def add_passkey_begun_before(self) -> None:
        assert self.challenge is not None
        made = Authenticator().create(self.challenge)
        passkeys.add(self.security, self.actor(), made, "mine", now=self.now)

    def remove_passkey(self) -> None:
        passkey = self.account().passkeys[0]
        passkeys.remove(self.actor(), passkey.id, now=self.now)

    def recover_by_own_code(self) -> None:
        code = credentials.make_own_recovery_code(self.security, self.actor(), now=self.now)
        credentials.recover(
            self.security, Recovery(code, Device(new_id(), "phone"), "192.0.2.1"), now=self.now
        )


@pytest.fixture
def unattended(security: Security, people: People, now: datetime) -> Unattended:
    """An administrator's, who added a passkey elsewhere after this session had begun to add factors."""
    admin = people.staff(people.site(), Role.ADMIN)
    found = Unattended(security, admin, now)
    found.begin_codes()
    found.now = now + timedelta(hours=1)
    found.challenge = passkeys.begin(security, found.actor(), PASSWORD, now=found.now)
    owner = people.signed_in(admin.account)
    asked = passkeys.begin(security, owner.actor, PASSWORD, now=found.now)
    passkeys.add(security, owner.actor, Authenticator().create(asked), "key", now=found.now)
    found.now += BEGUN_BEFORE
    return found


WAYS: dict[str, Callable[[Unattended], None]] = {
    name: getattr(Unattended, name)
    for name in (
        "begin_codes",
        "set_codes",
        "begin_and_set_codes",
        "give_begun_codes",
        "remove_by_begun_codes",
        "sign_in_by_begun_codes",
        "add_passkey",
        "add_passkey_begun_before",
        "remove_passkey",
        "recover_by_own_code",
    )
}


@pytest.mark.parametrize("way", WAYS)
def test_beside_a_passkey_the_password_is_no_way_to_a_second_factor(unattended: Unattended, way: str) -> None:
    before = unattended.account()
    with pytest.raises(AppError) as caught:
        WAYS[way](unattended)
    assert caught.value.code in {
        "second_factor_needed",
        "second_factor_wrong",
        "has_second_factor",
    }
    after = unattended.account()
    assert (after.passkeys, after.factor_codes, after.has_totp) == (
        before.passkeys,
        before.factor_codes,
        False,
    )
    with pytest.raises(NotAllowed):
        check_session(unattended.actor(), Operation.MEMBER_INVITE, unattended.now)


def test_who_gave_the_passkey_lately_sets_codes_beside_it(
    security: Security, people: People, now: datetime
) -> None:
    owner = Unattended(security, people.staff(people.site(), Role.ADMIN), now)
    device = Authenticator()
    asked = passkeys.begin(security, owner.actor(), PASSWORD, now=now)
    passkeys.add(security, owner.actor(), device.create(asked), "key", now=now)
    owner.now += STEP_UP_WITHIN
    owner.begin_codes()
    owner.now += timedelta(seconds=1)
    with pytest.raises(NotAllowed, match="second_factor_needed"):
        owner.set_codes()
    passkeys.give(security, owner.actor(), device.get(passkeys.ask(security, now=owner.now)), now=owner.now)
    owner.set_codes()
    assert owner.account().has_totp


def test_two_passkeys_that_were_begun_together_are_both_added(
    security: Security, people: People, now: datetime
) -> None:
    owner = Unattended(security, people.staff(people.site(), Role.ADMIN), now)
    asked = [passkeys.begin(security, owner.actor(), PASSWORD, now=now) for _ in range(2)]
    for challenge in asked:
        made = Authenticator().create(challenge)
        passkeys.add(security, owner.person.actor, made, "key", now=now)
    assert len(owner.account().passkeys) == 2
