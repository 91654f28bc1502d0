"""A digest tells of everything once, whatever races or dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.outbox import messages
from models.outbox.message import Attempt, AttemptOutcome, MessageKind, MessageState
from services.delivery import digests
from tests.message_samples import NOON, make_message

pytestmark = pytest.mark.usefixtures("database")

WINDOW = "site.2076-01-11"


def test_notices_of_a_day_become_one_message() -> None:
    for number in range(3):
        digests.tell_of(make_message(alert_id=f"alert-{number}"), WINDOW)
    digest = messages.read(f"someone:test:{WINDOW}")
    assert digest is not None
    assert digest.alert_ids == ("alert-0", "alert-1", "alert-2")
    assert (digest.kind, digest.alert_id, digest.level) == (MessageKind.DIGEST, None, None)


def test_the_same_notice_is_told_once() -> None:
    for _ in range(2):
        digest = digests.tell_of(make_message(), WINDOW)
    assert digest.about == ("alert-1:1",)


def test_ten_workers_lose_no_notice() -> None:
    with ThreadPoolExecutor(10) as workers:
        list(workers.map(lambda n: digests.tell_of(make_message(alert_id=f"a{n}"), WINDOW), range(10)))
    digest = messages.read(f"someone:test:{WINDOW}")
    assert digest is not None
    assert sorted(digest.alert_ids) == [f"a{n}" for n in range(10)]


def test_what_comes_after_the_digest_was_sent_goes_into_the_next_one() -> None:
    digests.tell_of(make_message(), WINDOW)
    held = messages.claim("test", now=NOON, lasting=timedelta(minutes=2))
    assert held is not None
    messages.finish(held, MessageState.DELIVERED, Attempt(NOON, AttemptOutcome.DELIVERED), now=NOON)
    assert digests.tell_of(make_message(), WINDOW).key == held.key  # it was told
    following = digests.tell_of(make_message(alert_id="alert-2"), WINDOW)
    assert (following.key, following.alert_ids) == (f"{held.key}:1", ("alert-2",))
