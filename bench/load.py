"""Clients that keep their connections and cost little: one thread each, a socket, prepared requests.

The clients share a machine with what they measure, so parsing is limited to the status and the length of the
body. `drive` runs some of them for a while and returns what each request took.
"""

from __future__ import annotations

import math
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

_END_OF_HEADER = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(frozen=True, slots=True)
class Answer:
    """The status and body of an answer."""

    status: int
    body: bytes


class KeepAlive:
    """One connection to a server on this machine; a broken one is made anew at the next send."""

    def __init__(self, port: int, timeout: float = 30.0) -> None:
        self._port = port
        self._timeout = timeout
        self._socket: socket.socket | None = None

    def send(self, request: bytes) -> Answer:
        """Send a prepared request and read its answer.

        Raises:
            OSError: the connection broke, so that the outcome is unknown.
        """
        try:
            return self._exchange(request)
        except OSError:
            self.close()
            raise

    def connect(self) -> socket.socket:
        """Return a new connection."""
        made = socket.create_connection(("127.0.0.1", self._port), self._timeout)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = self.connect()
        self._socket.sendall(request)
        received = self._read(self._socket, b"")
        while (end := received.find(_END_OF_HEADER)) < 0:
            received = self._read(self._socket, received)
        header = received[:end].lower()
        start = header.index(_LENGTH) + len(_LENGTH)
        length = int(header[start:].split(b"\r\n", 1)[0])
        while len(received) < end + 4 + length:
            received = self._read(self._socket, received)
        if b"connection: close" in header:
            self.close()
        return Answer(int(header[9:12]), received[end + 4 :])

    @staticmethod
    def _read(source: socket.socket, before: bytes) -> bytes:
        more = source.recv(65536)
        if not more:
            raise ConnectionResetError("closed by the server")
        return before + more


def post(path: str, body: bytes, token: str = "", *, if_match: int | None = None) -> bytes:
    """Prepare a POST of JSON."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [] if if_match is None else [f'If-Match: "{if_match}"']
    lines += [f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + _END_OF_HEADER + body


@dataclass(frozen=True, slots=True)
class Window:
    """What some clients measured in one stretch of time.

    Attributes:
        seconds: how long it lasted.
        latencies: seconds of each request, sorted.
        statuses: how often each status was answered.
        server_cpu: seconds of the processes that answered.
        database_cpu: seconds of the database; 0 when it is not known.
    """

    seconds: float
    latencies: tuple[float, ...]
    statuses: Counter[int]
    server_cpu: float = 0.0
    database_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def per_request(self, seconds: float) -> float:
        """Return so many seconds of the window as milliseconds of a request."""
        return seconds / len(self.latencies) * 1000

    def percentile(self, percent: float) -> float:
        """Return the latency in milliseconds that so many per cent of the requests did not exceed."""
        rank = math.ceil(len(self.latencies) * percent / 100)
        return self.latencies[max(rank, 1) - 1] * 1000


def drive(port: int, clients: Sequence[Callable[[], bytes]], seconds: float) -> Window:
    """Let clients send one request after the other for some time.

    Args:
        port: where the server listens.
        clients: one callable for each client, which returns its next request.
        seconds: how long; requests that have begun are finished.
    """
    barrier = Barrier(len(clients) + 1)

    def work(following: Callable[[], bytes]) -> tuple[list[float], Counter[int]]:
        connection, taken, statuses = KeepAlive(port), list[float](), Counter[int]()
        barrier.wait()
        deadline = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < deadline:
            statuses[connection.send(following()).status] += 1
            taken.append(time.perf_counter() - begun)
        connection.close()
        return taken, statuses

    with ThreadPoolExecutor(len(clients)) as pool:
        try:
            parts = [pool.submit(work, client) for client in clients]
            barrier.wait()
        except BaseException:  # told to end: those who wait already would wait for ever
            barrier.abort()
            raise
        begun = time.perf_counter()
        done = [part.result() for part in parts]
        lasted = time.perf_counter() - begun
    latencies = sorted(value for taken, _ in done for value in taken)
    return Window(lasted, tuple(latencies), sum((statuses for _, statuses in done), Counter()))
