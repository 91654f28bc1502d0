"""What a process remembers is bounded in number and in age."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from models.store.remembered import Remembered


def test_the_least_recently_used_goes_first() -> None:
    remembered: Remembered[str, int] = Remembered(2)
    remembered.put("a", 1)
    remembered.put("b", 2)
    remembered.get("a")
    remembered.put("c", 3)
    assert [remembered.get(key) for key in "abc"] == [1, None, 3]


def test_what_is_too_old_is_not_given_out_unless_age_does_not_matter() -> None:
    ticks = [100.0]
    remembered: Remembered[str, int] = Remembered(2, seconds=5.0, ticks=lambda: ticks[0])
    remembered.put("a", 1)
    ticks[0] = 104.9
    assert remembered.get("a") == 1
    ticks[0] = 105.0
    assert remembered.get("a") is None
    assert remembered.get("a", however_old=True) == 1


def test_age_counts_from_the_moment_that_reading_began() -> None:
    ticks = [100.0]
    remembered: Remembered[str, int] = Remembered(2, seconds=5.0, ticks=lambda: ticks[0])
    ticks[0] = 104.0
    remembered.put("a", 1, read_at=100.0)
    ticks[0] = 105.0
    assert remembered.get("a") is None


def test_what_is_dropped_or_cleared_is_gone() -> None:
    remembered: Remembered[str, int] = Remembered(5)
    for number, key in enumerate("abc"):
        remembered.put(key, number)
    remembered.drop("a")
    remembered.drop("unknown")
    assert [remembered.get(key) for key in "abc"] == [None, 1, 2]
    remembered.clear()
    assert [remembered.get(key) for key in "abc"] == [None, None, None]


def test_racing_updates_lose_none() -> None:
    remembered: Remembered[str, int] = Remembered(5)
    with ThreadPoolExecutor(20) as threads:
        for _ in range(2000):
            threads.submit(remembered.update, "a", lambda known: (known or 0) + 1)
    assert remembered.get("a") == 2000
