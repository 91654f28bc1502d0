"""Jobs: documents that one worker at a time works at, by a **lease**.

A job that is open has `free_at`: from then on anybody may claim it. That is its due time at first, the end of
the lease while somebody works at it, and gone once it is finished; so one sparse index finds what is due, and
a worker that dies needs nobody to clean up behind it. `lease` names who holds it: who lost it changes nothing
any more. `tries` counts how often it was claimed since it last came further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from mongoengine.fields import DateTimeField, IntField, StringField
from pymongo import ReturnDocument

from models.store.base import BaseDocument, milliseconds, new_id
from models.store.remembered import Remembered
from models.store.unreadable import Unreadable

CLOCK_DIFFERENCE = timedelta(minutes=1)
"""By how much the clocks of two workers may differ (our choice)."""
_looked_ahead: Remembered[tuple[str, str], bool] = Remembered(100, seconds=60.0)
Job = TypeVar("Job")
Row = Mapping[str, Any]
INDEX: dict[str, Any] = {"fields": ["free_at"], "sparse": True}


class JobDocument(BaseDocument):
    """Abstract document of a job; its `meta` lists `INDEX` among its indexes."""

    meta = {"abstract": True}  # noqa: RUF012 (the mapper's own form)

    free_at = DateTimeField()
    lease = StringField()
    tries = IntField()


def opened(due_at: datetime) -> dict[str, Any]:
    """Return the members of a new job that may be claimed from this moment on."""
    return {"free_at": milliseconds(due_at), "lease": "", "tries": 0}


def claim(
    document: type[JobDocument],
    now: datetime,
    lasting: timedelta,
    *,
    beside: Mapping[str, Mapping[str, Any]] | None = None,
    among: Mapping[str, Any] | None = None,
    void: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any] | None:
    """Take up the job that has been free for the longest time.

    Args:
        document: which jobs.
        now: the present moment.
        lasting: of the lease; a worker that is still at it by then has lost the job.
        beside: further changes, by operator of the database.
        among: the query that leaves only some of the jobs; all without it.
        void: queries for open jobs that wait for a time which a clock that was ahead has stored.

    Returns:
        The job as it is stored now; None when none is free.
    """
    more = dict(beside or {})
    lease = {"lease": new_id(), "free_at": milliseconds(now + lasting), **more.pop("$set", {})}
    update = {"$set": lease, "$inc": {"tries": 1}, **more}
    free = {**(among or {}), "free_at": {"$lte": now}}
    leased = {"lease": {"$gt": ""}, "free_at": {"$gt": milliseconds(now + lasting + CLOCK_DIFFERENCE)}}
    return _claimed(document, free, update) or _claimed_from_the_future(
        document, among or {}, (leased, *void), update
    )


def _claimed(
    document: type[JobDocument], query: Mapping[str, Any], update: Mapping[str, Any]
) -> dict[str, Any] | None:
    found: dict[str, Any] | None = document.raw().find_one_and_update(
        dict(query), dict(update), sort=[("free_at", 1)], return_document=ReturnDocument.AFTER
    )
    return found


def _claimed_from_the_future(
    document: type[JobDocument],
    among: Mapping[str, Any],
    void: Iterable[Mapping[str, Any]],
    update: Mapping[str, Any],
) -> dict[str, Any] | None:
    """A lease that ends later than any given now was taken by a clock that was ahead, and holds nobody up.

    Nor does another wait for such a time. Looked for once a minute, where nothing else is free.
    """
    key = (document.collection_name(), repr(among))
    if _looked_ahead.get(key) is not None:
        return None
    for query in void:
        found = _claimed(document, {**among, **query}, update)
        if found is not None:
            return found
    _looked_ahead.put(key, True)
    return None


def forget() -> None:
    """Forget that leases from the future were looked for; between tests."""
    _looked_ahead.clear()


def taken(document: type[JobDocument], raw: Mapping[str, Any], read: Callable[[Row], Job]) -> Job | None:
    """Return the job that was claimed; None when it cannot be read, and it is set aside for an operator."""
    try:
        return document.one(raw, read)
    except Unreadable:
        document.raw().update_one({"_id": raw["_id"]}, {"$unset": {"free_at": ""}, "$set": {"lease": ""}})
        return None


def advance(
    document: type[JobDocument], held: Mapping[str, Any], update: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Change a job that is still held; return it as it is then, or None when the lease was lost.

    Args:
        document: which jobs.
        held: the query for it, of `held_by`, and what else has to be so.
        update: operators of the database.
    """
    found: dict[str, Any] | None = document.raw().find_one_and_update(
        dict(held), dict(update), return_document=ReturnDocument.AFTER
    )
    return found


def leave(document: type[JobDocument], held: Mapping[str, Any], due_at: datetime) -> bool:
    """Give the lease back: anybody may claim the job from this moment on."""
    done = document.raw().update_one(dict(held), {"$set": {"free_at": milliseconds(due_at), "lease": ""}})
    return bool(done.matched_count)


def finish(
    document: type[JobDocument], held: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Note that nothing more is to be done; return the job as it is then, or None when the lease was lost."""
    return advance(document, held, {"$set": dict(values), "$unset": {"free_at": ""}})


def held_by(job_id: str, lease: str) -> dict[str, Any]:
    """Return the query for a job that is still open and held by this lease."""
    return {"_id": job_id, "lease": lease, "free_at": {"$exists": True}}
