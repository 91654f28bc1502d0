"""An ended session is known within five seconds; when that cannot be known, nobody is let in."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import AutoReconnect

from services.access.revocations import BELIEVE_SECONDS, Revocations
from services.errors import Unavailable

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)


class Source:
    """Stands for the database: what it holds, whether it is away, how often it was asked."""

    def __init__(self) -> None:
        self.ended: set[str] = set()
        self.away = False
        self.asked = 0
        self.since: datetime | None = None
        self.ticks = 1000.0

    def __call__(self, since: datetime) -> Iterable[str]:
        self.asked += 1
        self.since = since
        if self.away:
            raise AutoReconnect("cut")
        return set(self.ended)


def no_changes(_since: datetime) -> dict[str, int]:
    return {}


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def revocations(source: Source) -> Revocations:
    return Revocations(source, no_changes, timedelta(minutes=10), lambda: source.ticks)


def test_the_list_is_read_at_most_every_three_seconds(source: Source, revocations: Revocations) -> None:
    for tenth in range(61):
        source.ticks = 1000 + tenth / 10
        revocations.contains("s", NOW)
    assert source.asked == 3


def test_an_ended_session_is_known_when_the_list_is_read_again(
    source: Source, revocations: Revocations
) -> None:
    assert not revocations.contains("s", NOW)
    source.ended.add("s")
    source.ticks += 2.9
    assert not revocations.contains("s", NOW)
    source.ticks += 0.1
    assert revocations.contains("s", NOW)


def test_a_session_ended_here_is_known_at_once(revocations: Revocations) -> None:
    revocations.contains("s", NOW)
    revocations.add("s")
    assert revocations.contains("s", NOW)


def test_the_list_reaches_back_over_the_life_of_a_token(source: Source, revocations: Revocations) -> None:
    revocations.contains("s", NOW)
    assert source.since is not None
    assert source.since <= NOW - timedelta(minutes=11)


def test_a_short_outage_lets_people_in_and_a_longer_one_does_not(
    source: Source, revocations: Revocations
) -> None:
    revocations.contains("s", NOW)
    source.away = True
    source.ticks += 4.9
    assert not revocations.contains("s", NOW)
    source.ticks += 0.1
    with pytest.raises(Unavailable):
        revocations.contains("s", NOW)


def test_nobody_is_let_in_before_the_first_reading(source: Source, revocations: Revocations) -> None:
    source.away = True
    with pytest.raises(Unavailable):
        revocations.contains("s", NOW)


def test_an_outage_is_not_asked_about_by_every_request(source: Source, revocations: Revocations) -> None:
    source.away = True
    for _ in range(20):
        with pytest.raises(Unavailable):
            revocations.contains("s", NOW)
    assert source.asked == 1
    source.away = False
    source.ticks += 1
    assert not revocations.contains("s", NOW)


def test_while_one_thread_reads_the_others_go_on_with_a_young_list() -> None:
    reading, finish = threading.Event(), threading.Event()
    ticks = [0.0]

    def slow(_since: datetime) -> list[str]:
        if ticks[0] > 0:
            reading.set()
            finish.wait(60)
        return []

    revocations = Revocations(slow, no_changes, timedelta(minutes=10), lambda: ticks[0])
    revocations.contains("s", NOW)
    ticks[0] = 3.5
    reader = threading.Thread(target=revocations.contains, args=("s", NOW))
    reader.start()
    assert reading.wait(60)
    assert not revocations.contains("s", NOW)
    assert reader.is_alive(), "it was waited for"
    finish.set()
    reader.join(60)


def test_fewer_powers_than_now_are_outdated() -> None:
    ticks, powers = [0.0], {"anna": 2}
    revocations = Revocations(lambda _: [], lambda _: dict(powers), timedelta(minutes=10), lambda: ticks[0])
    assert revocations.outdated("anna", 1, NOW)
    assert not revocations.outdated("anna", 2, NOW)
    assert not revocations.outdated("ben", 0, NOW)
    powers["ben"] = 1
    ticks[0] = BELIEVE_SECONDS
    assert revocations.outdated("ben", 0, NOW)


def test_a_change_made_here_holds_at_once() -> None:
    revocations = Revocations(lambda _: [], no_changes, timedelta(minutes=10), lambda: 0.0)
    assert not revocations.outdated("anna", 0, NOW)
    revocations.note_powers("anna", 1)
    assert revocations.outdated("anna", 0, NOW)
