"""Keeping what is derived in step with what is stored: evaluations, and the alerts that follow from them.

Everything here can be done again at any time, by several processes at once, and is done by the worker for
whatever a crash left half done. Requests call the `..._or_leave` forms: a failure after the commit point is
left to the sweep. How an evaluation is made is `services.reports.evaluate`.

An entry whose alerts are not known to be in step carries a mark. Whoever stored it takes the mark away after
its last write to them. If the entry before was marked too, somebody else may still be writing: when all
earlier marks have gone, the alerts are looked at again; otherwise the mark is left to the sweep, which takes
up what nobody works on any more.

No report stays judged by an earlier profile or policy. A change is followed by an entry in the ledger of each
patient: a report that read the ledger before it loses its place and is judged again; one that reads it
afterwards finds there that what its process remembers is out of date (`services.reports.load`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence, Set
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile

from models.ledger import ledger
from models.ledger.entries import Content, Entry, EntryKind, Head, Marks
from models.patients import patients
from models.replays import reevaluations
from models.replays.reevaluations import Round
from models.sites import sites
from models.store.base import new_id
from models.store.connection import DRIVER_ERRORS
from models.store.provenance import Provenance, by_itself
from models.store.scope import Scope
from services.alerts import align
from services.alerts.align import Outcome
from services.errors import Unavailable
from services.reports import evaluate
from services.reports.evaluate import Criteria
from services.reports.next_entry import Event, entry_after, own_event_id, with_evaluation
from services.retry import until_won

SYSTEM = by_itself("system")
BATCH = 100
SITES = 10
UNATTENDED = timedelta(seconds=15)
"""Our choice: nobody works on an entry so long after it was received; the sweep is done within a minute."""
PAGE = 50
"""Patients of each round in one sweep: a few seconds, for alerts that were left half done wait so long."""

_log = logging.getLogger(__name__)
_reached: dict[str, str] = {}
"""Of each list of the sweep, the patient it has come to; a process that begins, begins in front."""


class Overtaken(Exception):
    """A newer entry came before everything was done."""


_EXPECTED: tuple[type[Exception], ...] = (Overtaken, Unavailable, *DRIVER_ERRORS)


def reconcile(patient_id: str, *, now: datetime) -> None:
    """Bring the alerts in step with the head of the ledger, and note it for entries that nobody works on.

    Raises:
        Unavailable: new entries kept coming; the sweep comes back to the patient.
    """
    until_won(lambda: _reconciled(patient_id, now) or None, over="this patient")


def _reconciled(patient_id: str, now: datetime) -> bool:
    pending = ledger.pending_entries(patient_id)
    left = _unattended(pending, now)
    head = ledger.read_head(patient_id)
    if head is None:
        return True
    if head.evaluated.unevaluated:
        _reevaluated(patient_id, now, SYSTEM)
        return False
    received_at = min((at for _, at in pending), default=None)
    evaluation = head.evaluated.evaluation
    done = align.align(patient_id, head.site_id, evaluation, head.seq, now=now, received_at=received_at)
    if done.outcome is not Outcome.LEFT and ledger.is_head(patient_id, head.seq):
        ledger.clear_pending(patient_id, left, mildest=done.mildest if head.seq in left else {})
        return True
    return False


def align_or_leave(entry: Entry, *, now: datetime, together: Sequence[int] = ()) -> bool:
    """Bring the alerts in step with an entry just stored; return False when the sweep will have to.

    Args:
        entry: the one that was stored last.
        now: the present moment.
        together: numbers of the marked entries that were stored and evaluated with it.
    """
    return _tried(partial(_align, entry, now, {*together, entry.seq}))


def _align(entry: Entry, now: datetime, own: Set[int]) -> None:
    mildest = _settled(entry, now) if entry.alerts_pending else entry.mildest
    if entry.follows_pending:
        if any(seq < entry.seq and seq not in own for seq, _ in ledger.pending_entries(entry.patient_id)):
            return
        mildest = _settled(entry, now)
    ledger.clear_pending(entry.patient_id, sorted(own), mildest=mildest)


def _settled(entry: Entry, now: datetime) -> Marks:
    """Bring the alerts in step with the entry; return the mildest marks then.

    Raises:
        Overtaken: a newer entry came before everything was done.
    """
    if entry.evaluated is None:
        raise TypeError("an entry is stored with its evaluation")
    evaluation = entry.evaluated.evaluation
    done = align.align(
        entry.patient_id, entry.site_id, evaluation, entry.seq, now=now, received_at=entry.received_at
    )
    if done.outcome is Outcome.LEFT:
        raise Overtaken
    return done.mildest


def reevaluate(patient_id: str, *, now: datetime, by: Provenance = SYSTEM) -> None:
    """Evaluate the history anew if it was judged by another profile, policy or set of rules than now.

    Or if the latest entries are not evaluated: whoever stored several together has not come to the last.

    The alerts follow at once, or are left to the sweep.

    Raises:
        Unavailable: new entries kept coming; the sweep comes back to the patient.
    """
    until_won(lambda: _reevaluated(patient_id, now, by) or None, over="this patient")


def _reevaluated(patient_id: str, now: datetime, by: Provenance) -> bool:
    head = ledger.read_head(patient_id)
    # Read after the head, and the site not from memory: so they are no older than what judged the head.
    patient = patients.read(patient_id, Scope(patient_id=patient_id), now=now)
    site = None if patient is None else sites.read_anew(patient.site_id)
    if patient is None or site is None:
        return True
    criteria = evaluate.criteria_for(patient, site)
    entry = None
    if head is None or head.evaluated.basis != criteria.basis or head.evaluated.unevaluated:
        entry = _judged_anew(head, criteria, by, now)
    if entry is not None and not ledger.append(entry):
        return False
    patients.clear_changed(patient_id, patient.rev)
    if entry is not None and entry.alerts_pending:
        align_or_leave(entry, now=now)
    return True


def _judged_anew(head: Head | None, criteria: Criteria, by: Provenance, now: datetime) -> Entry:
    """Return the entry that follows the head; without a history it still keeps its place from others."""
    patient = criteria.patient
    event = Event(
        kind=EntryKind.REEVALUATION,
        id=own_event_id(EntryKind.REEVALUATION, new_id()),
        content=Content(by),
        received_at=now,
    )
    entry = entry_after(head, patient, event)
    evaluated = evaluate.anew(ledger.read_entries(patient.id), criteria, more=(entry,), head=head)
    return with_evaluation(entry, head, evaluated)


def reconcile_or_leave(patient_id: str, *, now: datetime) -> bool:
    """Bring the alerts in step with the head; return False when the sweep will have to."""
    return _tried(partial(reconcile, patient_id, now=now))


def reevaluate_or_leave(patient_id: str, *, now: datetime, by: Provenance) -> None:
    """Evaluate anew, or leave it to the sweep."""
    _tried(lambda: reevaluate(patient_id, now=now, by=by))


def raise_floor_or_leave(patient_id: str, floor: int) -> None:
    """Keep the next reading short; when it fails, the next report raises the floor."""
    _tried(lambda: patients.raise_floor(patient_id, floor))


def sweep(now: datetime) -> int:
    """Finish what was left half done, and go on with rounds; return for how many patients."""
    changed = _following("changed", patients.changed)
    done = sum(_tried(partial(reevaluate, patient_id, now=now)) for patient_id in changed)
    behind = _following("behind", partial(ledger.patients_pending, but_within=_attended(now)))
    done += sum(reconcile_or_leave(patient_id, now=now) for patient_id in behind)
    for site_round in reevaluations.unfinished(SITES):
        _tried(partial(_go_on, site_round, now))
    return done


def _following(name: str, listed: Callable[..., list[str]]) -> list[str]:
    """Return the patients of a list behind those looked at last, and from its beginning where it ends.

    Those with whom nothing can be done stay in the list. They are tried again when the round has come to
    them, and never keep it from the others.
    """
    after = _reached.get(name, "")
    found = listed(BATCH, after=after)
    if after and len(found) < BATCH:
        first = listed(BATCH - len(found))
        found += [patient_id for patient_id in first if patient_id <= after]
    _reached[name] = found[-1] if len(found) == BATCH else ""
    return found


def _unattended(pending: list[tuple[int, datetime]], now: datetime) -> list[int]:
    """The marked entries that nobody works on: those before the first that was received lately.

    What stands behind that one may have been received before it; its mark says that the one before it was
    marked, and must not go first. To be asked before the alerts are looked at, because afterwards the writer
    of the first may have finished.
    """
    begin, end = _attended(now)
    left = takewhile(lambda one: not begin < one[1] <= end, pending)
    return [seq for seq, _ in left]


def _attended(now: datetime) -> ledger.Span:
    """When an entry was received that somebody may still work on; servers' clocks may differ as much."""
    return now - UNATTENDED, now + UNATTENDED


def _go_on(one: Round, now: datetime) -> None:
    """Evaluate the next patients of a round anew; one who fails is left to the next sweep."""
    following = reevaluations.next_patients(one, PAGE)
    for patient_id in following:
        if not _tried(partial(reevaluate, patient_id, now=now)):
            reevaluations.come_back(patient_id)
    if len(following) < PAGE:
        reevaluations.finish(one)
    else:
        reevaluations.go_on(one, following[-1])


def _tried(work: Callable[[], None]) -> bool:
    try:
        work()
    except _EXPECTED as error:
        _log.warning("left to the sweep: %s", type(error).__name__)
        return False
    except Exception:  # one patient's fault must not stop the others, nor fail a request already committed
        _log.exception("left to the sweep")
        return False
    return True
