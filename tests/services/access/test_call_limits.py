"""What somebody without an account can have the service do is bounded, by network and in all processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
from pymongo.errors import AutoReconnect

from models.store import call_counts, connection
from services.access import call_limits
from services.errors import TooManyRequests

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def nobody_refused() -> None:
    call_limits.forget()


def calls(address: str, count: int, now: datetime) -> list[bool]:
    def one(_number: int) -> bool:
        try:
            call_limits.claim(address, per_minute=10, now=now)
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(count)))


def test_so_many_calls_a_minute_and_no_more_whoever_counts(now: datetime) -> None:
    assert calls("192.0.2.1", 25, now).count(True) == 10
    assert calls("192.0.2.2", 5, now).count(True) == 5
    assert calls("192.0.2.1", 5, now + timedelta(minutes=1)).count(True) == 5


def test_each_of_many_who_call_at_once_is_told_another_number(now: datetime) -> None:
    for window in range(5):
        at = now + window * call_counts.WINDOW
        with ThreadPoolExecutor(12) as pool:
            told = list(pool.map(partial(call_counts.count, now=at), ["caller"] * 25))
        assert sorted(count for count, _ in told) == list(range(1, 26))


def test_the_refusal_says_when_to_come_again(now: datetime) -> None:
    with pytest.raises(TooManyRequests) as caught:
        call_limits.claim("192.0.2.1", per_minute=0, now=now)
    assert 1 <= (caught.value.retry_after or 0) <= 60


def test_all_addresses_of_an_ipv6_network_count_together(now: datetime) -> None:
    allowed = [calls(f"2001:db8::{number:x}", 1, now)[0] for number in range(20)]
    assert allowed.count(True) == 10


def test_without_the_database_the_door_is_not_closed(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise AutoReconnect("cut")

    monkeypatch.setattr(call_counts, "count", away)
    call_limits.claim("192.0.2.1", per_minute=0, now=now)


def test_who_was_refused_costs_the_database_nothing_until_the_minute_is_over(
    now: datetime, commands: list[str]
) -> None:
    connection.open_client()  # before threads can race to build two
    assert calls("192.0.2.1", 11, now).count(True) == 10
    commands.clear()
    assert calls("192.0.2.1", 20, now + timedelta(seconds=29)).count(True) == 0
    assert commands == []
    assert calls("192.0.2.1", 3, now + timedelta(seconds=60)).count(True) == 3


def test_a_refusal_of_a_clock_that_was_ahead_is_void(now: datetime) -> None:
    assert calls("192.0.2.1", 11, now + timedelta(days=30)).count(True) == 10
    assert calls("192.0.2.1", 3, now).count(True) == 3
