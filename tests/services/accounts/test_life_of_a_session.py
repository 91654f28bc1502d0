"""Phones, lost answers, thieves, codes and clocks in any order, on two processes: what always holds.

Two `Security` objects share nothing but the database, as two processes do. The model knows which phone was
let in how, which answers it lost, and who holds a copy of its token.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models.accounts import sessions
from models.accounts.invitations import InvitationKind
from models.accounts.sessions import Device
from models.store.base import new_id
from services.access.actor import Role
from services.access.permissions import Operation, check_session, scope_for
from services.access.revocations import BELIEVE_SECONDS
from services.access.security import Security
from services.accounts import credentials, devices, enrol, invitations
from services.accounts import refresh as refreshing
from services.accounts.credentials import Recovery
from services.accounts.enrol import Enrolment
from services.accounts.invitations import PatientInvitation
from services.accounts.issue import SignedIn
from services.accounts.refresh import GRACE, LATE_REPEATS, LATE_WITHIN
from services.errors import AppError, NotAllowed
from services.settings import Settings
from tests.people import People

LIFE = timedelta(days=89)
_PHONES = st.integers(0, 9)
_PROCESSES = st.integers(0, 1)
_NETWORKS = count(1)
"""Each run has a network of its own: tries from one address add up over all runs."""


@dataclass
class Phone:
    """What the person's phone holds, and what the model knows of it.

    Attributes:
        token: the refresh token that the phone would send next.
        lost: when answers of it were lost.
        used_at: when the token was first sent, None before.
        copied: somebody else had a copy of a token of it.
    """

    session_id: str
    token: str
    access: str
    reader: bool
    issued_at: datetime
    lost: list[datetime] = field(default_factory=list)
    used_at: datetime | None = None
    copied: bool = False
    stolen: str | None = None
    ended_at: datetime | None = None


class Sessions(RuleBasedStateMachine):
    """One patient, a coordinator with codes, a thief, two processes."""

    people: People
    given: Settings

    @initialize()
    def begin(self) -> None:
        self.now = self.people.now
        self.address = f"2001:db8:0:{next(_NETWORKS):x}::1"
        self.processes = [Security(self.given), Security(self.given)]
        for process in self.processes:
            process.revocations._ticks = self._ticks
        site = self.people.site()
        self.patient = self.people.patient(site)
        self.coordinator = self.people.staff(site, Role.COORDINATOR).actor
        self.clinician = self.people.staff(site, Role.CLINICIAN).actor
        self.phones: list[Phone] = []
        self.successors: dict[str, str] = {}
        self.recovery_code: str | None = None
        self.redeem(0)

    def _ticks(self) -> float:
        return (self.now - self.people.now).total_seconds()

    def _phone(self, number: int) -> Phone:
        return self.phones[number % len(self.phones)]

    def _add(self, process: int, answer: SignedIn) -> Phone:
        actor, _ = self.processes[process].signer.verify(answer.access_token, self.now)
        phone = Phone(actor.session_id, answer.refresh_token, answer.access_token, answer.confirmed, self.now)
        self.phones.append(phone)
        self.recovery_code = answer.recovery_code or self.recovery_code
        return phone

    @rule(process=_PROCESSES)
    def redeem(self, process: int) -> None:
        security = self.processes[process]
        wanted = PatientInvitation(InvitationKind.PATIENT)
        code = invitations.invite_to_patient(
            security, self.patient.id, wanted, actor=self.coordinator, now=self.now
        ).code
        given = Enrolment(code, Device(new_id(), "phone"), self.address)
        phone = self._add(process, enrol.enrol(security, given, now=self.now))
        assert phone.reader is (len(self.phones) == 1), (
            "a code opens nothing to whoever is not the person yet"
        )

    @precondition(lambda self: self.recovery_code)
    @rule(process=_PROCESSES, again=_PROCESSES, lost=st.booleans())
    def recover(self, process: int, again: int, lost: bool) -> None:
        given = Recovery(self.recovery_code or "", Device(new_id(), "phone"), self.address)
        answer = credentials.recover(self.processes[process], given, now=self.now)
        assert answer.recovery_code != given.code
        if lost:
            told, answer = answer, credentials.recover(self.processes[again], given, now=self.now)
            assert answer.recovery_code == told.recovery_code, "a lost answer loses no way back"
        assert self._add(process, answer).reader

    @rule(number=_PHONES, process=_PROCESSES, lost=st.booleans())
    def refresh(self, number: int, process: int, lost: bool) -> None:
        phone = self._phone(number)
        answer = self._sent(process, phone, phone.token)
        if answer is None:
            assert (
                phone.ended_at is not None or phone.copied or self._lost_too_often(phone) or self._old(phone)
            )
            return
        phone.used_at = phone.used_at or self.now
        if lost:
            phone.lost.append(self.now)
        else:
            phone.token, phone.access, phone.used_at = answer.refresh_token, answer.access_token, None
            phone.issued_at = self.now

    def _lost_too_often(self, phone: Phone) -> bool:
        return (
            len([moment for moment in phone.lost if self.now - moment < LATE_WITHIN + GRACE]) > LATE_REPEATS
        )

    def _old(self, phone: Phone) -> bool:
        return self.now - max(phone.issued_at, *phone.lost, phone.issued_at) > LIFE

    def _sent(self, process: int, phone: Phone, token: str) -> SignedIn | None:
        try:
            answer = refreshing.refresh(self.processes[process], token, now=self.now)
        except AppError:
            session = sessions.read(phone.session_id)
            assert session is not None
            if not session.usable(self.now):
                phone.ended_at = phone.ended_at or self.now
            return None
        known = self.successors.setdefault(token, answer.refresh_token)
        assert known == answer.refresh_token, "one token has one successor, however often it is sent"
        assert phone.ended_at is None, "what was ended is continued"
        assert answer.confirmed is phone.reader
        return answer

    @rule(number=_PHONES)
    def steal(self, number: int) -> None:
        phone = self._phone(number)
        phone.stolen, phone.copied = phone.token, True

    @precondition(lambda self: any(phone.stolen for phone in self.phones))
    @rule(number=_PHONES, process=_PROCESSES)
    def use_stolen(self, number: int, process: int) -> None:
        held = [phone for phone in self.phones if phone.stolen]
        phone = held[number % len(held)]
        answer = self._sent(process, phone, phone.stolen or "")
        phone.stolen = None if answer is None else answer.refresh_token

    @rule(number=_PHONES, process=_PROCESSES)
    def end(self, number: int, process: int) -> None:
        phone = self._phone(number)
        scope = scope_for(self.coordinator, Operation.DEVICE_END)
        try:
            devices.end_of_patient(
                self.processes[process],
                self.patient.id,
                phone.session_id,
                scope,
                actor=self.coordinator,
                now=self.now,
            )
        except AppError:
            return
        phone.ended_at = self.now

    @rule(number=_PHONES, by_clinic=st.booleans())
    def confirm(self, number: int, by_clinic: bool) -> None:
        phone = self._phone(number)
        try:
            if by_clinic:
                scope = scope_for(self.clinician, Operation.DEVICE_CONFIRM)
                devices.confirm_of_patient(
                    self.patient.id, phone.session_id, scope, actor=self.clinician, now=self.now
                )
            else:
                reader = next(
                    candidate for candidate in self.phones if candidate.reader and candidate.ended_at is None
                )
                actor, _ = self.processes[0].signer.verify(reader.access, reader.issued_at)
                devices.confirm_own(actor, phone.session_id, now=self.now)
        except (AppError, StopIteration):
            return
        phone.reader = True

    @rule(seconds=st.sampled_from([1, 30, 44, 46, 3600, 86_400, 4 * 86_400]))
    def pass_time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(number=_PHONES, process=_PROCESSES)
    def call(self, number: int, process: int) -> None:
        """What has ended works nowhere after five seconds; what is not confirmed never reads."""
        phone = self._phone(number)
        try:
            actor = self.processes[process].authenticate(f"Bearer {phone.access}", self.now)
        except AppError:
            return
        ended = phone.ended_at
        assert ended is None or self.now - ended < timedelta(seconds=BELIEVE_SECONDS)
        try:
            check_session(actor, Operation.REPORT_READ, self.now)
        except NotAllowed:
            return
        assert phone.reader

    def teardown(self) -> None:
        for phone in self.phones if hasattr(self, "phones") else ():
            session = sessions.read(phone.session_id)
            assert session is not None
            assert (
                len([moment for moment in session.late_repeats if self.now - moment < LATE_WITHIN])
                <= LATE_REPEATS
            )


def test_whatever_happens_in_whatever_order(settings: Any, people: People) -> None:
    machine = type("Machine", (Sessions,), {"people": people, "given": settings})
    run_state_machine_as_test(machine, settings=PACE)


PACE = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
