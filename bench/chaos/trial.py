"""The rounds of a trial: a fault, what it did meanwhile, and how soon everything was as usual after it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from bench.chaos import audit, phones
from bench.chaos.audit import Fault
from bench.chaos.injections import Injection
from bench.chaos.records import Records
from bench.chaos.stage import Stage

IN_STEP_WITHIN = 60.0
USUAL_WITHIN = 10.0
"""Seconds after a fault within which everything is as usual again."""
_GIVE_UP_AFTER = 90.0
_READY_IN_A_ROW = 3
"""Looks at the readiness that have to be good one after another: there are two processes that may answer."""


@dataclass(slots=True)
class Outcome:
    """What one fault did, over its rounds.

    Attributes:
        recovered: seconds from the end of the fault until everything was as usual, by round.
        ready: how often each status of the readiness was seen while it lasted; 0 is none.
        acknowledged: events that were acknowledged in its rounds.
        wrong: what was wrong with the records right after its rounds.
    """

    recovered: list[float] = field(default_factory=list)
    ready: Counter[int] = field(default_factory=Counter)
    acknowledged: int = 0
    wrong: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Trial:
    """The faults of one run, and what was found after each."""

    stage: Stage
    places: phones.Places
    records: Records
    faults: dict[str, Fault] = field(default_factory=dict)
    outcomes: dict[Injection, Outcome] = field(default_factory=dict)

    def round(self, injection: Injection) -> tuple[float, int]:
        """Inject a fault once; return after how long everything was as usual, and how much is wrong."""
        outcome = self.outcomes.setdefault(injection, Outcome())
        before = self.records.acknowledged()
        time.sleep(self.stage.chance.uniform(0.3, 0.8))
        self.places.leave_some(self.stage.chance)
        with injection.make(self.stage):
            self.records.during = injection.name
            self._watch(injection.seconds, outcome)
            self.records.during = ""
            ended = time.monotonic()
        outcome.recovered.append(self._usual_after(ended))
        acknowledged = self.records.acknowledged()
        touched = {
            patient_id: events
            for patient_id, events in acknowledged.items()
            if events != before.get(patient_id)
        }
        outcome.acknowledged += sum(
            len(events) - len(before.get(patient_id, ())) for patient_id, events in touched.items()
        )
        found = audit.look_at_events(touched, finished=False)
        outcome.wrong += found
        self._add(found)
        return outcome.recovered[-1], len(found)

    def _watch(self, seconds: float, outcome: Outcome) -> None:
        until = time.monotonic() + self.stage.chance.uniform(0.8, 1.2) * seconds
        while time.monotonic() < until:
            outcome.ready[self.stage.asked()] += 1
            time.sleep(0.2)

    def _usual_after(self, ended: float) -> float:
        """Wait until whoever had no answer has one, and the service is ready; return how long it took."""
        in_a_row, taken = 0, 0.0
        while in_a_row < _READY_IN_A_ROW and taken < _GIVE_UP_AFTER:
            ready = not self.records.waiting_since(ended) and self.stage.asked() == 200
            taken = time.monotonic() - ended if not in_a_row or not ready else taken
            in_a_row = in_a_row + 1 if ready else 0
            time.sleep(0.05)
        return taken

    def end(self) -> float:
        """Look at everything, once the phones have their answers; return after how long all was in step."""
        acknowledged = self.records.acknowledged()
        begun = time.monotonic()
        behind = audit.look_at_alerts(acknowledged)
        while behind and time.monotonic() - begun < IN_STEP_WITHIN:
            time.sleep(0.5)
            behind = audit.look_at_alerts(acknowledged)
        taken = time.monotonic() - begun
        self._add(behind)
        self._add(audit.look_at_events(acknowledged, finished=True))
        self._add(audit.look_at_evaluations(acknowledged))
        return taken

    def broken(self) -> list[str]:
        """Return the promises that were not kept, beside those about records."""
        late = [
            f"{injection.name}: as usual only after {max(outcome.recovered):.1f} s"
            for injection, outcome in self.outcomes.items()
            if max(outcome.recovered) > USUAL_WITHIN
        ]
        return late + [
            f"{injection.name}: {self.records.withheld(injection.name)} answers lack the text of safety"
            for injection in self.outcomes
            if self.records.withheld(injection.name) and not injection.of_database
        ]

    def _add(self, found: list[Fault]) -> None:
        self.faults |= {f"{fault.wrong} {fault.patient_id} {fault.detail}": fault for fault in found}
