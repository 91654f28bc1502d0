"""The patients of the bench, their histories, and the reports they send next, each with a token of its own.

Every patient reports once a week, from some years ago on, each report later than the last; the patients take
turns. A phone wakes up for a report and refreshes its token first, so no token is sent twice and none has
been verified before. Requests are made ahead of a measurement, because signing them would disturb it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from bench import load
from bench.clinic import Clinic
from bench.courses import FAST, SLOW, Course, report
from models.ledger import ledger
from services import clock
from services.access.actor import Actor
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report

STEP_DAYS = 7
LONGEST = 250
"""Weekly reports of a patient; more would come from the future, or begin more than five years ago."""
SPREAD = ledger.REACH
FAST_ONE_IN = 14
"""Our choice: with the changes of stage of the others, about one report in ten meets an alert."""


class HistoryFull(Exception):
    """The patients have reported every week up to now: take more patients, or shorter windows."""


@dataclass(slots=True)
class Reporter:
    """A patient who reports once a week.

    Attributes:
        begun_at: of the first report.
        given: reports made so far.
        longest: reports up to the present.
    """

    actor: Actor
    course: Course
    begun_at: datetime
    given: int = 0
    longest: int = LONGEST

    def next_report(self) -> dict[str, Any]:
        """Return the body of the next report.

        Raises:
            HistoryFull: it would come from the future.
        """
        if self.given >= self.longest:
            raise HistoryFull("the patients have reported up to now: give more --patients")
        day = STEP_DAYS * self.given
        self.given += 1
        return report(self.course.answers(day), self.begun_at + timedelta(days=day))


class Cohort:
    """Patients who take turns, and the requests that are ready to be sent."""

    def __init__(self, clinic: Clinic, reporters: Sequence[Reporter]) -> None:
        self._clinic = clinic
        self._reporters = reporters
        self._turns = deque(reporters)
        self._ready: deque[bytes] = deque()
        self._lock = Lock()

    def write_histories(self, reports: int) -> None:
        """Take the first reports of every patient, by the service itself.

        Args:
            reports: of the patient who has fewest. The others have up to `SPREAD` - 1 more, because what the
                service does once in so many, raising the floor, must not fall on all patients at once.
        """
        with ThreadPoolExecutor(4) as pool:
            lengths = (
                (reporter, reports + number % SPREAD) for number, reporter in enumerate(self._reporters)
            )
            for done in [pool.submit(_write, reporter, length) for reporter, length in lengths]:
                done.result()

    def prepare(self, requests: int) -> None:
        """Have at least so many requests ready."""
        self._ready.extend(self.make() for _ in range(requests - len(self._ready)))

    def next_request(self) -> bytes:
        """Return the next request; several clients may ask at once."""
        try:
            return self._ready.popleft()
        except IndexError:
            return self.make()

    def make(self) -> bytes:
        """Make the request of the patient whose turn it is."""
        with self._lock:
            one = self._turns[0]
            self._turns.rotate(-1)
            body = json.dumps(one.next_report()).encode()
        path = f"/v1/patients/{one.actor.patient_id}/reports"
        return load.post(path, body, self._clinic.token(one.actor))

    def with_flags(self) -> int:
        """Return how many patients have a flag at this moment, and so an alert."""
        heads = (ledger.read_head(reporter.actor.account_id) for reporter in self._reporters)
        return sum(head is not None and bool(head.evaluated.evaluation["flags"]) for head in heads)

    def apart(self) -> list[Cohort]:
        """Return each patient as a cohort of one."""
        return [Cohort(self._clinic, [reporter]) for reporter in self._reporters]

    @property
    def ids(self) -> list[str]:
        """Ids of the patients."""
        return [reporter.actor.account_id for reporter in self._reporters]

    @property
    def given(self) -> int:
        """Reports made so far, of all patients."""
        return sum(reporter.given for reporter in self._reporters)

    def __len__(self) -> int:
        """Number of patients."""
        return len(self._reporters)


def enrolled(clinic: Clinic, patients: int) -> Cohort:
    """Enrol patients, most of them slow."""
    begun_at = clock.now() - timedelta(days=STEP_DAYS * LONGEST)
    reporters = []
    for number in range(patients):
        loss = FAST if number % FAST_ONE_IN == 0 else SLOW
        course = Course(level=46 if loss == FAST else 40 + number % 7, loss_per_month=loss, seed=number)
        reporters.append(Reporter(clinic.enrol(f"Patient {number}", begun_at), course, begun_at))
    return Cohort(clinic, reporters)


def _write(one: Reporter, reports: int) -> None:
    scope = scope_for(one.actor, Operation.REPORT_SUBMIT)
    for _ in range(reports):
        body = one.next_report()
        given = Submission(**{**body, "observed_at": datetime.fromisoformat(body["observed_at"])})
        submit_report(one.actor.account_id, given, scope, actor=one.actor, now=clock.now())
