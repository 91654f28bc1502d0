"""What the phones were told: every acknowledgement, and every answer that should not have been given.

Filled by many threads at once and read by the audit while they go on.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from models.ledger.entries import EntryKind
from scoring.decline.alsfrs.points import ALSFRS_R
from services.access.actor import Actor

NEW, PENDING, KNOWN = "new", "new, alerts to follow", "known before"
NOTICED = "refused, and noticed"
"""What an acknowledgement says."""
PHQ_9 = "phq_9"


@dataclass(frozen=True, slots=True)
class Sent:
    """An event that a phone wants to be taken.

    Attributes:
        event_id: made by the phone.
        sender: the account that sends it, also when it has to be repeated.
        report_id: the report that it is, or is about.
        answers: as sent; empty for a void.
        observed_at: of a report.
        instrument: of a report.
    """

    kind: EntryKind
    sender: Actor
    patient_id: str
    event_id: str
    report_id: str
    answers: Mapping[str, Any]
    observed_at: datetime | None = None
    instrument: str = ALSFRS_R

    @property
    def is_grave(self) -> bool:
        """Whether it is a form with a safety answer, so that no answer may lack the text of safety."""
        return self.instrument == PHQ_9 or self.kind is EntryKind.SAFETY_NOTICE


class Records:
    """The acknowledged events by patient and id, and the faults that phones noticed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._acknowledged: dict[str, dict[str, Sent]] = defaultdict(dict)
        self._created: Counter[str] = Counter()
        self._answers: Counter[str] = Counter()
        self._faults: list[str] = []
        self._repeats = 0
        self._under_way: dict[object, float] = {}
        self._withheld: Counter[str] = Counter()
        self._statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self.during = ""
        """What is injected now."""

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Note that somebody waits for an acknowledgement in this block."""
        mine = object()
        with self._lock:
            self._under_way[mine] = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                del self._under_way[mine]

    def waiting_since(self, moment: float) -> int:
        """Return how many wait for an acknowledgement since before a moment of the monotonic clock."""
        with self._lock:
            return sum(1 for begun in self._under_way.values() if begun <= moment)

    def answered(self, status: int, *, withheld: bool, during: str) -> None:
        """Note the status of an answer, and whether it lacks the text of safety that it should have.

        Args:
            status: of the answer.
            withheld: it lacks the text.
            during: what was injected when the request was sent.
        """
        with self._lock:
            self._statuses[during][status] += 1
            self._withheld[during] += withheld

    def withheld(self, during: str) -> int:
        """Return how many answers during an injection lacked the text of safety."""
        with self._lock:
            return self._withheld[during]

    def statuses(self, during: str) -> Counter[int]:
        """Return how often each status was answered during an injection."""
        with self._lock:
            return Counter(self._statuses[during])

    def acknowledge(self, sent: Sent, answer: str) -> None:
        """Note that an event was acknowledged.

        Args:
            sent: the event.
            answer: a word for it; NEW must not be answered twice.
        """
        with self._lock:
            self._acknowledged[sent.patient_id][sent.event_id] = sent
            self._answers[answer] += 1
            self._created[sent.event_id] += answer in {NEW, PENDING}
            if self._created[sent.event_id] > 1:
                self._faults.append(f"{sent.kind} {sent.event_id} was answered as new twice")

    def repeat(self) -> None:
        """Note that a request had to be sent again."""
        with self._lock:
            self._repeats += 1

    def complain(self, fault: str) -> None:
        """Note an answer that should not have been given."""
        with self._lock:
            self._faults.append(fault)

    def acknowledged(self) -> dict[str, dict[str, Sent]]:
        """Return what was acknowledged so far: by patient, then by event."""
        with self._lock:
            return {patient_id: dict(events) for patient_id, events in self._acknowledged.items()}

    def count(self) -> int:
        """Return how many events were acknowledged so far."""
        with self._lock:
            return sum(len(events) for events in self._acknowledged.values())

    def known(self, patient_id: str, kind: EntryKind) -> list[Sent]:
        """Return the acknowledged events of one kind about a patient."""
        with self._lock:
            events = self._acknowledged.get(patient_id, {})
            return [sent for sent in events.values() if sent.kind is kind]

    @property
    def faults(self) -> tuple[str, ...]:
        """What phones noticed themselves."""
        with self._lock:
            return tuple(self._faults)

    @property
    def answers(self) -> Counter[str]:
        """How often each acknowledgement was given."""
        with self._lock:
            return Counter(self._answers)

    @property
    def repeats(self) -> int:
        """How many requests had to be sent again."""
        with self._lock:
            return self._repeats
