"""Races are tried again a bounded number of times, and are then somebody's to send again."""

from __future__ import annotations

import pytest

from services.errors import Unavailable
from services.retry import FEW_ATTEMPTS, MAX_ATTEMPTS, until_won


def test_the_first_attempt_that_was_won_counts() -> None:
    outcomes = iter([None, None, "won", "not asked for"])
    assert until_won(lambda: next(outcomes), over="this patient") == "won"
    assert next(outcomes) == "not asked for"


def test_who_loses_each_time_is_told_to_send_again() -> None:
    attempts: list[None] = []
    with pytest.raises(Unavailable) as refused:
        until_won(lambda: attempts.append(None), over="this patient")
    assert (len(attempts), refused.value.code) == (MAX_ATTEMPTS, "busy")
    assert refused.value.retry_after is not None


def test_a_caller_may_ask_for_fewer_attempts() -> None:
    attempts: list[None] = []
    with pytest.raises(Unavailable):
        until_won(lambda: attempts.append(None), over="this alert", attempts=FEW_ATTEMPTS)
    assert len(attempts) == FEW_ATTEMPTS < MAX_ATTEMPTS
