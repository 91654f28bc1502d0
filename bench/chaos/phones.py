"""The phones of the kill trial: threads that send reports and repeat each until it is acknowledged.

Most reports are two weeks later than the last; some are late, sent twice at once, sent again after they were
acknowledged, corrected or voided, and some forms with a safety answer cannot be taken. Several phones act for
one patient at once, so writers race. Some patients are left alone when something is killed, or after some
dozens of events, and others take their places.
"""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Event, Lock

from bench import load
from bench.chaos.records import KNOWN, NEW, NOTICED, PENDING, PHQ_9, Records, Sent
from bench.clinic import Clinic
from bench.courses import SLOW, Course, report
from models.ledger.entries import EntryKind
from models.store.base import new_id
from services import clock
from services.access.actor import Actor

STEP_DAYS = 14
EVENTS_PER_PATIENT = 40
PATIENTS_AT_ONCE, LEFT_AT_ONCE = 12, 4
SLOW_ONE_IN = 3
LOSS_PER_MONTH = 4.0
"""Faster than almost any patient, and most are fast: alerts are what a kill leaves half done."""
GIVE_UP_AFTER = 90.0
_TAKEN = frozenset({200, 201, 202})
_MAY_BE_REPEATED = frozenset({401, 429, 502, 503, 504})
"""401: the clock was moved, so that the token is too old or too new; the next try brings another."""
_REFUSALS_AFTER_A_VOID = frozenset({"not_current", "voided", "changes_nothing"})
_GRAVE_ANSWERS = {f"phq_{item}": 0 for item in range(1, 9)} | {"phq_9": 2}
_MOST_VERSIONS = 200
"""A report is corrected less often than this in a run; whoever is told of another version tries the next."""


@dataclass(slots=True)
class Patient:
    """A patient whom phones act for.

    Attributes:
        made: reports made in order so far.
        events: events begun so far.
    """

    actor: Actor
    course: Course
    begun_at: datetime
    made: int = 0
    events: int = 0
    lock: Lock = field(default_factory=Lock)

    @property
    def id(self) -> str:
        """The patient's id, which is the id of the own account too."""
        return self.actor.account_id

    def following(self, sender: Actor) -> Sent:
        """Return the next report."""
        with self.lock:
            self.made += 1
            return self._report(STEP_DAYS * self.made, sender)

    def late(self, sender: Actor, chance: random.Random) -> Sent:
        """Return a report observed between reports that were made before."""
        with self.lock:
            day = STEP_DAYS * chance.randrange(self.made + 1) + chance.randrange(1, STEP_DAYS)
            return self._report(day, sender)

    def grave(self, sender: Actor) -> Sent:
        """Return a form with a safety answer, after the last report."""
        with self.lock:
            day, form_id = STEP_DAYS * self.made + STEP_DAYS // 2, new_id()
            observed_at = self.begun_at + timedelta(days=day, seconds=self.events)
            return Sent(
                EntryKind.REPORT, sender, self.id, form_id, form_id, _GRAVE_ANSWERS, observed_at, PHQ_9
            )

    def _report(self, day: int, sender: Actor) -> Sent:
        answers, observed_at = self.course.answers(day), self.begun_at + timedelta(days=day)
        report_id = new_id()
        return Sent(EntryKind.REPORT, sender, self.id, report_id, report_id, answers, observed_at)


class Places:
    """The patients whom phones act for now; one who has had many events is followed by the next."""

    def __init__(self, patients: Iterable[Patient]) -> None:
        self._waiting: Iterator[Patient] = iter(patients)
        self._present = [next(self._waiting) for _ in range(PATIENTS_AT_ONCE)]
        self._lock = Lock()

    def choose(self, chance: random.Random) -> Patient:
        """Return a patient for one event."""
        with self._lock:
            place = chance.randrange(len(self._present))
            if self._present[place].events >= EVENTS_PER_PATIENT:
                self._present[place] = next(self._waiting, self._present[place])
            patient = self._present[place]
            patient.events += 1
            return patient

    def leave_some(self, chance: random.Random) -> None:
        """Let others follow some of the patients, whatever is under way about those.

        Nothing that happens later to such a patient can put right what a kill left half done; the service has
        to.
        """
        with self._lock:
            for place in chance.sample(range(len(self._present)), LEFT_AT_ONCE):
                self._present[place] = next(self._waiting, self._present[place])


