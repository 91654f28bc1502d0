"""Tries are counted before they are looked at; after some, the next has to wait."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.accounts.sign_in_attempts import AttemptDocument
from services.accounts import attempts
from services.errors import TooManyRequests

pytestmark = pytest.mark.usefixtures("app")


def tries(subject: str, now: datetime) -> int:
    """How many tries go ahead at one moment before the next has to wait."""
    for count in range(100):
        try:
            attempts.claim(subject, now=now)
        except TooManyRequests:
            return count
    raise AssertionError("nothing is ever refused")


def test_the_first_tries_are_free_and_the_next_has_to_wait(now: datetime) -> None:
    assert tries("anna|192.0.2.1", now) == attempts.STRICT.free
    with pytest.raises(TooManyRequests) as caught:
        attempts.claim("anna|192.0.2.1", now=now)
    assert caught.value.code == "too_many_attempts"
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 1


def test_one_subjects_tries_hold_nobody_else_up(now: datetime) -> None:
    tries("anna|192.0.2.1", now)
    attempts.claim("ben|192.0.2.1", now=now)


def test_after_the_pause_the_next_may_try_and_a_day_later_all_is_forgotten(now: datetime) -> None:
    tries("anna", now)
    attempts.claim("anna", now=now + attempts.STRICT.longest)
    assert tries("anna", now + attempts.STRICT.longest + timedelta(days=2)) == attempts.STRICT.free


def test_the_right_password_forgets_the_count(now: datetime) -> None:
    key = attempts.claim("anna", now=now)
    tries("anna", now)
    attempts.forget(key)
    assert tries("anna", now) == attempts.STRICT.free


def test_the_subject_itself_is_not_stored(now: datetime) -> None:
    attempts.claim("anna@example.org|192.0.2.1", now=now)
    assert "anna" not in str(list(AttemptDocument.raw().find({})))
