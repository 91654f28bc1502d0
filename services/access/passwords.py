"""Passwords: argon2id, bounded in memory, the same work for unknown accounts, and what may be chosen.

Parameters: 3 passes, 64 MiB, 1 lane (RFC 9106's second choice with fewer lanes). At most two run at a
time in a process, so that sign-ins cannot exhaust the memory. How often may be tried is
`services.accounts.sign_in`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from scoring.problems import Problem
from services.errors import Invalid, TooManyRequests

MIN_LENGTH = 12
MAX_BYTES = 1024
CONCURRENT = 2
WAIT_SECONDS = 10.0
_ROTATING_TEXTS = (
    "0123456789",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)
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
        self._running = BoundedSemaphore(CONCURRENT)
        self._nobodys = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return the hash to store."""
        with self._slot():
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Return whether the password is right; without a stored hash the same work is done in vain."""
        with self._slot():
            try:
                return self._hasher.verify(stored or self._nobodys, password) and bool(stored)
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, stored: str) -> bool:
        """Return whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._running.acquire(timeout=WAIT_SECONDS):
            raise TooManyRequests(
                "too_many_sign_ins", "Too many people sign in at this moment. Try again soon."
            )
        try:
            yield
        finally:
            self._running.release()


def check_new(password: str, email: str | None) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        Invalid: pointing at `/password`, with the reason.
    """
    reason = _weakness(password, (email or "").partition("@")[0])
    if reason is not None:
        error = Problem("/password", *reason)
        raise Invalid("weak_password", "Choose another password.", errors=[error])


def _weakness(password: str, own_name: str) -> tuple[str, str] | None:
    folded = password.casefold()
    if len(password) < MIN_LENGTH or len(password.encode()) > MAX_BYTES:
        return "wrong_length", f"From {MIN_LENGTH} characters to {MAX_BYTES} bytes."
    rest = core = folded.strip(_PADDING)
    for common in (*_COMMON_PARTS, *([own_name.casefold()] if len(own_name) > 3 else [])):
        rest = rest.replace(common, "")
    keyboard_walk = any(core in text * 3 for text in _ROTATING_TEXTS)
    if keyboard_walk or len(set(folded)) < 5 or len(rest) < MIN_LENGTH // 2:
        return "easily_guessed", "This is among the first that would be tried."
    return None
