"""Several reports about one patient taken together: one evaluation, one write, one look at the alerts.

They follow one another in the ledger, and the last of them carries the evaluation of all, with what became
known by each; until it is stored the others name themselves as not evaluated (`evaluate.put_off`). The write
ends at the first that cannot be stored; what is left is tried again, evaluated with what is there by then.
Reports that were perhaps sent before, and what goes wrong with all of them, are taken one by one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from models.ledger import ledger
from models.ledger.entries import Entry, Head
from models.ledger.ledger import NotWritten
from models.ledger.seen_ids import might_contain
from models.store import connection
from services.errors import AppError, TooManyRequests
from services.reports import evaluate, reconcile
from services.reports.evaluate import Criteria, Scored, criteria_for
from services.reports.intake import budget, prepare
from services.reports.intake.outcomes import Sent, Stored
from services.reports.intake.submit import receipt_of, submit_sent
from services.reports.load import Loaded, load_for_event
from services.reports.next_entry import entry_after, with_evaluation
from services.reports.receipts import Receipt
from services.retry import until_won

_log = logging.getLogger(__name__)

Verdict = Receipt | Exception | None
"""What became of a report; None: the time was up before it was looked at."""


def submit_reports(sent: Sequence[Sent], time_left: Callable[[], bool]) -> list[Verdict]:
    """Take reports about one patient, in the order in which they were answered; return a verdict for each.

    Args:
        sent: reports of the same caller about the same patient.
        time_left: asked before each is looked at.
    """
    batch = _Batch(sent, time_left)
    if len(sent) > 1:
        try:
            until_won(batch.attempt, over="this patient")
        except AppError as error:
            return [error] * len(sent)
        except Exception as error:
            if connection.gave_no_answer(error):
                return [error] * len(sent)
            _log.exception("%d reports could not be taken together; each is taken alone", len(sent))
        batch.finish()
    return [batch.verdict(place) for place in range(len(sent))]


@dataclass(frozen=True, slots=True)
class _Place:
    """A report that is to be stored: its place in the batch, and the entry that it becomes."""

    number: int
    scored: Scored


@dataclass(slots=True)
class _Batch:
    """The reports, and what is known of them so far, by their places.

    Attributes:
        looked_at: how many were looked at before the time was up.
        failed: what is wrong with a report.
        alone: those to be taken alone.
        entries: what was stored.
        last: the latest that was stored with an evaluation.
        pending: alerts follow within a minute.
    """

    sent: Sequence[Sent]
    time_left: Callable[[], bool]
    looked_at: int = 0
    failed: dict[int, Exception] = field(default_factory=dict)
    alone: set[int] = field(default_factory=set)
    entries: dict[int, Entry] = field(default_factory=dict)
    met: Loaded | None = None
    last: Entry | None = None
    pending: bool = False

    def attempt(self) -> bool | None:
        """Store what is left; None when there is more to do."""
        first = self.sent[0]
        met = self.met = load_for_event(first.patient_id, first.scope, now=first.now)
        criteria = criteria_for(met.patient, met.site)
        places = list(self._places(met.head, criteria))
        if not places:
            return True
        more = [place.scored for place in places]
        try:
            evaluated = prepare.with_history(met.head, more, criteria, most_a_day=first.most_a_day)
        except TooManyRequests:
            room = budget.room(ledger.read_entries(first.patient_id), first.most_a_day, now=first.now)
            self.alone |= {place.number for place in places[room:]}
            return None
        entries = [place.scored.entry for place in places]
        entries[-1] = with_evaluation(entries[-1], met.head, evaluated)
        return self._append([place.number for place in places], entries)

    def _places(self, head: Head | None, criteria: Criteria) -> Iterator[_Place]:
        """Yield what is to follow the head, not evaluated yet, until the time is up."""
        for number, sent in enumerate(self.sent):
            if number >= self.looked_at:
                if not self.time_left():
                    self.sent = self.sent[:number]
                    return
                self.looked_at = number + 1
            if number in self.failed or number in self.alone or number in self.entries:
                continue
            if head is not None and might_contain(head.seen, sent.given.id):
                self.alone.add(number)
                continue
            try:
                event, score = prepare.event_of(sent, criteria)
                entry = entry_after(head, criteria.patient, event)
            except Exception as error:  # the report's own: the others are taken all the same
                self.failed[number] = error
                continue
            waiting = evaluate.put_off(head, entry, criteria)
            entry = replace(entry, evaluated=waiting, alerts_pending=True)
            head = entry.as_head()
            yield _Place(number, Scored(entry, score))

    def _append(self, numbers: Sequence[int], entries: Sequence[Entry]) -> bool | None:
        stored, outcome = ledger.append_in_order(entries)
        self.entries |= dict(zip(numbers[:stored], entries, strict=False))
        if stored == len(entries):
            self.last = entries[-1]
            return True
        if isinstance(outcome, NotWritten):
            self.failed[numbers[stored]] = outcome.error
        return None

    def finish(self) -> None:
        """Bring the alerts in step with what was stored, or leave it to the sweep."""
        if self.met is None or not self.entries:
            return
        patient, now = self.met.patient, self.sent[0].now
        seqs = [entry.seq for entry in self.entries.values()]
        if self.last is None:
            self.pending = not reconcile.reconcile_or_leave(patient.id, now=now)
        else:
            self.pending = not reconcile.align_or_leave(self.last, now=now, together=seqs)
        if max(seqs) - patient.ledger_floor >= ledger.REACH - 1:
            reconcile.raise_floor_or_leave(patient.id, max(seqs))

    def verdict(self, number: int) -> Verdict:
        """Return what became of a report; those to be taken alone are taken now."""
        if number in self.failed:
            return self.failed[number]
        entry = self.entries.get(number)
        if entry is not None and self.met is not None:
            evaluated = entry.evaluated if self.last is None else self.last.evaluated
            stored = Stored(self.met.patient, self.met.site, replace(entry, evaluated=evaluated))
            return receipt_of(stored, pending=self.pending)
        if number >= len(self.sent) or not self.time_left():
            return None
        try:
            return submit_sent(self.sent[number])
        except Exception as error:  # its own
            return error
