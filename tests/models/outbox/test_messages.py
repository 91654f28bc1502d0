"""A message is stored once, carried by one worker at a time, and leaves a receipt of each attempt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.outbox import messages
from models.outbox.message import Attempt, AttemptOutcome, Message, MessageState
from models.store import jobs
from scoring.decline import Level
from tests.alert_samples import SITE
from tests.message_samples import NOON, make_message

pytestmark = pytest.mark.usefixtures("database")

LEASE = timedelta(minutes=2)
LATER = NOON + timedelta(minutes=1)


def claim(now: datetime = NOON, lane: str = "test") -> Message:
    found = messages.claim(lane, now=now, lasting=LEASE)
    assert found is not None
    return found


def failed(at: datetime = NOON) -> Attempt:
    return Attempt(at, AttemptOutcome.FAILED, "no_connection")


def test_a_message_is_stored_as_it_was_made() -> None:
    message = make_message()
    assert messages.insert(message)
    assert messages.read(message.key) == message
    assert messages.read_public(message.public_id, SITE) == message
    assert messages.read_public(message.public_id, "elsewhere") is None


def test_twenty_workers_that_make_the_same_message_store_one() -> None:
    with ThreadPoolExecutor(20) as workers:
        made = list(workers.map(lambda _: messages.insert(make_message()), range(20)))
    assert made.count(True) == 1


def test_twenty_workers_claim_each_message_once() -> None:
    for number in range(30):
        messages.insert(make_message(alert_id=f"alert-{number}"))
    with ThreadPoolExecutor(20) as workers:
        found = list(workers.map(lambda _: messages.claim("test", now=NOON, lasting=LEASE), range(60)))
    keys = [message.key for message in found if message is not None]
    assert len(set(keys)) == len(keys)
    while (left := messages.claim("test", now=NOON, lasting=LEASE)) is not None:
        keys.append(left.key)
    assert len(keys) == 30


def test_what_is_urgent_has_a_lane_of_its_own() -> None:
    messages.insert(make_message())
    messages.insert(make_message(alert_id="alert-2", level=Level.URGENT))
    assert claim(lane="test:urgent").alert_id == "alert-2"
    assert claim(lane="test").alert_id == "alert-1"
    assert messages.claim("other", now=NOON, lasting=LEASE) is None


def test_an_attempt_that_nobody_finished_leaves_its_trace() -> None:
    messages.insert(make_message())
    first = claim()
    second = claim(NOON + LEASE)
    assert [attempt.outcome for attempt in second.attempts] == [AttemptOutcome.UNKNOWN] * 2
    assert not messages.finish(first, MessageState.DELIVERED, failed(), now=NOON)  # it lost the lease
    receipt = Attempt(NOON + LEASE, AttemptOutcome.DELIVERED)
    assert messages.finish(second, MessageState.DELIVERED, receipt, now=NOON + LEASE)
    after = messages.read(second.key)
    assert after is not None
    assert after.attempts == (Attempt(NOON, AttemptOutcome.UNKNOWN), receipt)
    assert (after.first_attempt_at, after.finished_at) == (NOON, NOON + LEASE)
    assert messages.claim("test", now=NOON + timedelta(days=9), lasting=LEASE) is None


def test_a_failed_attempt_is_kept_and_the_message_waits() -> None:
    messages.insert(make_message())
    assert messages.put_off(claim(), LATER, failed())
    assert messages.claim("test", now=NOON, lasting=LEASE) is None
    again = claim(LATER)
    assert (again.tries, again.reason, again.first_attempt_at) == (2, "no_connection", NOON)
    assert again.attempts == (failed(), Attempt(LATER, AttemptOutcome.UNKNOWN))


def test_what_was_dropped_was_not_attempted() -> None:
    messages.insert(make_message())
    assert messages.drop(claim(), "alert_ended", now=LATER)
    (after,) = messages.of_alert("alert-1")
    assert (after.state, after.reason, after.attempts) == (MessageState.DROPPED, "alert_ended", ())
    assert (after.first_attempt_at, after.finished_at) == (None, LATER)


def test_only_the_latest_receipts_are_kept() -> None:
    messages.insert(make_message())
    now = NOON
    for _ in range(messages.MOST_ATTEMPTS + 5):
        messages.put_off(claim(now), now, failed(now))
        now += timedelta(seconds=1)
    (after,) = messages.of_alert("alert-1")
    assert len(after.attempts) == messages.MOST_ATTEMPTS
    assert after.first_attempt_at == NOON


def test_a_dead_message_is_tried_again_once_however_many_ask() -> None:
    messages.insert(replace(make_message(), state=MessageState.DEAD, reason="address_refused"))
    assert messages.claim("test", now=NOON, lasting=LEASE) is None
    (dead,) = messages.of_site(SITE, MessageState.DEAD, after=None, limit=5)

    def ask(_number: int) -> bool:
        return messages.try_again(dead, now=LATER, give_up_at=LATER + LEASE) is not None

    with ThreadPoolExecutor(10) as people:
        assert list(people.map(ask, range(10))).count(True) == 1
    assert claim(LATER).give_up_at == LATER + LEASE


def test_a_site_lists_its_own_messages_the_latest_first() -> None:
    made = [make_message(alert_id=f"a{n}", created_at=NOON + timedelta(minutes=n)) for n in range(5)]
    for message in (*made, make_message(alert_id="b", site_id="elsewhere")):
        messages.insert(message)
    first = messages.of_site(SITE, MessageState.WAITING, after=None, limit=3)
    rest = messages.of_site(SITE, MessageState.WAITING, after=first[-1].position, limit=3)
    assert [message.alert_id for message in (*first, *rest)] == ["a4", "a3", "a2", "a1", "a0"]
    assert messages.count(SITE, MessageState.WAITING) == 5


def test_a_digest_takes_in_alerts_until_somebody_carries_it() -> None:
    digest = make_message(key="someone:test:today")
    messages.insert(digest)
    assert messages.take_in(digest, "alert-2", "alert-2:1")
    assert not messages.take_in(digest, "alert-3", "alert-3:1")  # it is not as it was read
    held = claim()
    assert held.alert_ids == ("alert-1", "alert-2")
    assert not messages.take_in(held, "alert-3", "alert-3:1")
    assert messages.of_alert("alert-2") == messages.of_alert("alert-1") == [held]


def test_what_a_recipient_was_told_is_read_by_pages_the_latest_first() -> None:
    made = [make_message(notice=number, created_at=NOON + timedelta(minutes=number)) for number in range(5)]
    other = make_message(recipient="another")
    assert all(map(messages.insert, [*made, other]))
    first = messages.of_recipient("someone", after=None, limit=3)
    rest = messages.of_recipient("someone", after=first[-1].position, limit=3)
    assert [*first, *rest] == made[::-1]


def test_what_one_notice_told_many_people_is_listed_whole_wherever_a_page_ends() -> None:
    made = [make_message(recipient=f"person-{number}") for number in range(7)]
    others = [make_message(alert_id=f"alert-{n}", created_at=NOON + timedelta(minutes=n)) for n in (-1, 1)]
    assert all(map(messages.insert, [*made, *others]))
    found: list[Message] = []
    for _ in range(4):
        after = found[-1].position if found else None
        found += messages.of_site(SITE, MessageState.WAITING, after=after, limit=3)
    assert (found[0], found[-1]) == (others[1], others[0])
    assert {message.key for message in found} == {message.key for message in (*made, *others)}
    assert len(found) == len(made) + len(others)


def test_a_pause_that_a_clock_that_was_ahead_has_stored_holds_no_message_up() -> None:
    messages.insert(make_message())
    month_ahead = NOON + timedelta(days=30)
    held = claim(month_ahead)
    assert messages.put_off(held, month_ahead + timedelta(minutes=15), failed(month_ahead))
    jobs.forget()
    assert claim().key == held.key
    jobs.forget()
    assert messages.put_off(claim_again := claim(NOON + LEASE), NOON + messages.LONGEST_PAUSE, failed())
    jobs.forget()
    assert messages.claim("test", now=NOON, lasting=LEASE) is None
    assert claim(NOON + messages.LONGEST_PAUSE).key == claim_again.key


def test_what_a_clock_that_was_ahead_has_made_waits_for_no_time_of_that_clock() -> None:
    month_ahead = NOON + timedelta(days=30)
    made = make_message()
    messages.insert(replace(made, created_at=month_ahead, due_at=month_ahead))
    jobs.forget()
    assert claim().key == made.key


def test_what_was_made_now_for_a_later_time_waits_for_it() -> None:
    messages.insert(replace(make_message(), created_at=NOON, due_at=NOON + timedelta(days=4)))
    jobs.forget()
    assert messages.claim("test", now=NOON, lasting=LEASE) is None
