"""A refresh family moves on once per generation, and never after its end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from models.accounts import sessions
from models.accounts.sessions import Device, EndReason, Session, SessionState

# Far ahead, because engines remove what has expired by their own clock.
NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
LIFE = timedelta(days=90)
RACERS = 16

pytestmark = pytest.mark.usefixtures("database")


def begun(account_id: str = "a1", device_id: str = "d1") -> Session:
    return sessions.create(account_id, Device(device_id, "phone"), now=NOW, lifetime=LIFE)


def state_of(session: Session) -> SessionState:
    after = sessions.read(session.id)
    assert after is not None
    return after.state


def test_what_was_stored_is_read_back() -> None:
    session = begun()
    assert sessions.read(session.id) == session
    assert sessions.read("nothing") is None
    assert session.usable(NOW + LIFE - timedelta(seconds=1))
    assert not session.usable(NOW + LIFE)


def test_of_racing_rotations_one_moves_the_family_on() -> None:
    session = begun()
    with ThreadPoolExecutor(RACERS) as pool:
        won = list(pool.map(lambda _: sessions.rotate(session, now=NOW, lifetime=LIFE), range(RACERS)))
    after = sessions.read(session.id)
    assert won.count(True) == 1
    assert after is not None
    assert after.generation == 2


def test_rotation_begins_the_life_anew() -> None:
    session = begun()
    later = NOW + timedelta(days=10)
    sessions.rotate(session, now=later, lifetime=LIFE)
    after = sessions.read(session.id)
    assert after is not None
    assert (after.rotated_at, after.expires_at) == (later, later + LIFE)


def test_an_ended_session_stays_ended() -> None:
    session = begun()
    assert sessions.end(session.id, EndReason.SIGNED_OUT, now=NOW)
    assert not sessions.end(session.id, EndReason.REUSED, now=NOW)
    assert not sessions.rotate(session, now=NOW, lifetime=LIFE)
    assert state_of(session) is SessionState.ENDED


def test_all_sessions_of_an_account_or_of_one_device_end() -> None:
    phone, tablet, other = begun("a1", "phone"), begun("a1", "tablet"), begun("a2", "phone")
    sessions.end_all("a1", EndReason.REPLACED, now=NOW, device_id="phone")
    ended, active = SessionState.ENDED, SessionState.ACTIVE
    assert [state_of(session) for session in (phone, tablet, other)] == [ended, active, active]
    sessions.end_all("a1", EndReason.CREDENTIALS_CHANGED, now=NOW)
    assert [state_of(session) for session in (phone, tablet, other)] == [ended, ended, active]


def test_lately_ended_sessions_are_listed() -> None:
    early, late, running = begun(), begun(), begun()
    sessions.end(early.id, EndReason.SIGNED_OUT, now=NOW - timedelta(minutes=30))
    sessions.end(late.id, EndReason.SIGNED_OUT, now=NOW)
    assert sessions.ended_since(NOW - timedelta(minutes=20)) == [late.id]
    assert running.id not in sessions.ended_since(NOW - timedelta(days=1))


def test_a_session_does_not_show_its_seed() -> None:
    session = begun()
    assert session.seed not in repr(session)
