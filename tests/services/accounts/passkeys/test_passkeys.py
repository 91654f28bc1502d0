"""Passkeys: what adding one asks for, signing in by one, and everything that is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.accounts import accounts, sessions
from models.accounts.account import Account, AccountEvent, AccountStep
from models.accounts.sessions import Device, Standing
from models.sites import sites
from models.sites.sites import Site, SiteStep
from models.store.base import new_id
from models.store.scope import Scope
from services.access import totp
from services.access.actor import Actor, Role
from services.access.permissions import STEP_UP_WITHIN
from services.access.security import Security
from services.accounts import credentials, issue, members, page_sessions, second_factor, sign_in
from services.accounts.credentials import Recovery
from services.accounts.passkeys import passkeys
from services.accounts.passkeys.ceremonies import CHALLENGE_LIVES
from services.accounts.sign_in import SignIn
from services.errors import AppError
from tests.authenticator import Authenticator
from tests.people import CLINIC, PASSWORD, People, Person

LONG = timedelta(hours=1)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def clinician(people: People, site: Site) -> Person:
    return people.staff(site, Role.CLINICIAN)


class Laptop:
    """A person at a device that can hold passkeys."""

    def __init__(self, security: Security, person: Person, now: datetime) -> None:
        self.security, self.person, self.now = security, person, now
        self.device = Authenticator()

    def actor(self) -> Actor:
        """The person with fresh tokens of the same session."""
        session = sessions.read(self.person.session.id)
        assert session is not None
        answer = issue.tokens(self.security, self.account(), session, now=self.now)
        return self.security.signer.verify(answer.access_token, self.now)[0]

    def account(self) -> Account:
        return present(self.person)

    def begin(self, password: str | None = PASSWORD) -> dict[str, Any]:
        return passkeys.begin(self.security, self.actor(), password, now=self.now)

    def add(self, made: dict[str, Any] | None = None, name: str = "laptop") -> passkeys.Added:
        made = made or self.device.create(self.begin())
        return passkeys.add(self.security, self.actor(), made, name, now=self.now)

    def asked(self) -> dict[str, Any]:
        return passkeys.ask(self.security, now=self.now)

    def sign_in(self, signed: dict[str, Any] | None = None) -> Actor:
        signed = signed or self.device.get(self.asked())
        answer = passkeys.sign_in(self.security, signed, Device(new_id(), "laptop"), now=self.now)
        return self.security.signer.verify(answer.access_token, self.now)[0]

    def typed(self, code: str | None = None) -> SignIn:
        email = self.person.account.email or ""
        return SignIn(email, PASSWORD, Device(new_id(), "laptop"), "192.0.2.1", code)


@pytest.fixture
def laptop(security: Security, clinician: Person, now: datetime) -> Laptop:
    return Laptop(security, clinician, now)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        attempt()
    return caught.value.code


def present(person: Person) -> Account:
    account = accounts.read(person.account.id)
    assert account is not None
    return account


# Adding one


def test_adding_one_asks_for_the_password_where_there_is_no_second_factor(laptop: Laptop) -> None:
    assert refused(lambda: laptop.begin(None)) == "invalid"
    assert refused(lambda: laptop.begin("not the password at all")) == "wrong_credentials"
    added = laptop.add()
    assert len(added.recovery_codes) == second_factor.RECOVERY_CODES
    assert [passkey.name for passkey in passkeys.own(laptop.actor())] == ["laptop"]
    assert laptop.actor().second_factor_at == laptop.now


def test_adding_another_asks_for_the_second_factor_and_shows_no_new_codes(laptop: Laptop) -> None:
    laptop.add()
    laptop.now += STEP_UP_WITHIN + timedelta(seconds=1)
    assert refused(laptop.begin) == "second_factor_needed", "the password alone is not enough any more"
    passkeys.give(laptop.security, laptop.actor(), laptop.device.get(laptop.asked()), now=laptop.now)
    assert laptop.add(name="phone").recovery_codes == ()


def test_what_a_browser_is_asked_to_make(laptop: Laptop) -> None:
    laptop.add()
    asked = laptop.begin()
    assert asked["rp"] == {"id": "localhost", "name": "Slope"}
    wanted = asked["authenticatorSelection"]
    assert (wanted["residentKey"], wanted["userVerification"]) == ("required", "required")
    assert [credential["id"] for credential in asked["excludeCredentials"]] == [
        laptop.account().passkeys[0].credential_id
    ]
    assert laptop.account().id not in str(asked), "the handle is opaque"


def test_it_is_added_from_the_session_that_began_and_once(
    laptop: Laptop, people: People, site: Site, now: datetime
) -> None:
    other = Laptop(laptop.security, people.staff(site, Role.CLINICIAN), now)
    same_person = Laptop(laptop.security, people.signed_in(laptop.account()), now)
    made = laptop.device.create(laptop.begin())
    for stranger in (other, same_person):
        assert refused(lambda: stranger.add(made)) == "passkey_refused"  # noqa: B023
    laptop.add(made)
    assert refused(lambda: laptop.add(made)) == "passkey_refused", "the challenge was used"


def test_of_many_that_race_with_one_challenge_one_is_added(laptop: Laptop) -> None:
    made = laptop.device.create(laptop.begin())

    def attempt(_number: int) -> bool:
        try:
            laptop.add(made)
        except AppError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(attempt, range(4))).count(True) == 1
    assert len(laptop.account().passkeys) == 1


def test_a_credential_that_somebody_has_is_not_added_again(
    laptop: Laptop, people: People, site: Site, now: datetime
) -> None:
    laptop.add()
    other = Laptop(laptop.security, people.staff(site, Role.CLINICIAN), now)
    made = other.device.create(other.begin(), credential_id=laptop.device.keys[0].id)
    assert refused(lambda: other.add(made)) == "passkey_known"


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ({"origin": "http://localhost:8001"}, {}),
        ({"origin": "https://localhost:8000"}, {}),
        ({"origin": "http://127.0.0.1:8000"}, {}),
        ({"verifies": False}, {}),
        ({}, {"kind": "webauthn.get"}),
        ({}, {"fmt": "tpm"}),
        ({}, {"fmt": "made up"}),
    ],
)
def test_what_is_not_right_is_not_added(laptop: Laptop, fault: dict[str, Any], more: dict[str, Any]) -> None:
    laptop.device = replace(laptop.device, **fault)
    made = laptop.device.create(laptop.begin(), **more)
    assert refused(lambda: laptop.add(made)) == "passkey_refused"
    assert laptop.account().passkeys == ()


def test_there_is_an_end_to_how_many(laptop: Laptop) -> None:
    for _ in range(passkeys.MOST):
        laptop.add()
    assert refused(laptop.begin) == "too_many_passkeys"


# Signing in by one


def test_a_passkey_is_both_factors(laptop: Laptop) -> None:
    laptop.add()
    laptop.now += LONG
    actor = laptop.sign_in()
    assert (actor.account_id, actor.second_factor) == (laptop.person.account.id, True)
    assert actor.second_factor_at == laptop.now
    assert laptop.account().passkeys[0].used_at == laptop.now


def test_what_is_asked_to_sign_in_names_nobody(laptop: Laptop) -> None:
    laptop.add()
    asked = laptop.asked()
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"


def test_the_password_alone_lets_nobody_in_beside_a_passkey(laptop: Laptop) -> None:
    codes = laptop.add().recovery_codes
    tried = lambda code: sign_in.sign_in(laptop.security, laptop.typed(code), now=laptop.now)  # noqa: E731
    assert refused(lambda: tried(None)) == "second_factor_needed"
    assert refused(lambda: tried("000000")) == "second_factor_wrong"
    assert tried(codes[0])
    assert refused(lambda: tried(codes[0])) == "second_factor_wrong", "each code once"


def test_a_challenge_is_used_once_also_of_many_that_race(laptop: Laptop) -> None:
    laptop.device.counts = False
    laptop.add()
    signed = laptop.device.get(laptop.asked())

    def attempt(_number: int) -> bool:
        try:
            laptop.sign_in(signed)
        except AppError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(attempt, range(4))).count(True) == 1
    assert not attempt(5)


def test_a_challenge_ends_after_five_minutes(laptop: Laptop) -> None:
    laptop.add()
    asked = laptop.asked()
    laptop.now += CHALLENGE_LIVES
    assert refused(lambda: laptop.sign_in(laptop.device.get(asked))) == "passkey_refused"
    early = laptop.asked()
    laptop.now -= timedelta(seconds=1)
    assert refused(lambda: laptop.sign_in(laptop.device.get(early))) == "passkey_refused"


def test_a_challenge_for_something_else_is_refused(laptop: Laptop) -> None:
    laptop.add()
    for other in (laptop.begin()["challenge"], "bWFkZSB1cA", laptop.security.seals.seal("something else")):
        asked = {**laptop.asked(), "challenge": other}
        assert refused(lambda: laptop.sign_in(laptop.device.get(asked))) == "passkey_refused"  # noqa: B023


@pytest.mark.parametrize(
    "fault", [{"origin": "http://localhost:8001"}, {"origin": "https://evil.example"}, {"verifies": False}]
)
def test_from_elsewhere_or_without_the_person_nobody_signs_in(laptop: Laptop, fault: dict[str, Any]) -> None:
    laptop.add()
    laptop.device = replace(laptop.device, **fault)
    assert refused(laptop.sign_in) == "passkey_refused"


def test_a_count_that_goes_back_is_refused(laptop: Laptop) -> None:
    laptop.add()
    laptop.sign_in()
    copied = laptop.device.keys[0]
    copied.count -= 1
    assert refused(laptop.sign_in) == "passkey_refused"
    copied.count += 1
    assert laptop.sign_in()


def test_passkeys_that_do_not_count_are_taken(laptop: Laptop) -> None:
    laptop.device.counts = False
    laptop.add()
    assert laptop.sign_in()
    assert laptop.sign_in()
    assert laptop.account().passkeys[0].synced


def test_a_passkey_signs_nobody_else_in(laptop: Laptop, people: People, site: Site, now: datetime) -> None:
    victim = Laptop(laptop.security, people.staff(site, Role.CLINICIAN), now)
    victim.add()
    laptop.add()
    handle = victim.device.keys[0].handle
    as_victim = laptop.device.get(laptop.asked(), handle=handle)
    assert refused(lambda: laptop.sign_in(as_victim)) == "passkey_refused"
    laptop.device.keys[0].id = victim.device.keys[0].id
    forged = laptop.device.get(laptop.asked(), handle=handle)
    assert refused(lambda: laptop.sign_in(forged)) == "passkey_refused", "signed by another key"
    for made_up in (b"", b"nobody", b"\xff"):
        signed = victim.device.get(victim.asked(), handle=made_up)
        assert refused(lambda: victim.sign_in(signed)) == "passkey_refused"  # noqa: B023


def test_a_closed_account_is_refused(laptop: Laptop, people: People, site: Site) -> None:
    laptop.add()
    admin = people.staff(site, Role.ADMIN)
    scope = Scope(site_ids=frozenset({site.id}))
    staff = members.Members(laptop.security, site.id, scope, admin.actor, laptop.now, "Left.")
    staff.close(laptop.person.account.id)
    assert refused(laptop.sign_in) == "passkey_refused"


@pytest.mark.parametrize("broken", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
def test_what_cannot_be_read_is_refused(laptop: Laptop, broken: str) -> None:
    laptop.add()
    for content in ("", "AA", "gICAgICA", "A" * 3000, "e30"):
        signed = laptop.device.get(laptop.asked())
        signed["response"][broken] = content
        assert refused(lambda: laptop.sign_in(signed)) == "passkey_refused"  # noqa: B023


def test_the_pages_begin_a_session_of_theirs(laptop: Laptop, people: People, site: Site) -> None:
    laptop.add()
    device = Device(new_id(), "Firefox")
    signed = laptop.device.get(laptop.asked())
    answer = page_sessions.sign_in_by_passkey(laptop.security, signed, device, now=laptop.now)
    actor = laptop.security.signer.verify(answer.access_token, laptop.now)[0]
    session = sessions.read(actor.session_id)
    assert session is not None
    assert session.ends_at == laptop.now + laptop.security.page_lifetime
    assert actor.second_factor_at == laptop.now


# Beside the other factors


def test_a_site_that_asks_for_a_second_factor_takes_a_passkey(laptop: Laptop, site: Site) -> None:
    step = SiteStep(laptop.now, CLINIC, {})
    assert sites.change(site.id, 0, step=step, second_factor_for=("clinician",))
    assert laptop.actor().roles == ()
    laptop.add()
    assert laptop.actor().roles == ((site.id, Role.CLINICIAN),)


def test_it_is_given_again_in_the_session_by_its_own_person_only(
    laptop: Laptop, people: People, site: Site, now: datetime
) -> None:
    other = Laptop(laptop.security, people.staff(site, Role.CLINICIAN), now)
    for computer in (laptop, other):
        computer.add()
        computer.now += LONG
    signed = other.device.get(other.asked())
    assert (
        refused(lambda: passkeys.give(laptop.security, laptop.actor(), signed, now=laptop.now))
        == "passkey_refused"
    )
    signed = laptop.device.get(laptop.asked())
    passkeys.give(laptop.security, laptop.actor(), signed, now=laptop.now)
    assert laptop.actor().second_factor_at == laptop.now


def test_one_is_removed_with_the_second_factor_and_the_codes_go_with_the_last(laptop: Laptop) -> None:
    first, second = laptop.add().passkey, laptop.add().passkey
    laptop.now += LONG
    assert (
        refused(lambda: passkeys.remove(laptop.actor(), first.id, now=laptop.now)) == "second_factor_needed"
    )
    laptop.sign_in()
    passkeys.give(laptop.security, laptop.actor(), laptop.device.get(laptop.asked()), now=laptop.now)
    passkeys.remove(laptop.actor(), first.id, now=laptop.now)
    assert refused(lambda: passkeys.remove(laptop.actor(), first.id, now=laptop.now)) == "passkey_not_found"
    assert len(laptop.account().factor_codes) == second_factor.RECOVERY_CODES
    passkeys.remove(laptop.actor(), second.id, now=laptop.now)
    assert laptop.account().factor_codes == ()
    assert sign_in.sign_in(laptop.security, laptop.typed(), now=laptop.now)
    events = [step.event for step in accounts.steps(laptop.person.account.id)]
    assert events == [AccountEvent.PASSKEY_ADDED] * 2 + [AccountEvent.PASSKEY_REMOVED] * 2


def test_the_recovery_codes_stay_while_there_is_another_factor(laptop: Laptop) -> None:
    added = laptop.add()
    actor = laptop.actor()
    setup = second_factor.begin(laptop.security, actor, PASSWORD, issuer="slope", now=laptop.now)
    code = totp.code_at(setup.secret, totp.step_at(laptop.now))
    codes = second_factor.confirm(laptop.security, actor, code, now=laptop.now)
    assert set(codes).isdisjoint(added.recovery_codes)
    passkeys.remove(laptop.actor(), added.passkey.id, now=laptop.now)
    assert len(laptop.account().factor_codes) == second_factor.RECOVERY_CODES
    laptop.add()
    second_factor.remove(laptop.security, laptop.actor(), codes[0], now=laptop.now)
    assert len(laptop.account().factor_codes) == second_factor.RECOVERY_CODES - 1
    assert refused(lambda: sign_in.sign_in(laptop.security, laptop.typed(), now=laptop.now))


def test_renaming_changes_the_name_only(laptop: Laptop) -> None:
    passkey = laptop.add().passkey
    assert passkeys.rename(laptop.actor(), passkey.id, "old laptop") == replace(passkey, name="old laptop")
    assert refused(lambda: passkeys.rename(laptop.actor(), new_id(), "x")) == "passkey_not_found"
    assert laptop.sign_in()


# Patients, who have no password


def test_a_patient_without_a_password_gets_another_way_in_and_keeps_the_recovery_code(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    patient = people.patient(site)
    account = people.account((site, Role.PATIENT), id=patient.id, patient_id=patient.id, email=None)
    step = AccountStep(now, AccountEvent.CREDENTIALS_CHANGED, CLINIC)
    assert accounts.change(account, step, password_hash=None)
    phone = Laptop(security, people.signed_in(account), now)
    code = credentials.make_own_recovery_code(security, phone.actor(), now=now)
    added = phone.add(phone.device.create(phone.begin(None)))
    assert added.recovery_codes == ()
    assert phone.sign_in().patient_id == patient.id
    assert credentials.recover(security, Recovery(code, Device(new_id(), "phone"), "192.0.2.9"), now=now)
    passkeys.remove(phone.actor(), added.passkey.id, now=now)


def test_a_session_that_one_clinic_let_in_makes_nothing_that_opens_more(
    security: Security, people: People, site: Site, now: datetime
) -> None:
    elsewhere, patient = people.site(), people.patient(site)
    account = people.account((site, Role.PATIENT), (elsewhere, Role.CAREGIVER), id=patient.id)
    person = people.signed_in(account)
    device, life = Device(new_id(), "phone"), timedelta(days=9)
    standing = Standing(site_id=site.id)
    session = sessions.create(account.id, device, now=now, lifetime=life, standing=standing)
    phone = Laptop(security, replace(person, session=session), now)
    assert refused(phone.begin) == "part_of_account"
    assert (
        refused(lambda: credentials.make_own_recovery_code(security, phone.actor(), now=now))
        == "part_of_account"
    )
