"""Passwords: argon2id, bounded in memory, the same work for unknown accounts, and what may be chosen.

Parameters: 3 passes, 64 MiB, 1 lane (RFC 9106's second choice with fewer lanes). One is computed at a time in
a process, in a thread that gives way to others, and few wait for it, so that sign-ins exhaust neither the
memory nor the threads; the rest are told at once when to come back. How often may be tried is
`services.accounts.attempts`.

What may be chosen follows NIST SP 800-63B-4, 3.1.1.2: fifteen characters, as for a password that may stand
alone, and no rules of composition; nothing from a list of common passwords, nothing made of the person's own
name or address or of the service's.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore, local
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from scoring.problems import Problem
from services import machine
from services.access.common_passwords import COMMON, LEAKED
from services.errors import Invalid, TooManyRequests

Result = TypeVar("Result")

MIN_LENGTH = 15
MAX_BYTES = 1024
LEAST_OF_ITS_OWN = 6
"""Characters that have to be left without common words and the person's own (our choice)."""
WAITING = 4
"""Sign-ins that may wait or be computed in a process at a time (our choice: about a second)."""
RETRY_AFTER_SECONDS = 3
_ROTATING_TEXTS = (
    "0123456789",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_PADDING = "0123456789!?.,-_ "
_COMMON_PARTS = (
    "password",
    "passwort",
    "letmein",
    "welcome",
    "iloveyou",
    "qwerty",
    "azerty",
    "admin",
    "slope",
)


def _nobodys(hasher: argon2.PasswordHasher) -> str:
    """Return what looks like a hash of this hasher and is none: no process computes one when it starts."""
    salt, tag = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    work = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${work}${salt}${tag}"


class Passwords:
    """Hashes and verifies passwords.

    Args:
        cheap: with the least work the algorithm allows, for tests only.
    """

    def __init__(self, *, cheap: bool = False) -> None:
        if cheap:
            self._hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.CHEAPEST)
        else:
            self._hasher = argon2.PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        self._admitted = BoundedSemaphore(WAITING)
        self._thread = ThreadPoolExecutor(1, "password-hash", initializer=machine.give_way)
        self._mine = local()
        self._nobodys = _nobodys(self._hasher)

    def hash(self, password: str) -> str:
        """Return the hash to store."""
        return self._alone(lambda: self._hasher.hash(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Return whether the password is right; without a stored hash the same work is done in vain."""
        try:
            right = self._alone(lambda: self._hasher.verify(stored or self._nobodys, password))
        except (VerificationError, InvalidHashError):
            return False
        return right and bool(stored)

    def outdated(self, stored: str) -> bool:
        """Return whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Hold one of the few places for those who wait for a hash, before anything else is looked at.

        Raises:
            TooManyRequests: all are taken.
        """
        if getattr(self._mine, "held", False):
            yield
            return
        if not self._admitted.acquire(blocking=False):
            detail = "Too many people sign in at this moment. Try again soon."
            raise TooManyRequests("too_many_sign_ins", detail, retry_after=RETRY_AFTER_SECONDS)
        self._mine.held = True
        try:
            yield
        finally:
            self._mine.held = False
            self._admitted.release()

    def _alone(self, work: Callable[[], Result]) -> Result:
        """Do work in the one thread that does it, which gives way to the threads that take reports."""
        with self.waiting():
            return self._thread.submit(work).result()


def check_new(password: str, email: str | None, name: str = "") -> None:
    """Refuse a password that is easily guessed.

    Args:
        password: the one that was chosen.
        email: the account's address.
        name: the person's name.

    Raises:
        Invalid: pointing at `/password`, with the reason.
    """
    reason = _weakness(password, _own_words(email or "", name))
    if reason is not None:
        error = Problem("/password", *reason)
        raise Invalid("weak_password", "Choose another password.", errors=[error])


def _own_words(email: str, name: str) -> list[str]:
    """The words of the person's address and name that are long enough to build a password on."""
    words = re.split(r"[\W_\d]+", f"{email} {name}".casefold())
    return sorted({word for word in words if len(word) > 3}, key=len, reverse=True)


def _weakness(password: str, own_words: Iterable[str]) -> tuple[str, str] | None:
    if len(password) < MIN_LENGTH or len(password.encode()) > MAX_BYTES:
        return "wrong_length", f"From {MIN_LENGTH} characters to {MAX_BYTES} bytes."
    folded = password.casefold()
    core = folded.strip(_PADDING)
    plain = core.translate(_LEET)
    keyboard_walk = any(core in text * 3 for text in _ROTATING_TEXTS)
    spellings = {re.sub(r"[\W_]", "", text) for text in (folded, core, plain)}
    listed = spellings & COMMON or {_once(text) for text in spellings} & LEAKED
    rests = [_without(text, (*_COMMON_PARTS, *own_words)) for text in (core, plain)]
    if listed or keyboard_walk or len(set(folded)) < 5 or min(map(len, rests)) < LEAST_OF_ITS_OWN:
        return "easily_guessed", "This is among the first that would be tried."
    return None


def _once(text: str) -> str:
    """The text without its repetitions: `dragondragon` is `dragon`."""
    sizes = range(4, len(text) // 2 + 1)
    return next((text[:size] for size in sizes if text[:size] * (len(text) // size) == text), text)


def _without(text: str, parts: Iterable[str]) -> str:
    for part in parts:
        text = text.replace(part, "")
    return text
