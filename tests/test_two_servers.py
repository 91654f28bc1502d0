"""Accounts and sessions over two real servers, with lost answers, thieves, codes and a clock that steps.

Two gunicorn processes share a database and nothing else; everything goes over HTTP, each request to one of
them. The model knows which phone was let in how, which answers it lost, who holds a copy of its token, who
was shut out when. `SLOPE_TWO_SERVERS_RUNS` asks for more runs than the usual few.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bench import clinic, servers
from models.accounts import sessions
from models.sites.sites import Site
from models.store.base import new_id
from services.access import totp
from services.access.actor import Actor, Role
from services.access.security import Security
from services.accounts.refresh import GRACE, LATE_REPEATS, LATE_WITHIN
from services.settings import Settings
from tests.moved_clock import MovedClock
from tests.people import PASSWORD, People, Person

RUNS = int(os.environ.get("SLOPE_TWO_SERVERS_RUNS", "4"))
OUT_WITHIN = 5.0
"""Seconds after which nobody who was shut out is served by any process."""
_NUMBERS, _SERVERS, _ADDRESSES = st.integers(0, 9), st.integers(0, 1), count(1)


@dataclass
class Stage:
    """Two servers on one database, and their clock."""

    site: Site
    people: People
    security: Security
    clock: MovedClock
    ports: list[int]
    address: str = "192.0.2.1"

    def ask(self, server: int, method: str, path: str, body: Any = None, token: str = "", **more: str) -> Any:
        """The status and the body of an answer of one of the two."""
        headers = {"X-Forwarded-For": self.address, "Content-Type": "application/json"} | more
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[server], timeout=30)
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        assert response.status < 500, (path, content)
        return response.status, json.loads(content) if content else None

    def token_of(self, actor: Actor) -> str:
        """An access token that begins now."""
        return self.security.signer.issue(actor, self.clock.now())


@pytest.fixture(scope="module")
def stage(database_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("two_servers")
    moved = MovedClock(folder)
    variables = servers.settings(database_uri, f"slope_test_two_{uuid4().hex[:8]}") | moved.variables
    variables |= {"SLOPE_PROXIES": "1", "SLOPE_WORKERS": "1", "SLOPE_THREADS": "4"}
    both = [servers.server("wsgi:app", variables, folder / f"server{number}.log") for number in range(2)]
    with clinic.opened(variables) as opened, servers.running(*both):
        security = Security(Settings.from_environment(variables))
        people = People(security, moved.now())
        yield Stage(opened.site, people, security, moved, [server.port for server in both])


@dataclass
class Phone:
    """What a device holds, and what the model knows of it.

    Attributes:
        token: the refresh token that it would send next.
        reader: the person was known when it was let in, or has confirmed it since.
        lost: when answers of it were lost.
        copied: somebody else had a copy of a token of it.
        ended_at: by the monotonic clock, when it was shut out.
        last_access: the youngest access token that it can have from before that.
    """

    session_id: str
    actor: Actor
    token: str
    reader: bool
    lost: list[datetime] = field(default_factory=list)
    copied: bool = False
    stolen: str | None = None
    ended_at: float | None = None
    last_access: str = ""


class TwoServers(RuleBasedStateMachine):
    """A patient, a coordinator with codes, a clinician with a second factor, an administrator, a thief."""

    stage: Stage

    @initialize()
    def begin(self) -> None:
        stage, number = self.stage, next(_ADDRESSES)
        stage.address = f"198.51.{number // 200}.{number % 200 + 1}"
        stage.people.now = stage.clock.now()
        self.patient = stage.people.patient(stage.site, consent_at=stage.people.now)
        roles = (Role.COORDINATOR, Role.CLINICIAN, Role.ADMIN)
        self.coordinator, self.clinician, self.admin = (
            stage.people.staff(stage.site, role) for role in roles
        )
        self.secret, self.used_step, self.closed_at = self._second_factor(), 0, None
        self.phones: list[Phone] = []
        self.staff: list[Phone] = []
        self.successors: dict[str, str] = {}
        self.recovery_code: str | None = None
        self.redeem(0, 1)

    def _second_factor(self) -> str:
        token = self.stage.token_of(self.clinician.actor)
        path, body = "/v1/me/second-factor", {"password": PASSWORD}
        status, begun = self.stage.ask(0, "POST", path, body, token)
        assert status == 201
        self.used_step = totp.step_at(self.stage.clock.now())
        code = {"code": totp.code_at(begun["secret"], self.used_step)}
        assert self.stage.ask(1, "PUT", path, code, token)[0] == 200
        return str(begun["secret"])

    def _as(self, person: Person, server: int, method: str, path: str, body: Any = None) -> Any:
        return self.stage.ask(server, method, path, body, self.stage.token_of(person.actor))

    def _let_in(self, answer: dict[str, Any], into: list[Phone]) -> Phone:
        actor, _ = self.stage.security.signer.verify(answer["access_token"], self.stage.clock.now())
        phone = Phone(actor.session_id, actor, answer["refresh_token"], answer["confirmed"])
        into.append(phone)
        self.recovery_code = answer["recovery_code"] or self.recovery_code
        return phone

    @rule(inviting=_SERVERS, redeeming=_SERVERS)
    def redeem(self, inviting: int, redeeming: int) -> None:
        """A code from the clinic opens reading for the first phone only."""
        path = f"/v1/patients/{self.patient.id}/invitations"
        status, made = self._as(self.coordinator, inviting, "POST", path, {"kind": "patient"})
        assert status == 201
        device = {"id": new_id(), "name": "phone"}
        body = {"code": made["code"], "device": device}
        status, answer = self.stage.ask(redeeming, "POST", "/v1/auth/enrol", body)
        assert status == 201, answer
        assert self._let_in(answer, self.phones).reader is (len(self.phones) == 1)
        other = {"code": made["code"], "device": {"id": new_id(), "name": "another"}}
        status, refused = self.stage.ask(1 - redeeming, "POST", "/v1/auth/enrol", other)
        assert (status, refused["errors"][0]["code"]) == (422, "code_not_usable"), refused

    @precondition(lambda self: self.recovery_code)
    @rule(server=_SERVERS)
    def recover(self, server: int) -> None:
        code = self.recovery_code
        status, answer = self.stage.ask(server, "POST", "/v1/auth/recover", {"recovery_code": code})
        if status == 429:  # used ones were tried from this address
            return
        assert status == 200, answer
        assert self._let_in(answer, self.phones).reader
        assert self.recovery_code != code
        again = self.stage.ask(1 - server, "POST", "/v1/auth/recover", {"recovery_code": code})
        assert again[0] in {401, 429}, "a recovery code is used once"

    @rule(server=_SERVERS, repeated=st.booleans())
    def sign_in(self, server: int, repeated: bool) -> None:
        """Password and a code that was not used before; the same code again opens nothing."""
        step = totp.step_at(self.stage.clock.now())
        code = totp.code_at(self.secret, self.used_step if repeated else step)
        body = {"email": self.clinician.account.email, "password": PASSWORD, "second_factor": code}
        status, answer = self.stage.ask(server, "POST", "/v1/auth/sign-in", body)
        if status != 200:
            return
        assert self.closed_at is None, "a closed account signs in"
        assert not repeated, "a code of the second factor counts twice"
        assert step > self.used_step, "a code of the second factor counts twice"
        self.used_step = step
        self._let_in(answer, self.staff)

    @rule(server=_SERVERS)
    def close(self, server: int) -> None:
        path = f"/v1/sites/{self.stage.site.id}/members/{self.clinician.account.id}"
        deed = "close" if self.closed_at is None else "reopen"
        status, answer = self._as(self.admin, server, "POST", f"{path}/{deed}", {"reason": "A test."})
        assert status == 200, answer
        if deed == "reopen":
            self.closed_at = None
            return
        self.closed_at = time.monotonic()
        for phone in self.staff:
            self._shut_out(phone)

    @rule(number=_NUMBERS, server=_SERVERS, lost=st.booleans())
    def refresh(self, number: int, server: int, lost: bool) -> None:
        phone = self.phones[number % len(self.phones)]
        answer = self._sent(server, phone, phone.token)
        now = self.stage.clock.now()
        if answer is None:
            often = [moment for moment in phone.lost if now - moment < LATE_WITHIN + GRACE]
            out = phone.ended_at is not None or phone.copied
            assert out or len(often) > LATE_REPEATS, "out by its own lost answers"
        elif lost:
            phone.lost.append(now)
        else:
            phone.token = answer["refresh_token"]

    def _sent(self, server: int, phone: Phone, token: str) -> Any:
        status, answer = self.stage.ask(server, "POST", "/v1/auth/refresh", {"refresh_token": token})
        if status != 200:
            assert status == 401, answer
            session = sessions.read(phone.session_id)
            assert session is not None
            if not session.usable(self.stage.clock.now()):
                self._shut_out(phone)
            return None
        known = self.successors.setdefault(token, answer["refresh_token"])
        assert known == answer["refresh_token"], "two different live successors"
        assert phone.ended_at is None, "what was ended is continued"
        assert answer["confirmed"] is phone.reader
        return answer

    @rule(number=_NUMBERS)
    def steal(self, number: int) -> None:
        phone = self.phones[number % len(self.phones)]
        phone.stolen, phone.copied = phone.token, True

    @precondition(lambda self: any(phone.stolen for phone in self.phones))
    @rule(number=_NUMBERS, server=_SERVERS)
    def use_stolen(self, number: int, server: int) -> None:
        held = [phone for phone in self.phones if phone.stolen]
        phone = held[number % len(held)]
        answer = self._sent(server, phone, phone.stolen or "")
        phone.stolen = None if answer is None else answer["refresh_token"]

    @rule(number=_NUMBERS, server=_SERVERS)
    def end(self, number: int, server: int) -> None:
        phone = self.phones[number % len(self.phones)]
        path = f"/v1/patients/{self.patient.id}/devices/{phone.session_id}"
        if self._as(self.coordinator, server, "DELETE", path)[0] == 204:
            self._shut_out(phone)

    def _shut_out(self, phone: Phone) -> None:
        if phone.ended_at is None:
            phone.ended_at, phone.last_access = time.monotonic(), self.stage.token_of(phone.actor)

    @rule(number=_NUMBERS, server=_SERVERS)
    def confirm(self, number: int, server: int) -> None:
        """The old phone confirms a new one."""
        readers = [device for device in self.phones if device.reader and device.ended_at is None]
        phone = self.phones[number % len(self.phones)]
        path = f"/v1/me/devices/{phone.session_id}/confirm"
        if (
            readers
            and self.stage.ask(server, "POST", path, token=self.stage.token_of(readers[0].actor))[0] < 300
        ):
            phone.reader = True

    @rule(seconds=st.sampled_from([-5, 1, 30, 44, 46, 3600, 86_400, 3 * 86_400]))
    def step_clock(self, seconds: int) -> None:
        self.stage.clock.step(timedelta(seconds=seconds))

    @rule(number=_NUMBERS, server=_SERVERS)
    def read(self, number: int, server: int) -> None:
        """A phone that the person has not confirmed reads nothing, whatever it was let in by."""
        self._looked(self.phones[number % len(self.phones)], server)

    def _looked(self, phone: Phone, server: int) -> None:
        path = f"/v1/patients/{self.patient.id}/reports"
        token = phone.last_access or self.stage.token_of(phone.actor)
        late = phone.ended_at is not None and time.monotonic() - phone.ended_at > OUT_WITHIN
        status, _ = self.stage.ask(server, "GET", path, token=token)
        assert not (late and status == 200), "in after it was shut out"
        assert status != 200 or phone.reader or phone in self.staff, "a reader by somebody else's code"

    def teardown(self) -> None:
        """Five seconds after the last was shut out, neither process serves any; late repeats are few."""
        devices = [*getattr(self, "phones", ()), *getattr(self, "staff", ())]
        out = [device for device in devices if device.ended_at is not None]
        if out:
            last = max(device.ended_at or 0.0 for device in out)
            time.sleep(max(0.0, last + OUT_WITHIN + 0.1 - time.monotonic()))
        for phone in out:
            for server in range(2):
                self._looked(phone, server)
        now = self.stage.clock.now()
        for phone in devices:
            session = sessions.read(phone.session_id)
            assert session is not None
            assert (
                len([moment for moment in session.late_repeats if now - moment < LATE_WITHIN]) <= LATE_REPEATS
            )


def test_whatever_happens_in_whatever_order_on_two_servers(stage: Stage) -> None:
    machine = type("Machine", (TwoServers,), {"stage": stage})
    run_state_machine_as_test(machine, settings=PACE)


PACE = settings(
    max_examples=RUNS, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_a_thief_who_takes_turns_is_out_at_the_third_late_repeat(stage: Stage) -> None:
    machine = type("Machine", (TwoServers,), {"stage": stage})()
    machine.begin()
    (phone,) = machine.phones
    held = {"owner": phone.token, "thief": phone.token}
    answered = []
    for turn in range(10):
        stage.clock.step(GRACE + timedelta(seconds=5))
        who = ("owner", "thief")[turn % 2]
        status, answer = stage.ask(turn % 2, "POST", "/v1/auth/refresh", {"refresh_token": held[who]})
        answered.append(status)
        if status != 200:
            assert answer["code"] == "recovery_needed"
            break
        held[who] = answer["refresh_token"]
    # The owner moves on; each turn after that repeats what the other has used: two are forgiven.
    assert answered == [200] * (len(answered) - 1) + [401]
    for token in held.values():
        for server in range(2):
            assert stage.ask(server, "POST", "/v1/auth/refresh", {"refresh_token": token})[0] == 401


def test_two_lost_answers_in_a_week_lock_no_phone_out(stage: Stage) -> None:
    machine = type("Machine", (TwoServers,), {"stage": stage})()
    machine.begin()
    (phone,) = machine.phones
    for turn in range(2):
        for wait in (timedelta(0), timedelta(days=2)):
            stage.clock.step(wait)
            status, answer = stage.ask(turn, "POST", "/v1/auth/refresh", {"refresh_token": phone.token})
            assert status == 200
        phone.token = answer["refresh_token"]
