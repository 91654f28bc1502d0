"""Whether this process can do its work: database, indexes, signing keys; and when the worker was last seen.

A missing worker does not make a server unready, because reports are still kept and evaluated; it is
shown, so that an operator sees it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models import indexes
from models.alerts import alerts
from models.outbox import backlog
from models.store import connection, heartbeats, unreadable
from models.store.connection import DRIVER_ERRORS
from models.store.heartbeats import Heartbeat
from models.store.remembered import Remembered
from services import clock, logs, machine
from services.machine import OK

LATE_AFTER = timedelta(seconds=45)
"""Our choice: a group that was not seen for so long is late, so that its death shows within a minute."""
LATE_AFTER_LONG_JOBS = timedelta(minutes=2)
STUCK_AFTER = timedelta(minutes=10)
"""Nothing has gone out for so long although something waits: delivery is stuck."""
CLOCK_TOLERANCE = timedelta(minutes=1)
"""By how much two hosts' clocks may differ before it is said (our choice)."""
CLOCK_AGREES_WITHIN = timedelta(hours=1)
"""By how much this host's and the database's may differ before what goes by days waits (our choice)."""
_ahead_lately: Remembered[str, timedelta] = Remembered(1, seconds=10.0)
STORING_TRIED_EVERY_SECONDS = 5.0
_stored_lately: Remembered[str, bool] = Remembered(1, seconds=STORING_TRIED_EVERY_SECONDS)
ESCALATION = "escalation"
"""The sign that `services.alerts.escalation.faults` leaves."""
_DATABASE_SECONDS = 1.0
_INDEX_SECONDS = 3.0
_CANNOT_STORE = "the database cannot store now: is its disk full or read-only?"
_refused_lately: Remembered[str, bool] = Remembered(1, seconds=STORING_TRIED_EVERY_SECONDS)
_indexed_lately: Remembered[str, bool] = Remembered(1, seconds=60.0)
"""No index was missing: they are listed collection by collection, which is dear for a database under load."""


class WorkerGroup(StrEnum):
    """The groups of the worker's steps; each goes round by itself and leaves signs of life of its own."""

    KEEP_IN_STEP = "keep_in_step"
    DELIVER = "deliver"
    LONG_JOBS = "long_jobs"

    @property
    def heartbeat(self) -> str:
        """What its sign of life is called."""
        return f"worker:{self.value}"


Signs = Mapping[WorkerGroup, Heartbeat | None]
"""The last sign of life of each group."""


@dataclass(frozen=True, slots=True)
class DeliveryHealth:
    """Whether messages go out.

    Attributes:
        ok: the worker that delivers was seen, nothing of it fails, and what waits is on its way.
        waiting_since: when what waits longest was due, where nothing has gone out since for too long.
    """

    ok: bool
    waiting_since: datetime | None = None


class Check(StrEnum):
    """What is looked at."""

    DATABASE = "database"
    INDEXES = "indexes"
    KEYS = "keys"
    ZONES = "zones"
    LOG = "log"
    WORKER = "worker"
    DELIVERY = "delivery"
    DOCUMENTS = "documents"
    CLOCK = "clock"
    DESCRIPTORS = "descriptors"
    ESCALATION = "escalation"
    LOOK = "look"


_NEEDED = frozenset({Check.DATABASE, Check.INDEXES, Check.KEYS, Check.ZONES, Check.DESCRIPTORS, Check.LOOK})
_SHOWN = (Check.WORKER, Check.DELIVERY, Check.ESCALATION, Check.DOCUMENTS, Check.CLOCK)
UNKNOWN = "unknown"
_delivery: Remembered[str, DeliveryHealth] = Remembered(1, seconds=10.0)
_shown_lately: Remembered[str, dict[Check, str]] = Remembered(1, seconds=10.0)
"""What is only shown takes most of a look's calls to the database, and nobody waits for it by the second."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The verdict of each check: `ok`, or what is wrong and what to do."""

    checks: dict[Check, str]

    @property
    def ready(self) -> bool:
        """Whether requests can be served."""
        return all(self.checks[check] == OK for check in _NEEDED)


