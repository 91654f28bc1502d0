"""What the phones were told: every acknowledgement, and every answer that should not have been given.

Filled by many threads at once and read by the audit while they go on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from models.ledger.entries import EntryKind
from services.access.actor import Actor

NEW, PENDING, KNOWN = "new", "new, alerts to follow", "known before"
NOTICED = "refused, and noticed"
"""What an acknowledgement says."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An event that a phone wants to be taken.

    Attributes:
        event_id: made by the phone.
        sender: the account that sends it, also when it has to be repeated.
        report_id: the report that it is, or is about.
        answers: as sent; empty for a void.
        observed_at: of a report.
    """

    kind: EntryKind
    sender: Actor
    patient_id: str
    event_id: str
    report_id: str
    answers: Mapping[str, Any]
    observed_at: datetime | None = None


class Records:
    """The acknowledged events by patient and id, and the faults that phones noticed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._acknowledged: dict[str, dict[str, Sent]] = defaultdict(dict)
        self._created: Counter[str] = Counter()
        self._answers: Counter[str] = Counter()
        self._faults: list[str] = []
        self._repeats = 0

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
