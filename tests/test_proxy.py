"""The proxy of the composition keeps slow callers away from the server: the real one, as configured."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from api.rest.bodies import MOST_ANONYMOUS

ROOT = Path(__file__).parents[1]
SLOW = 40
HEAD = b"POST /v1/auth/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


class Server(ThreadingHTTPServer):
    """Stands for the service, and knows which requests have reached it."""

    def __init__(self) -> None:
        self.met: list[tuple[str, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), Answer)


class Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Server)
        self.server.met.append((self.path, dict(self.headers)))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def proxy(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of the proxy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = str(tmp_path_factory.mktemp("caddy"))
    given = os.environ | {
        "SLOPE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SLOPE_UPSTREAM": f"127.0.0.1:{server.server_port}",
        "XDG_DATA_HOME": home,
        "XDG_CONFIG_HOME": home,
    }
    caddy = Path(sys.executable).with_name("caddy")
    command = [str(caddy), "run", "--config", str(ROOT / "Caddyfile"), "--adapter", "caddyfile"]
    running = subprocess.Popen(command, env=given, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    assert running.poll() is None
    yield port
    running.terminate()
    running.wait(10)


def asked(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 20) as caller:
        with contextlib.suppress(ConnectionError):  # it may be refused before all of it was sent
            caller.sendall(sent)
        return caller.recv(4096)


@pytest.mark.parametrize(
    "begun",
    [HEAD, HEAD + b'Content-Length: 1000\r\n\r\n{"email": '],
    ids=["headers that do not end", "a body that does not end"],
)
def test_slow_callers_take_nothing_of_the_server(server: Server, proxy: int, begun: bytes) -> None:
    server.met.clear()
    slow = [socket.create_connection(("127.0.0.1", proxy), 10) for _ in range(SLOW)]
    for caller in slow:
        caller.sendall(begun)
    time.sleep(0.5)
    assert server.met == []
    quick = asked(proxy, HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")
    assert quick.startswith(b"HTTP/1.1 204")
    assert len(server.met) == 1
    for caller in slow:
        caller.close()


def test_a_body_that_is_too_large_is_refused_at_the_proxy(proxy: int) -> None:
    """The server may have met its header by then; the body ends at the proxy."""
    answer = asked(proxy, HEAD + b"Content-Length: 3000000\r\n\r\n" + b"x" * 1_500_000)
    assert answer.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "path", [b"/v1/auth/sign-in", b"/v1/auth/enrol", b"/v1/auth/passkey/sign-in", b"/pages/sign-in"]
)
def test_who_is_not_signed_in_sends_little_and_the_server_hears_nothing_of_more(
    server: Server, proxy: int, path: bytes
) -> None:
    head = HEAD.replace(b"/v1/auth/sign-in", path) + b"Connection: close\r\n"
    server.met.clear()
    answer = asked(proxy, head + b"Content-Length: 250000\r\n\r\n" + b"x" * 20_000)
    assert answer.startswith(b"HTTP/1.1 413")
    assert server.met == []
    fits = b"x" * MOST_ANONYMOUS
    answer = asked(proxy, head + b"Content-Length: %d\r\n\r\n" % len(fits) + fits)
    assert answer.startswith(b"HTTP/1.1 204")
    assert len(server.met) == 1


def test_who_is_signed_in_may_send_more(server: Server, proxy: int) -> None:
    head = HEAD.replace(b"/v1/auth/sign-in", b"/v1/report-batches") + b"Connection: close\r\n"
    assert asked(proxy, head + b"Content-Length: 250000\r\n\r\n" + b"x" * 250_000).startswith(b"HTTP/1.1 204")


def test_what_a_caller_says_of_its_address_is_dropped(server: Server, proxy: int) -> None:
    server.met.clear()
    forged = b"X-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\n"
    asked(proxy, HEAD + forged + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")
    (headers,) = (headers for _, headers in server.met if headers["Content-Length"] == "2")
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert "Forwarded" not in headers
