"""A job is one worker's at a time, comes free when that one dies, and ends once; tried on the replays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from models.replays.replays import ReplayDocument
from models.store import jobs
from models.store.base import new_id

pytestmark = pytest.mark.usefixtures("database")

NOON = datetime(2076, 3, 2, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=1)


def job(due_at: datetime = NOON) -> str:
    job_id = new_id()
    ReplayDocument.raw().insert_one({"_id": job_id, **jobs.opened(due_at)})
    return job_id


def claimed(now: datetime = NOON) -> str | None:
    found = jobs.claim(ReplayDocument, now, LEASE)
    return None if found is None else found["_id"]


def test_a_job_is_claimed_when_it_is_due_and_not_before() -> None:
    later = job(NOON + timedelta(hours=1))
    assert claimed() is None
    assert claimed(NOON + timedelta(hours=1)) == later


def test_what_has_been_free_for_longest_comes_first() -> None:
    second, first = job(NOON), job(NOON - timedelta(hours=1))
    assert [claimed(), claimed(), claimed()] == [first, second, None]


def test_twenty_workers_claim_each_of_fifty_jobs_once() -> None:
    wanted = sorted(job() for _ in range(50))
    with ThreadPoolExecutor(20) as workers:
        found = list(workers.map(lambda _: claimed(), range(80)))
    assert sorted(key for key in found if key is not None) == wanted


def test_a_lease_that_has_ended_lets_the_next_worker_in_and_the_first_one_out() -> None:
    job()
    first = jobs.claim(ReplayDocument, NOON, LEASE)
    second = jobs.claim(ReplayDocument, NOON + LEASE, LEASE)
    assert first is not None
    assert second is not None
    assert second["tries"] == 2
    lost = jobs.held_by(first["_id"], first["lease"])
    assert jobs.finish(ReplayDocument, lost, {"state": "done"}) is None
    assert jobs.advance(ReplayDocument, lost, {"$inc": {"parts": 1}}) is None
    assert not jobs.leave(ReplayDocument, lost, NOON)
    held = jobs.held_by(second["_id"], second["lease"])
    assert jobs.advance(ReplayDocument, held, {"$inc": {"parts": 1}}) is not None


def test_a_job_that_is_given_back_is_free_from_the_moment_named() -> None:
    job_id = job()
    found = jobs.claim(ReplayDocument, NOON, LEASE)
    assert found is not None
    assert jobs.leave(ReplayDocument, jobs.held_by(job_id, found["lease"]), NOON + timedelta(minutes=5))
    assert claimed(NOON + timedelta(minutes=4)) is None
    assert claimed(NOON + timedelta(minutes=5)) == job_id


def test_a_finished_job_is_never_claimed_again() -> None:
    job_id = job()
    found = jobs.claim(ReplayDocument, NOON, LEASE)
    assert found is not None
    held = jobs.held_by(job_id, found["lease"])
    assert jobs.finish(ReplayDocument, held, {"state": "done"}) is not None
    assert jobs.finish(ReplayDocument, held, {"state": "failed"}) is None
    assert claimed(NOON + timedelta(days=1)) is None


def test_a_lease_taken_by_a_clock_that_was_ahead_holds_nobody_up() -> None:
    wanted, month_ahead = job(), NOON + timedelta(days=30)
    assert claimed(month_ahead) == wanted
    jobs.forget()
    assert claimed(NOON) == wanted
    jobs.forget()
    assert claimed(NOON) is None
    not_due = job(NOON + timedelta(days=30))
    jobs.forget()
    assert claimed(NOON) is None
    assert claimed(month_ahead) in {wanted, not_due}
