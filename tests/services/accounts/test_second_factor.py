"""A second factor: asked for at sign-in, each code taken once, asked for again before what matters."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.accounts import accounts
from models.accounts.account import AccountEvent
from models.accounts.sessions import Device
from models.sites import sites
from models.sites.sites import Site, SiteStep
from models.store.base import new_id
from services.access import totp
from services.access.actor import Actor, Role
from services.access.permissions import STEP_UP_WITHIN, Operation, check_session
from services.access.security import Security
from services.accounts import issue, second_factor, sign_in
from services.accounts.sign_in import SignIn
from services.errors import AppError, Conflict, NotAllowed, NotSignedIn
from tests.people import CLINIC, PASSWORD, People, Person

STEP = timedelta(seconds=totp.STEP_SECONDS)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


class App:
    """An authenticator app that shares a secret with an account."""

    def __init__(self, security: Security, person: Person, now: datetime) -> None:
        self.person = person
        setup = second_factor.begin(security, person.actor, PASSWORD, issuer="slope", now=now)
        self.secret = setup.secret
        self.recovery_codes = second_factor.confirm(security, person.actor, self.code(now), now=now)

    def code(self, now: datetime) -> str:
        return totp.code_at(self.secret, totp.step_at(now))

    def given(self, code: str | None) -> SignIn:
        email = self.person.account.email or ""
        return SignIn(email, PASSWORD, Device(new_id(), "phone"), "192.0.2.1", code)


@pytest.fixture
def authenticator(security: Security, admin: Person, now: datetime) -> App:
    return App(security, admin, now)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        attempt()
    return caught.value.code


def test_signing_in_asks_for_it(security: Security, authenticator: App, now: datetime) -> None:
    later = now + STEP
    for code, expected in ((None, "second_factor_needed"), ("000000", "second_factor_wrong")):
        given = authenticator.given(code)
        assert refused(lambda: sign_in.sign_in(security, given, now=later)) == expected  # noqa: B023
    signed_in = sign_in.sign_in(security, authenticator.given(authenticator.code(later)), now=later)
    actor, _ = security.signer.verify(signed_in.access_token, later)
    assert (actor.second_factor, actor.second_factor_at) == (True, later)


def test_a_code_is_taken_once_also_of_many_that_race(
    security: Security, authenticator: App, now: datetime
) -> None:
    later = now + STEP
    code = authenticator.code(later)

    def attempt(_number: int) -> bool:
        try:
            sign_in.sign_in(security, authenticator.given(code), now=later)
        except AppError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(attempt, range(4))).count(True) == 1
    assert not attempt(5)


def test_a_recovery_code_stands_in_once(security: Security, authenticator: App, now: datetime) -> None:
    given = authenticator.given(authenticator.recovery_codes[3].lower())
    assert sign_in.sign_in(security, given, now=now)
    assert refused(lambda: sign_in.sign_in(security, given, now=now)) == "second_factor_wrong"


def test_guessing_codes_meets_a_pause(security: Security, authenticator: App, now: datetime) -> None:
    outcomes = {
        refused(lambda: second_factor.give(security, authenticator.person.actor, f"{n:06}", now=now))  # noqa: B023
        for n in range(10)
    }
    assert "too_many_attempts" in outcomes


def test_who_knows_the_password_and_guesses_holds_up_nobody_on_a_known_device(
    security: Security, authenticator: App, now: datetime
) -> None:
    later, person = now + STEP, authenticator.person
    guesses = [replace(authenticator.given(f"{n:06}"), address=f"198.51.100.{n}") for n in range(9)]
    outcomes = [refused(lambda: sign_in.sign_in(security, guess, now=later)) for guess in guesses]  # noqa: B023
    assert outcomes[-1] == "too_many_attempts", "who has no known device is slowed as before"
    own = replace(
        authenticator.given(authenticator.code(later)), device=Device(person.session.device_id, "own")
    )
    assert sign_in.sign_in(security, own, now=later)
    later += STEP
    signed_in = owner_on_the_known_device(security, authenticator, later)
    assert second_factor.give(security, signed_in, authenticator.code(later), now=later)


def owner_on_the_known_device(security: Security, authenticator: App, now: datetime) -> Actor:
    """The owner, who signed in by a recovery code on the known device."""
    device = Device(authenticator.person.session.device_id, "own")
    given = replace(authenticator.given(authenticator.recovery_codes[0]), device=device)
    return security.signer.verify(sign_in.sign_in(security, given, now=now).access_token, now)[0]


def test_guesses_on_a_known_device_meet_a_pause_too(
    security: Security, authenticator: App, now: datetime
) -> None:
    device = Device(authenticator.person.session.device_id, "own")
    guesses = [replace(authenticator.given(f"{n:06}"), device=device) for n in range(9)]
    outcomes = [refused(lambda: sign_in.sign_in(security, guess, now=now)) for guess in guesses]  # noqa: B023
    assert outcomes[-1] == "too_many_attempts"


def test_setting_it_up_needs_the_password_and_a_first_right_code(
    security: Security, admin: Person, now: datetime
) -> None:
    wrong = "not the password at all"
    assert (
        refused(lambda: second_factor.begin(security, admin.actor, wrong, issuer="slope", now=now))
        == "wrong_credentials"
    )
    second_factor.begin(security, admin.actor, PASSWORD, issuer="slope", now=now)
    assert refused(lambda: second_factor.confirm(security, admin.actor, "000000", now=now))
    email = admin.account.email or ""
    bare = SignIn(email, PASSWORD, Device(new_id(), "phone"), "192.0.2.1")
    assert sign_in.sign_in(security, bare, now=now), "one that was only begun is asked of nobody"


def test_it_is_not_set_up_twice_and_removed_with_a_code_only(
    security: Security, authenticator: App, now: datetime
) -> None:
    actor = authenticator.person.actor
    with pytest.raises(Conflict):
        second_factor.begin(security, actor, PASSWORD, issuer="slope", now=now)
    with pytest.raises(NotSignedIn):
        second_factor.remove(security, actor, "000000", now=now)
    second_factor.remove(security, actor, authenticator.recovery_codes[0], now=now)
    assert sign_in.sign_in(security, authenticator.given(None), now=now)
    events = [step.event for step in accounts.steps(actor.account_id)]
    assert events == [AccountEvent.SECOND_FACTOR_SET, AccountEvent.SECOND_FACTOR_REMOVED]


def test_what_matters_asks_for_it_again_after_a_while(
    security: Security, authenticator: App, now: datetime
) -> None:
    later = now + STEP
    answer = second_factor.give(security, authenticator.person.actor, authenticator.code(later), now=later)
    actor, _ = security.signer.verify(answer.access_token, later)
    check_session(actor, Operation.SITE_CHANGE, later + STEP_UP_WITHIN)
    too_late = later + STEP_UP_WITHIN + timedelta(seconds=1)
    with pytest.raises(NotAllowed) as caught:
        check_session(actor, Operation.SITE_CHANGE, too_late)
    assert caught.value.code == "second_factor_needed"
    check_session(actor, Operation.SITE_READ, too_late)


def test_a_site_says_which_roles_nobody_has_without_one(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    elsewhere = people.site()
    account = people.account((site, Role.CLINICIAN), (elsewhere, Role.CLINICIAN))
    step = SiteStep(now, CLINIC, {})
    assert sites.change(site.id, 0, step=step, second_factor_for=("clinician",))

    def roles() -> list[str]:
        present = accounts.read(account.id)
        assert present is not None
        answer = issue.begin_session(security, present, Device(new_id(), "phone"), now=now)
        return [site_id for site_id, _ in security.signer.verify(answer.access_token, now)[0].roles]

    assert roles() == [elsewhere.id]
    App(security, people.signed_in(account), now)
    assert roles() == [site.id, elsewhere.id]
