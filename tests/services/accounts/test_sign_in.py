"""Sessions move on once per refresh token; a lost answer can be repeated, a stolen token ends the session."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from models.accounts import accounts, sessions, sign_in_attempts
from models.accounts.account import Account, Membership, NewAccount
from models.accounts.accounts import AccountDocument
from models.accounts.sessions import Device, SessionState
from models.store.base import new_id
from services.access.actor import Role
from services.access.passwords import WAITING, Passwords
from services.access.security import Security
from services.accounts import issue, sign_in
from services.accounts import refresh as refreshing
from services.accounts.issue import SignedIn
from services.accounts.sign_in import SignIn
from services.errors import NotSignedIn, TooManyRequests
from tests.people import CLINIC, PASSWORD, People

RACERS = 16
SECOND = timedelta(seconds=1)


@pytest.fixture
def account(people: People) -> Account:
    return people.account((people.site(), Role.CLINICIAN), email="anna@example.org")


@pytest.fixture
def signed_in(security: Security, account: Account, now: datetime) -> SignedIn:
    return issue.begin_session(security, account, Device(new_id(), "phone"), now=now)


def given(password: str = PASSWORD, email: str = "anna@example.org", address: str = "192.0.2.1") -> SignIn:
    return SignIn(email, password, Device(new_id(), "phone"), address)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises((NotSignedIn, TooManyRequests)) as caught:
        attempt()
    return caught.value.code


def test_the_right_password_begins_a_session(security: Security, account: Account, now: datetime) -> None:
    result = sign_in.sign_in(security, given(email="ANNA@example.org"), now=now)
    actor, _ = security.signer.verify(result.access_token, now)
    assert (actor.account_id, actor.roles) == (account.id, account.roles)
    assert result.expires_in == 600


def test_when_no_place_is_left_nothing_is_looked_at_and_no_try_is_counted(
    security: Security, account: Account, now: datetime
) -> None:
    places = [security.passwords._admitted.acquire(blocking=False) for _ in range(WAITING)]
    assert all(places)
    for _ in range(10):
        assert refused(lambda: sign_in.sign_in(security, given("wrong"), now=now)) == "too_many_sign_ins"
    for _ in places:
        security.passwords._admitted.release()
    assert sign_in_attempts.AttemptDocument.raw().count_documents({}) == 0
    assert sign_in.sign_in(security, given(), now=now).access_token


def test_wrong_and_unknown_are_told_apart_by_nothing(
    security: Security, account: Account, now: datetime
) -> None:
    wrong = refused(lambda: sign_in.sign_in(security, given("wrong"), now=now))
    unknown = refused(lambda: sign_in.sign_in(security, given(email="nobody@example.org"), now=now))
    assert wrong == unknown == "wrong_credentials"


def test_unknown_addresses_are_slowed_down_like_known_ones(
    security: Security, account: Account, now: datetime
) -> None:
    for email in ("anna@example.org", "nobody@example.org"):
        tries = [
            refused(lambda: sign_in.sign_in(security, given("wrong", email), now=now))  # noqa: B023 (called at once)
            for _ in range(sign_in_attempts.STRICT.free + 1)
        ]
        assert tries == ["wrong_credentials"] * sign_in_attempts.STRICT.free + ["too_many_attempts"]


def test_guessing_from_many_addresses_slows_an_account_and_locks_nobody_out(
    security: Security, account: Account, now: datetime
) -> None:
    for number in range(30):
        elsewhere = given("wrong", address=f"203.0.113.{number}")
        refused(lambda: sign_in.sign_in(security, elsewhere, now=now))  # noqa: B023 (called at once)
    longest = sign_in_attempts.OF_ACCOUNT.longest
    assert sign_in.sign_in(security, given(), now=now + longest).account == account


def test_nobody_elsewhere_holds_up_a_device_that_the_account_knows(
    security: Security, account: Account, now: datetime
) -> None:
    mine = given(address="192.0.2.1")
    sign_in.sign_in(security, mine, now=now)
    for number in range(30):
        shared = given("wrong", address="192.0.2.1" if number % 2 else f"203.0.113.{number}")
        refused(lambda: sign_in.sign_in(security, shared, now=now))  # noqa: B023 (called at once)
    assert sign_in.sign_in(security, mine, now=now).account == account


def test_one_password_over_many_accounts_meets_a_pause(
    security: Security, people: People, now: datetime
) -> None:
    tries = [
        refused(lambda: sign_in.sign_in(security, given("wrong", f"p{n}@example.org"), now=now))  # noqa: B023
        for n in range(40)
    ]
    assert tries.count("too_many_attempts") == 40 - sign_in_attempts.OF_ADDRESS.free


def test_one_ipv6_network_is_one_address(security: Security, account: Account, now: datetime) -> None:
    tries = [
        refused(lambda: sign_in.sign_in(security, given("wrong", address=f"2001:db8::{n:x}"), now=now))  # noqa: B023
        for n in range(1, 10)
    ]
    assert tries.count("too_many_attempts") == 9 - sign_in_attempts.STRICT.free


def test_in_the_pause_the_right_password_is_not_looked_at(
    security: Security, account: Account, now: datetime
) -> None:
    for _ in range(sign_in_attempts.STRICT.free):
        refused(lambda: sign_in.sign_in(security, given("wrong"), now=now))
    with pytest.raises(TooManyRequests) as caught:
        sign_in.sign_in(security, given(), now=now)
    assert caught.value.retry_after == 1
    assert sign_in.sign_in(security, given(), now=now + SECOND).account == account


def test_a_closed_account_does_not_sign_in(security: Security, account: Account, now: datetime) -> None:
    AccountDocument.raw().update_one({"_id": account.id}, {"$set": {"closed_at": now}})
    assert refused(lambda: sign_in.sign_in(security, given(), now=now)) == "wrong_credentials"


def test_an_account_without_password_does_not_sign_in(
    security: Security, people: People, now: datetime
) -> None:
    bare = NewAccount(id=new_id(), name="Jo", email="bare@example.org")
    accounts.create(bare, now=now)
    for password in ("", "nobody has this password"):
        code = refused(lambda: sign_in.sign_in(security, given(password, "bare@example.org"), now=now))  # noqa: B023
        assert code == "wrong_credentials"


def test_an_outdated_hash_is_renewed(
    security: Security, account: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "passwords", Passwords())
    sign_in.sign_in(security, given(), now=now)
    after = accounts.read(account.id)
    assert after is not None
    assert after.password_hash is not None
    assert not security.passwords.outdated(after.password_hash)


def test_signing_in_on_a_device_ends_its_earlier_session(
    security: Security, account: Account, now: datetime
) -> None:
    first = given()
    earlier = sign_in.sign_in(security, first, now=now)
    sign_in.sign_in(security, first, now=now)
    assert refused(lambda: refreshing.refresh(security, earlier.refresh_token, now=now)) == "session_ended"


def test_an_unused_token_expires(security: Security, signed_in: SignedIn, now: datetime) -> None:
    late = now + security.session_lifetime
    assert refused(lambda: refreshing.refresh(security, signed_in.refresh_token, now=late)) == "session_ended"


def test_signing_out_ends_the_session_for_good(
    security: Security, signed_in: SignedIn, now: datetime
) -> None:
    actor, _ = security.signer.verify(signed_in.access_token, now)
    sign_in.sign_out(security, actor, now=now)
    session = sessions.read(actor.session_id)
    assert session is not None
    assert session.state is SessionState.ENDED
    assert refused(lambda: refreshing.refresh(security, signed_in.refresh_token, now=now)) == "session_ended"


def test_of_a_race_between_signing_out_and_refreshing_the_end_stays(
    security: Security, signed_in: SignedIn, now: datetime
) -> None:
    actor, _ = security.signer.verify(signed_in.access_token, now)
    token = signed_in.refresh_token

    def act(number: int) -> str | None:
        if number == 3:
            sign_in.sign_out(security, actor, now=now)
            return None
        try:
            return refreshing.refresh(security, token, now=now).refresh_token
        except NotSignedIn:
            return None

    with ThreadPoolExecutor(RACERS) as pool:
        given_out = {answer for answer in pool.map(act, range(RACERS)) if answer}
    for late in {token, *given_out}:
        assert refused(lambda: refreshing.refresh(security, late, now=now)) == "session_ended"  # noqa: B023


def test_a_closed_account_is_not_continued(security: Security, signed_in: SignedIn, now: datetime) -> None:
    AccountDocument.raw().update_one({"_id": signed_in.account.id}, {"$set": {"closed_at": now}})
    assert refused(lambda: refreshing.refresh(security, signed_in.refresh_token, now=now)) == "session_ended"


def test_roles_added_meanwhile_are_in_the_next_token(
    security: Security, people: People, signed_in: SignedIn, now: datetime
) -> None:
    site = people.site()
    accounts.add_role(signed_in.account.id, Membership(site.id, Role.ADMIN), by=CLINIC, now=now)
    result = refreshing.refresh(security, signed_in.refresh_token, now=now)
    actor, _ = security.signer.verify(result.access_token, now)
    assert (site.id, Role.ADMIN) in actor.roles


def test_nothing_shows_a_secret(signed_in: SignedIn) -> None:
    shown = repr(signed_in) + repr(given())
    secrets = (
        PASSWORD,
        signed_in.access_token,
        signed_in.refresh_token,
        signed_in.account.password_hash or "?",
    )
    assert not [secret for secret in secrets if secret in shown]
