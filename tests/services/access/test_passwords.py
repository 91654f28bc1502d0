"""Passwords: verified with the same work for everybody, bounded in memory, not the first ones to be tried."""

from __future__ import annotations

import threading
import time

import argon2
import pytest

from services.access import passwords
from services.access.passwords import Passwords, check_new
from services.errors import Invalid, TooManyRequests


@pytest.fixture(scope="module")
def cheap() -> Passwords:
    return Passwords(cheap=True)


def test_the_right_password_is_right(cheap: Passwords) -> None:
    stored = cheap.hash("nine lives of a tabby cat")
    assert cheap.verify(stored, "nine lives of a tabby cat")
    assert not cheap.verify(stored, "nine lives of a tabby dog")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$broken"])
def test_without_a_usable_hash_no_password_is_right(cheap: Passwords, stored: str | None) -> None:
    assert not cheap.verify(stored, "nobody has this password")


def test_unknown_accounts_cost_the_same_work(cheap: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    verify = cheap._hasher.verify

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored)
            return verify(stored, password)

    monkeypatch.setattr(cheap, "_hasher", Counting())
    cheap.verify(None, "a guess")
    assert len(verified) == 1


@pytest.mark.parametrize("cheap", [True, False])
def test_the_work_done_in_vain_is_that_of_a_hash(cheap: bool) -> None:
    passwords = Passwords(cheap=cheap)
    assert not passwords.outdated(passwords._nobodys)
    one = argon2.extract_parameters(passwords._nobodys)
    assert one == argon2.extract_parameters(passwords.hash("nine lives"))
    assert passwords._nobodys != Passwords(cheap=cheap)._nobodys


def test_production_uses_the_stated_parameters() -> None:
    assert "$argon2id$v=19$m=65536,t=3,p=1$" in Passwords().hash("nine lives")


def test_a_hash_by_other_parameters_is_outdated(cheap: Passwords) -> None:
    dear = Passwords()
    assert dear.outdated(cheap.hash("nine lives"))
    assert not dear.outdated(dear.hash("nine lives"))


def test_one_hash_is_made_at_a_time_few_wait_and_the_rest_are_told_at_once(
    cheap: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, leave = threading.Semaphore(0), threading.Event()

    class Slow:
        def hash(self, _password: str) -> str:
            inside.release()
            leave.wait(60)
            return "hash"

    monkeypatch.setattr(cheap, "_hasher", Slow())
    busy = [threading.Thread(target=cheap.hash, args=("x",)) for _ in range(passwords.WAITING)]
    for thread in busy:
        thread.start()
    assert inside.acquire(timeout=30)
    while cheap._admitted._value:
        time.sleep(0.001)
    with pytest.raises(TooManyRequests) as caught:  # while the others wait: nobody has let them go
        cheap.hash("one too many")
    assert caught.value.retry_after == passwords.RETRY_AFTER_SECONDS
    assert not inside.acquire(blocking=False), "two were computed at once"
    leave.set()
    for thread in busy:
        thread.join(30)


@pytest.mark.parametrize(
    "password",
    [
        *("short", "fourteen chars", "v7!kQz-p2Lm@9x", "x" * 1025, "ü" * 600),
        *("aaaaaaaaaaaaaaaa", "abababababababab", "123456789012345", "Qwertyuiop12345", "passwordpassword"),
        *("Password1234567", "slope slope slope", "maria.silva1234", "Correct Horse Battery Staple"),
        *("P@ssw0rd1234567", "hospital2026!!!", "Silva-Maria-2026", "Iloveyou123456!", "Liverpool2026!!"),
        *("dragon-dragon-dragon", "2026.liverpool!", "Clinician123456", "ilovemyfamily12"),
    ],
)
def test_easily_guessed_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_new(password, "maria.silva@example.org", "Maria Silva")
    (error,) = caught.value.errors
    fits = 15 <= len(password) <= 512
    assert (error.pointer, error.code) == ("/password", "easily_guessed" if fits else "wrong_length")


@pytest.mark.parametrize(
    "password", ["nine lives of a tabby cat", "v7!kQz-p2Lm@9xW", "пароль из слов и 9", "x8" * 9 + "y!w"]
)
def test_other_passwords_are_accepted(password: str) -> None:
    check_new(password, "maria.silva@example.org", "Maria Silva")
    check_new(password, None)