@dataclass(slots=True)
class Phone:
    """One thread's phone: it acts for one patient after the other, sometimes as the clinic's tablet."""

    clinic: Clinic
    places: Places
    records: Records
    staff: Actor
    port: int
    chance: random.Random

    def use(self, ended: Event) -> None:
        """Send one event after the other until `ended` is set; what has begun is finished."""
        deeds: tuple[tuple[Callable[[load.KeepAlive, Patient], None], float], ...] = (
            (self._follow, 0.6),
            (self._tell_gravely, 0.05),
            (self._be_refused, 0.03),
            (self._send_late, 0.1),
            (self._send_twice_at_once, 0.08),
            (self._send_again, 0.05),
            (self._correct, 0.07),
            (self._void, 0.02),
        )
        choices, weights = zip(*deeds, strict=True)
        with _connection(self.port) as connection:
            while not ended.is_set():
                deed = self.chance.choices(choices, weights)[0]
                deed(connection, self.places.choose(self.chance))
                time.sleep(self.chance.uniform(0.05, 0.2))

    def _follow(self, connection: load.KeepAlive, patient: Patient) -> None:
        self._until_taken(connection, patient.following(self._sender(patient)))

    def _tell_gravely(self, connection: load.KeepAlive, patient: Patient) -> None:
        self._until_taken(connection, patient.grave(self._sender(patient)))

    def _be_refused(self, connection: load.KeepAlive, patient: Patient) -> None:
        """Send a form with a safety answer that cannot be taken."""
        form_id = new_id()
        sent = Sent(EntryKind.SAFETY_NOTICE, patient.actor, patient.id, form_id, form_id, {})
        self._until_taken(connection, sent)

    def _send_late(self, connection: load.KeepAlive, patient: Patient) -> None:
        self._until_taken(connection, patient.late(self._sender(patient), self.chance))

    def _send_twice_at_once(self, connection: load.KeepAlive, patient: Patient) -> None:
        sent = patient.following(self._sender(patient))
        with _connection(self.port) as another, ThreadPoolExecutor(1) as pool:
            twin = pool.submit(self._until_taken, another, sent)
            self._until_taken(connection, sent)
            twin.result()

    def _send_again(self, connection: load.KeepAlive, patient: Patient) -> None:
        known = self._known_report(patient)
        if known is not None:
            self._until_taken(connection, known)

    def _correct(self, connection: load.KeepAlive, patient: Patient) -> None:
        known = self._known_report(patient)
        if known is not None:
            answers = {**known.answers, "speech": self.chance.randrange(5)}
            sender = self.chance.choice([known.sender, self.staff])
            event = Sent(EntryKind.CORRECTION, sender, patient.id, new_id(), known.report_id, answers)
            self._until_taken(connection, event)

    def _void(self, connection: load.KeepAlive, patient: Patient) -> None:
        known = self._known_report(patient)
        if known is not None:
            event = Sent(EntryKind.VOID, self.staff, patient.id, new_id(), known.report_id, {})
            self._until_taken(connection, event)

    def _sender(self, patient: Patient) -> Actor:
        return self.staff if self.chance.random() < 0.2 else patient.actor

    def _known_report(self, patient: Patient) -> Sent | None:
        known = [
            sent for sent in self.records.known(patient.id, EntryKind.REPORT) if sent.instrument != PHQ_9
        ]
        return self.chance.choice(known) if known else None

    def _until_taken(self, connection: load.KeepAlive, sent: Sent) -> None:
        """Send an event, and repeat it until it is acknowledged or refused for good."""
        versions = itertools.cycle(range(1, _MOST_VERSIONS))
        version = next(versions)
        give_up_at = time.monotonic() + GIVE_UP_AFTER
        with self.records.under_way():
            while time.monotonic() < give_up_at:
                with suppress(OSError):
                    answer = self._send(connection, sent, version)
                    if answer.status == HTTPStatus.PRECONDITION_FAILED:
                        version = next(versions)
                        continue
                    if self._is_final(sent, answer):
                        return
                self.records.repeat()
                time.sleep(random.uniform(0.05, 0.3))
        self.records.complain(f"{sent.kind} {sent.event_id} found no answer in {GIVE_UP_AFTER:g} s")

    def _send(self, connection: load.KeepAlive, sent: Sent, version: int) -> load.Answer:
        during = self.records.during
        answer = connection.send(request_of(sent, self.clinic.token(sent.sender), version))
        # Whoever cannot be told apart from a stranger is told nothing.
        withheld = (
            sent.is_grave
            and answer.status != HTTPStatus.UNAUTHORIZED
            and b'"crisis_text":"' not in answer.body.replace(b'": "', b'":"')
        )
        self.records.answered(answer.status, withheld=withheld, during=during)
        return answer

    def _is_final(self, sent: Sent, answer: load.Answer) -> bool:
        if answer.status in _TAKEN:
            self.records.acknowledge(sent, word_of(answer))
            return True
        if answer.status in _MAY_BE_REPEATED:
            return False
        if sent.kind is EntryKind.SAFETY_NOTICE and "crisis_text" in json.loads(answer.body):
            self.records.acknowledge(sent, NOTICED)
            return True
        code = json.loads(answer.body).get("code")
        if sent.kind is EntryKind.REPORT or code not in _REFUSALS_AFTER_A_VOID:
            self.records.complain(f"{sent.kind} {sent.event_id} was answered {answer.status} {code}")
        return answer.status < 500