def look(broken_keys: Sequence[str], *, now: datetime, anew: bool = True) -> Readiness:
    """Look at everything, within five seconds: each part that asks the database has a limit of its own.

    Args:
        broken_keys: ids of signing keys of this process that do not verify what they sign.
        now: the present moment.
        anew: otherwise what is only shown may be ten seconds old.
    """
    checks = dict.fromkeys(Check, OK)
    if broken_keys:
        checks[Check.KEYS] = f"do not verify what they sign: {', '.join(broken_keys)}"
    checks[Check.ZONES] = machine.zones()
    checks[Check.LOG] = _log()
    checks[Check.DESCRIPTORS] = machine.descriptors()
    checks |= _needed_of_database(now)
    if checks[Check.DATABASE] != OK:
        return Readiness(checks | dict.fromkeys(_SHOWN, UNKNOWN))
    shown = None if anew else _shown_lately.get("")
    if shown is None:
        shown = _shown_of_database(now)
        _shown_lately.put("", shown)
    return Readiness(checks | shown)


def _needed_of_database(now: datetime) -> dict[Check, str]:
    """Look at what a report needs, within a time of its own: what is only shown takes none of it."""
    try:
        with connection.within(_DATABASE_SECONDS):
            connection.ping(_DATABASE_SECONDS)
            _try_storing(now)
    except DRIVER_ERRORS as error:
        return {Check.INDEXES: UNKNOWN, Check.DATABASE: _wrong_with_database(error)}
    return {Check.INDEXES: _indexes(), Check.DATABASE: OK}


def with_refusals(found: Readiness) -> Readiness:
    """Return what a look found, with what requests have met since: nothing could be stored just now."""
    if not _refused_lately.get("refused"):
        return found
    return Readiness({**found.checks, Check.DATABASE: _CANNOT_STORE})


def _wrong_with_database(error: Exception) -> str:
    if connection.took_too_long(error):
        return f"the database took longer than {_DATABASE_SECONDS:g} s: is it overloaded?"
    if connection.cannot_store(error):
        return _CANNOT_STORE
    return "the database does not answer"


def _shown_of_database(now: datetime) -> dict[Check, str]:
    found = dict.fromkeys(_SHOWN, UNKNOWN)
    try:
        with connection.within(_DATABASE_SECONDS):
            signs = {group: heartbeats.read(group.heartbeat) for group in WorkerGroup}
            found[Check.WORKER] = _worker(signs, now)
            found[Check.DOCUMENTS] = _documents(signs)
            found[Check.CLOCK] = _clock()
            found[Check.ESCALATION] = _escalation()
            found[Check.DELIVERY] = _stuck(now)
    except DRIVER_ERRORS:  # what could not be read in time stays unknown
        pass
    return found


def _try_storing(now: datetime) -> None:
    """Ready means: a report posted now would be stored. Tried once in a while, not at each question."""
    if _stored_lately.get("stored") is None:
        heartbeats.try_storing(now=now)
        _stored_lately.put("stored", True)


def could_not_store() -> None:
    """Note that a request was just refused because nothing can be stored: believed at once, for some seconds.

    A database whose disk is full may find room for what is tried here, and none for a report.
    """
    _stored_lately.clear()
    _refused_lately.put("refused", True)


def delivery(now: datetime) -> DeliveryHealth:
    """Return whether messages go out, as of some seconds ago at most."""
    known = _delivery.get("")
    if known is None:
        begun = _delivery.now()
        since, sign = _stuck_since(now), heartbeats.read(WorkerGroup.DELIVER.heartbeat)
        well = since is None and _of_group(WorkerGroup.DELIVER, sign, now) == OK
        known = DeliveryHealth(well, since)
        _delivery.put("", known, read_at=begun)
    return known


