"""Guessing gets slower, also in parallel, and for nobody but who guesses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from models.accounts import sign_in_attempts

# Far ahead, because engines remove what has expired by their own clock.
NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.usefixtures("database")


def use_up_free_tries(key: str) -> None:
    for _ in range(sign_in_attempts.STRICT.free):
        assert sign_in_attempts.claim(key, now=NOW) == sign_in_attempts.NO_PAUSE


@pytest.mark.parametrize(
    ("tries", "pause"), [(1, 0), (3, 0), (4, 1), (5, 2), (6, 4), (13, 512), (14, 900), (10_000, 900)]
)
def test_pauses_double_up_to_a_quarter_of_an_hour(tries: int, pause: int) -> None:
    assert sign_in_attempts.STRICT.after(tries) == timedelta(seconds=pause)


def test_a_try_in_the_pause_is_refused_and_not_counted() -> None:
    use_up_free_tries("key")
    assert sign_in_attempts.claim("key", now=NOW) == SECOND
    assert sign_in_attempts.claim("key", now=NOW + SECOND / 2) == SECOND / 2
    assert sign_in_attempts.claim("key", now=NOW + SECOND) == sign_in_attempts.NO_PAUSE
    assert sign_in_attempts.claim("key", now=NOW + SECOND) == 2 * SECOND


def test_another_key_is_not_slowed_down() -> None:
    use_up_free_tries("key")
    assert sign_in_attempts.claim("other", now=NOW) == sign_in_attempts.NO_PAUSE


def test_success_and_a_day_of_rest_forget_the_count() -> None:
    use_up_free_tries("key")
    sign_in_attempts.forget("key")
    use_up_free_tries("key")
    rested = NOW + sign_in_attempts.FORGOTTEN_AFTER
    assert [sign_in_attempts.claim("key", now=rested) for _ in range(3)] == [sign_in_attempts.NO_PAUSE] * 3


def test_tries_in_parallel_do_not_slip_through() -> None:
    with ThreadPoolExecutor(16) as pool:
        pauses = list(pool.map(lambda _: sign_in_attempts.claim("key", now=NOW), range(64)))
    assert pauses.count(sign_in_attempts.NO_PAUSE) <= sign_in_attempts.STRICT.free


def test_success_gives_back_its_own_try_only() -> None:
    for _ in range(3):
        sign_in_attempts.claim("key", now=NOW)
    sign_in_attempts.give_back("key")
    assert sign_in_attempts.claim("key", now=NOW) == sign_in_attempts.NO_PAUSE
    assert sign_in_attempts.claim("key", now=NOW) == sign_in_attempts.NO_PAUSE
    assert sign_in_attempts.claim("key", now=NOW) == SECOND


@pytest.mark.parametrize("pauses", [sign_in_attempts.OF_ADDRESS, sign_in_attempts.OF_ACCOUNT])
def test_what_many_share_is_slowed_and_never_shut(pauses: sign_in_attempts.Pauses) -> None:
    assert pauses.after(19) == sign_in_attempts.NO_PAUSE
    assert SECOND <= pauses.after(100_000) <= 30 * SECOND


def test_a_pause_that_a_clock_ahead_has_stored_holds_nobody_up() -> None:
    for _ in range(6):
        sign_in_attempts.claim("key", now=NOW + timedelta(days=30))
    assert sign_in_attempts.claim("key", now=NOW) == sign_in_attempts.NO_PAUSE
