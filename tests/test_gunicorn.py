"""The server's own answers, over the real one: problems that repeat nothing, before any body is read."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median
from uuid import uuid4

import pytest

from bench import servers
from tests.checked_client import validator

SECRET = "f3a1c9d2"
SIGN_IN = f"POST /v1/auth/sign-in?{SECRET} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
REFUSED: dict[str, tuple[str, int, str]] = {
    "a request line": (f"GET /{SECRET}\r\n\r\n", 400, "malformed_request"),
    "a method": (f"g\x01t /{SECRET} HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed_request"),
    "a version": (f"GET /{SECRET} HTTP/9.1\r\nHost: x\r\n\r\n", 400, "malformed_request"),
    "a header's name": (f"GET / HTTP/1.1\r\nHost: x\r\n{SECRET} x: 1\r\n\r\n", 400, "malformed_request"),
    "a folded header": (f"GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\n {SECRET}\r\n\r\n", 400, "malformed_request"),
    "two lengths": (SIGN_IN + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400, "malformed_request"),
    "a coding": (SIGN_IN + "Transfer-Encoding: br\r\n\r\n", 501, "malformed_request"),
    "a long address": (f"GET /{SECRET * 2000} HTTP/1.1\r\nHost: x\r\n\r\n", 414, "malformed_request"),
    "a long header": (f"GET / HTTP/1.1\r\nHost: x\r\nA: {SECRET * 2000}\r\n\r\n", 431, "malformed_request"),
    "no host": (f"GET /livez?{SECRET} HTTP/1.1\r\n\r\n", 400, "malformed_request"),
    "many headers": (
        "GET / HTTP/1.1\r\nHost: x\r\n" + f"A: {SECRET}\r\n" * 150 + "\r\n",
        431,
        "malformed_request",
    ),
    "to be told to go on": (
        SIGN_IN + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
        417,
        "expectation_failed",
    ),
    "to be told so in capitals, with chunks": (
        SIGN_IN + "expect: 100-CONTINUE\r\nTransfer-Encoding: chunked\r\n\r\n",
        417,
        "expectation_failed",
    ),
    "a body that is too large": (
        SIGN_IN + "Expect: 100-continue\r\nContent-Length: 9000000\r\n\r\n",
        417,
        "expectation_failed",
    ),
    "something else": (SIGN_IN + f"Expect: {SECRET}\r\nContent-Length: 2\r\n\r\n", 417, "expectation_failed"),
}


@pytest.fixture(scope="module")
def server(
    _prepared: None, database_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[servers.Process]:
    folder: Path = tmp_path_factory.mktemp("server")
    variables = servers.settings(database_uri, f"slope_test_server_{uuid4().hex[:8]}")
    server = servers.server("wsgi:app", variables, folder / "server.log")
    with servers.running(server):
        yield server


def answered(server: servers.Process, sent: str) -> tuple[int, dict[str, str], bytes]:
    """Send a request; return the status, headers and body of all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), 20) as connection:
        connection.sendall(sent.encode())
        received = b""
        while piece := connection.recv(65536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split(" ")[1]), headers, body


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_server_refuses_is_a_problem_and_the_connection_says_it_closes(
    server: servers.Process, name: str
) -> None:
    sent, expected, code = REFUSED[name]
    status, headers, body = answered(server, sent)
    assert (status, headers["content-type"]) == (expected, "application/problem+json")
    assert headers["connection"] == "close"
    assert int(headers["content-length"]) == len(body)
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (status, code)
    assert list(validator("Problem").iter_errors(problem)) == []


def test_neither_the_answer_nor_the_log_repeats_what_was_sent(server: servers.Process) -> None:
    for sent, *_ in REFUSED.values():
        assert SECRET.encode() not in answered(server, sent)[2]
    log = Path(server.log).read_text()
    assert "A request was refused: LimitRequestLine" in log
    assert SECRET not in log
    assert "Traceback" not in log


def test_an_older_caller_is_not_refused_for_what_it_expects(server: servers.Process) -> None:
    sent = "GET /livez HTTP/1.0\r\nHost: x\r\nExpect: 100-continue\r\n\r\n"
    assert answered(server, sent)[0] == 200


@pytest.mark.parametrize("length", [0, 1, 60_000, 60_001, 200_000])
def test_after_a_body_that_nobody_read_the_connection_goes_on_or_says_that_it_closes(
    server: servers.Process, length: int
) -> None:
    body = "x" * length
    unread = f"POST /v1/patients HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    last = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    status, headers, rest = answered(server, unread + last)
    assert status == 401
    assert (headers["connection"] == "keep-alive") is (length <= 60_000)
    assert (b"HTTP/1.1 200 OK" in rest) is (length <= 60_000)


def connections_of(process: int) -> int:
    """How many sockets a process has open."""
    found = 0
    for path in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            found += str(path.readlink()).startswith("socket:")
    return found


def open_in(server: servers.Process) -> dict[int, int]:
    return {process: connections_of(process) for process in server.children()}


def called(server: servers.Process, opened: ExitStack) -> None:
    """Open a connection and keep it, after an answer."""
    caller = opened.enter_context(socket.create_connection(("127.0.0.1", server.port), 20))
    caller.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert caller.recv(4096)


def taken_by_the_idle(server: servers.Process) -> int:
    """How many of eight callers go to the process that has none, while the other has eight."""
    before = open_in(server)
    idle = max(before)
    with ExitStack() as opened:
        os.kill(idle, signal.SIGSTOP)
        try:
            for _ in range(8):
                called(server, opened)
        finally:
            os.kill(idle, signal.SIGCONT)
        for _ in range(8):
            called(server, opened)
        taken = connections_of(idle) - before[idle]
    deadline = time.monotonic() + 5
    while open_in(server) != before and time.monotonic() < deadline:  # until they are closed
        time.sleep(0.05)
    return taken


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system does not list descriptors")
def test_callers_spread_over_the_processes(server: servers.Process) -> None:
    """Chance gives it half of them; a batch that the system disturbed shows nothing."""
    assert len(server.children()) == 2
    deadline = time.monotonic() + 30
    while taken_by_the_idle(server) == 0 and time.monotonic() < deadline:  # until it has loaded
        time.sleep(0.2)
    batches = (median(taken_by_the_idle(server) for _ in range(9)) for _ in range(4))
    assert any(taken >= 6 for taken in batches)