def clock_ahead() -> timedelta:
    """Return by how much this host is ahead of the database's; nothing where that does not say its time.

    Where the database runs on this host both have one clock, and nothing can be told.
    """
    said = connection.clock_of_server()
    return timedelta(0) if said is None else clock.of_host() - said


def clock_agrees() -> bool:
    """Return whether both clocks show about the same time, as of some seconds ago at most."""
    known = _ahead_lately.get("")
    if known is None:
        known = clock_ahead()
        _ahead_lately.put("", known)
    return abs(known) <= CLOCK_AGREES_WITHIN


def forget() -> None:
    """Forget what was tried and found lately; between tests."""
    _ahead_lately.clear()
    _stored_lately.clear()
    _refused_lately.clear()
    _indexed_lately.clear()
    _delivery.clear()
    _shown_lately.clear()


def _stuck_since(now: datetime) -> datetime | None:
    before = now - STUCK_AFTER
    notice, message = alerts.due_since("notice_at"), backlog.waiting_since(before)
    waiting = [moment for moment in (notice, message) if moment is not None and moment <= before]
    return None if not waiting or backlog.delivered_since(before) else min(waiting)


def _stuck(now: datetime) -> str:
    since = _stuck_since(now)
    return OK if since is None else f"nothing goes out: waiting since {since.isoformat(timespec='seconds')}"


def _clock() -> str:
    off = clock_ahead()
    if abs(off) <= CLOCK_TOLERANCE:
        return OK
    ahead = "ahead of" if off > timedelta(0) else "behind"
    return f"this host is {abs(round(off.total_seconds()))} seconds {ahead} the database's: set its clock"


def _indexes() -> str:
    """What is missing. A busy database that does not list its indexes in time has those it had."""
    if _indexed_lately.get("indexed"):
        return OK
    try:
        with connection.within(_INDEX_SECONDS):
            missing = indexes.missing()
    except DRIVER_ERRORS:
        return OK if _indexed_lately.get("indexed", however_old=True) else UNKNOWN
    if not missing:
        _indexed_lately.put("indexed", True)
    return f"missing, run `flask database indexes`: {', '.join(missing)}" if missing else OK


def _log() -> str:
    count = logs.unwritten()
    return f"{count} lines could not be written" if count else OK


def _escalation() -> str:
    """What the worker found last: sites whose urgent alerts may not reach anybody in time."""
    found = heartbeats.read(ESCALATION)
    wrong = 0 if found is None else len(found.failing)
    if not wrong:
        return OK
    return f"{wrong} sites whose chain of escalation cannot be relied on: run `flask site escalation-faults`"


def _worker(signs: Signs, now: datetime) -> str:
    found = ((group, _of_group(group, signs[group], now)) for group in WorkerGroup)
    wrong = [f"{group}: {verdict}" for group, verdict in found if verdict != OK]
    return "; ".join(wrong) or OK


def _documents(signs: Signs) -> str:
    """What cannot be read, by this process or by the worker; ids stand in the log only."""
    found = Counter(unreadable.counts())
    for last in signs.values():
        found |= Counter({} if last is None else last.unreadable)
    listed = ", ".join(f"{count} of {name}" for name, count in sorted(found.items()))
    return f"damaged, the log names them: {listed}" if listed else OK


def _of_group(group: WorkerGroup, last: Heartbeat | None, now: datetime) -> str:
    if last is None:
        return "never seen"
    if last.at - now > CLOCK_TOLERANCE:
        return f"its clock is ahead: last seen at {last.at.isoformat(timespec='seconds')}"
    if now - last.at > (LATE_AFTER_LONG_JOBS if group is WorkerGroup.LONG_JOBS else LATE_AFTER):
        return f"last seen at {last.at.isoformat(timespec='seconds')}"
    return f"failing: {', '.join(last.failing)}" if last.failing else OK