def word_of(answer: load.Answer) -> str:
    """Return what an acknowledgement says."""
    if answer.status != 201:
        return KNOWN
    return PENDING if json.loads(answer.body)["evaluation"] == "pending" else NEW


def request_of(sent: Sent, token: str, version: int) -> bytes:
    """Return the request that sends an event, about this version of its report."""
    path = f"/v1/patients/{sent.patient_id}/reports"
    if sent.observed_at is not None:
        body = report(dict(sent.answers), sent.observed_at)
        body |= {"id": sent.event_id, "instrument": sent.instrument}
        return load.post(path, json.dumps(body).encode(), token)
    if sent.kind is EntryKind.SAFETY_NOTICE:
        body = report({"phq_2": 9, "phq_9": 2}, clock.now()) | {"id": sent.event_id, "instrument": PHQ_9}
        return load.post(path, json.dumps(body).encode(), token)
    verb = "corrections" if sent.kind is EntryKind.CORRECTION else "void"
    body = {"id": sent.event_id, "reason": "Made up for a trial."}
    if sent.answers:
        body["answers"] = sent.answers
    content = json.dumps(body).encode()
    return load.post(f"{path}/{sent.report_id}/{verb}", content, token, if_match=version)


def enrolled(clinic: Clinic, patients: int) -> list[Patient]:
    """Enrol patients."""
    begun_at = clock.now() - timedelta(days=1500)
    return [
        Patient(
            clinic.enrol(f"Patient {number}"),
            Course(47, LOSS_PER_MONTH if number % SLOW_ONE_IN else SLOW, seed=number),
            begun_at,
        )
        for number in range(patients)
    ]


@contextmanager
def _connection(port: int) -> Iterator[load.KeepAlive]:
    connection = load.KeepAlive(port, timeout=15)
    try:
        yield connection
    finally:
        connection.close()
