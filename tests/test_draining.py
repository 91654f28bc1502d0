"""A server that is told to end answers what has reached it: nobody who was let in is cut off."""

from __future__ import annotations

import http.client
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from bench import servers

CALLERS = 6
LATE = "came as the door closed"
FEW = 2
"""Callers whom the system may let in after a process's last look at who waits, before it closes the door."""
SLOW = (
    b"POST /v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 2\r\n\r\n"
)


@pytest.fixture
def server(_prepared: None, database_uri: str, tmp_path: Path) -> Iterator[servers.Process]:
    variables = servers.settings(database_uri, f"slope_test_draining_{uuid4().hex[:8]}")
    server = servers.server("wsgi:app", variables, tmp_path / "server.log")
    with servers.running(server):
        yield server


class Caller:
    """Asks until the server takes no more connections; counts what becomes of each request."""

    def __init__(self, port: int, *, kept: bool) -> None:
        self._port = port
        self._kept = kept
        self._connection: http.client.HTTPConnection | None = None
        self.outcomes: Counter[str] = Counter()

    def call_until_gone(self) -> None:
        while self._call():
            pass

    def _call(self) -> bool:
        fresh = False
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
            try:
                self._connection.connect()
            except (ConnectionRefusedError, ConnectionResetError):
                self._connection.close()
                return False
            fresh = True
        try:
            self._connection.request("GET", "/livez", headers={} if self._kept else {"Connection": "close"})
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            late = fresh and type(error) in (ConnectionResetError, BrokenPipeError)  # nobody took it
            self.outcomes[LATE if late else type(error).__name__] += 1
            self._connection.close()
            self._connection = None
            return True
        self.outcomes[str(response.status)] += 1
        if response.will_close:
            self._connection = None
        return True


def begun(server: servers.Process) -> socket.socket:
    """A request of which the last bytes have not been sent yet."""
    connection = socket.create_connection(("127.0.0.1", server.port), 20)
    connection.sendall(SLOW + b"{")
    return connection


def status_of(connection: socket.socket) -> str:
    connection.sendall(b"}")
    return connection.makefile("rb").readline().decode().split(" ")[1]


def test_who_was_let_in_is_answered_when_the_server_is_told_to_end(server: servers.Process) -> None:
    callers = [Caller(server.port, kept=number % 2 == 0) for number in range(CALLERS)]
    slow = begun(server)
    with slow, ThreadPoolExecutor(CALLERS) as pool:
        calls = [pool.submit(caller.call_until_gone) for caller in callers]
        deadline = time.monotonic() + 30
        while not all(caller.outcomes["200"] for caller in callers) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        assert server.running is not None
        server.running.terminate()
        time.sleep(0.5)
        assert status_of(slow) == "422"
        for call in calls:
            call.result(30)
    outcomes = sum((caller.outcomes for caller in callers), Counter[str]())
    assert outcomes.pop(LATE, 0) <= FEW
    assert set(outcomes) == {"200"}, outcomes
    assert server.running.wait(30) == 0
