"""Health of a real server: answered at once whatever its threads do, and true within seconds.

The database is an embedded engine of its own, which is stopped like one that hangs.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from statistics import median
from threading import Event

import pytest

from bench import clinic, load, servers
from bench.clinic import Clinic
from models.store import embedded
from models.store.base import new_id
from services import clock

AT_ONCE = 0.05
"""Seconds within which health is answered."""
TRUE_WITHIN = 5.0
"""Seconds within which readiness follows what happens to the database."""
THREADS = 2
ASKED = 30
ROUNDS = 20
"""Other programs of this machine may make one round slow; what is slow by itself is slow in each."""
HEAD = "HTTP/1.1\r\nHost: x\r\n"


@dataclass
class Scene:
    """A server with few threads, and its database."""

    opened: Clinic
    server: servers.Process
    database: embedded.Running

    def asked(self, path: str = "/readyz") -> tuple[float, int, bytes]:
        """Seconds, status and body of one question, over a connection of its own."""
        connection, begun = load.KeepAlive(self.server.port), time.perf_counter()
        answer = connection.send(f"GET {path} {HEAD}\r\n".encode())
        connection.close()
        return time.perf_counter() - begun, answer.status, answer.body

    def answers_at_once(self, path: str = "/readyz", status: int = 200) -> bool:
        """Whether a usual answer comes at once; asked until one round of questions is good."""
        for _ in range(ROUNDS):
            found = []
            for _ in range(ASKED):
                found.append(self.asked(path))
                time.sleep(0.01)
            if {reply[1] for reply in found} == {status} and median(reply[0] for reply in found) < AT_ONCE:
                return True
        return False

    def report(self) -> Callable[[], bytes]:
        """A phone: returns its next report."""
        patient = self.opened.enrol("Patient")
        token, path = self.opened.token(patient), f"/v1/patients/{patient.patient_id}/reports"
        answers = {"id": "", "instrument": "alsfrs_r", "instrument_version": "1", "answers": {"speech": 4}}

        def following() -> bytes:
            body = {**answers, "id": new_id(), "observed_at": clock.now().isoformat()}
            return load.post(path, json.dumps(body).encode(), token)

        return following

    def until(self, status: int) -> float:
        """Ask until the status is answered ten times in a row; return when that began."""
        begun, first, in_a_row = time.perf_counter(), 0.0, 0
        while in_a_row < 10 and time.perf_counter() - begun < 40:
            right = self.asked()[1] == status
            first = time.perf_counter() - begun if right and not in_a_row else first
            in_a_row = in_a_row + 1 if right else 0
            time.sleep(0.02)
        return first if in_a_row == 10 else float("inf")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("health")
    database = embedded.start(folder / "database")
    variables = servers.settings(database.uri, "slope")
    variables |= {"SLOPE_THREADS": str(THREADS), "SLOPE_PROXIES": "1"}
    try:
        with clinic.opened(variables) as opened:
            server = servers.server("wsgi:app", variables, folder / "server.log")
            server.start()
            try:
                server.wait_ready("/readyz")
                yield Scene(opened, server, database)
            finally:
                server.stop()
    finally:
        database.stop()


def test_under_plain_load_it_is_ready_and_says_so_at_once(scene: Scene) -> None:
    ended = Event()

    def send(following: Callable[[], bytes]) -> set[int]:
        connection, statuses = load.KeepAlive(scene.server.port), set()
        while not ended.is_set():
            statuses.add(connection.send(following()).status)
        connection.close()
        return statuses

    phones = [scene.report() for _ in range(4)]
    with ThreadPoolExecutor(len(phones)) as pool:
        sending = [pool.submit(send, phone) for phone in phones]
        try:
            assert scene.answers_at_once()
        finally:
            ended.set()
    assert {status for future in sending for status in future.result()} <= {201, 422}


def hung(scene: Scene) -> tuple[float, float]:
    """After how many seconds readiness says that the database hangs, and that it is well again."""
    ended = Event()

    def send(following: Callable[[], bytes]) -> None:
        connection = load.KeepAlive(scene.server.port)
        while not ended.is_set():
            with suppress(OSError):
                connection.send(following())
        connection.close()

    phones = [scene.report() for _ in range(4 * THREADS)]
    with ThreadPoolExecutor(len(phones)) as pool:
        os.kill(scene.database.process.pid, signal.SIGSTOP)
        try:
            for phone in phones:  # more than there are threads in both processes
                pool.submit(send, phone)
            gone = scene.until(503)
            assert scene.answers_at_once(status=503)
            assert scene.answers_at_once("/livez")
        finally:
            ended.set()
            os.kill(scene.database.process.pid, signal.SIGCONT)
        return gone, scene.until(200)


def test_while_the_database_hangs_it_says_so_at_once_and_is_well_soon_after(scene: Scene) -> None:
    found = []
    while len(found) < 3 and (not found or max(found[-1]) >= TRUE_WITHIN):  # other programs may slow one down
        found.append(hung(scene))
    assert max(found[-1]) < TRUE_WITHIN, found


def test_the_answer_says_how_old_the_look_is(scene: Scene) -> None:
    ages = []
    for _ in range(30):
        _, _, body = scene.asked()  # ready or not, as may be after what was done to the database before
        ages.append(json.loads(body)["age_seconds"])
        time.sleep(0.1)
    assert 0.5 < max(ages) < 10


def connected(scene: Scene, opened: ExitStack, sent: str = "") -> socket.socket:
    connection = opened.enter_context(socket.create_connection(("127.0.0.1", scene.server.port), 10))
    connection.sendall(sent.encode())
    return connection


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "GET /rea",
        f"GET /readyz {HEAD}",
        f"GET /readyz {HEAD}Content-Length: 100\r\n\r\n",
        f"GET /livez {HEAD}Transfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_nobody_who_sends_half_a_question_keeps_the_thread_for_health(scene: Scene, sent: str) -> None:
    with ExitStack() as opened:
        for _ in range(8 * THREADS):
            connected(scene, opened, sent)
        assert scene.answers_at_once()
        assert scene.answers_at_once("/livez")


def test_connections_on_which_nothing_comes_take_no_thread(scene: Scene) -> None:
    with ExitStack() as opened:
        idle = [connected(scene, opened) for _ in range(20 * THREADS)]
        assert scene.answers_at_once("/.well-known/jwks.json")
        for connection in idle:
            connection.sendall(f"GET /livez {HEAD}\r\n".encode())
        assert {connection.recv(65536).split(b" ")[1] for connection in idle} == {b"200"}


def test_a_connection_is_used_again_for_health_and_for_other_things(scene: Scene) -> None:
    with ExitStack() as opened:
        connection = connected(scene, opened)
        for path in ("/livez", "/.well-known/jwks.json", "/readyz", "/livez"):
            connection.sendall(f"GET {path} {HEAD}\r\n".encode())
            response = HTTPResponse(connection)
            response.begin()
            assert response.status == 200
            assert response.read()  # head and body may come in pieces
        connection.sendall(f"GET /livez {HEAD}\r\nGET /readyz {HEAD}Connection: close\r\n\r\n".encode())
        received = b""
        while piece := connection.recv(65536):
            received += piece
        assert received.count(b"HTTP/1.1 200") == 2


def test_connections_on_which_nothing_comes_hold_up_no_end(scene: Scene, tmp_path: Path) -> None:
    server = servers.server("wsgi:app", scene.server.variables, tmp_path / "server.log")
    server.start()
    try:
        server.wait_ready("/livez")
        with ExitStack() as opened:
            for _ in range(8):
                opened.enter_context(socket.create_connection(("127.0.0.1", server.port), 10))
            time.sleep(0.2)
            begun = time.monotonic()
            assert server.running is not None
            server.running.terminate()
            server.running.wait(30)
            assert time.monotonic() - begun < 20  # the server gives requests that run 25 s
    finally:
        server.stop()
