"""The clients of the benches: what they count is what was answered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from bench.load import KeepAlive, Window, drive, post


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = json.dumps({"got": json.loads(body), "to": self.path}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(answer)))
        if self.path == "/last":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_request_is_answered_on_a_kept_and_on_a_closed_connection(port: int) -> None:
    client = KeepAlive(port)
    paths = ["/a", "/last", "/b"]
    answers = [client.send(post(path, b'{"n": 1}', "token")) for path in paths]
    client.close()
    assert [answer.status for answer in answers] == [201] * 3
    assert [json.loads(answer.body)["to"] for answer in answers] == paths


def test_every_request_is_counted_once(port: int) -> None:
    window = drive(port, [lambda: post("/a", b"{}")] * 3, 0.2)
    assert window.statuses == Counter({201: len(window.latencies)})
    assert window.rate == pytest.approx(len(window.latencies) / window.seconds)


def test_a_server_that_is_away_is_an_error_and_not_a_rate() -> None:
    with pytest.raises(OSError, match="refused"):
        drive(1, [lambda: b""], 0.1)


def test_percentiles_are_milliseconds_of_the_sorted_latencies() -> None:
    hundred = Window(1.0, tuple(n / 1000 for n in range(1, 101)), Counter())
    assert [hundred.percentile(p) for p in (50, 95, 99)] == [50.0, 95.0, 99.0]
    one = Window(1.0, (0.007,), Counter())
    assert [one.percentile(p) for p in (50, 99)] == [7.0, 7.0]


def test_told_to_end_while_clients_gather_it_ends(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    submit, given = ThreadPoolExecutor.submit, Counter[str]()

    def interrupted(pool: ThreadPoolExecutor, *work: Any) -> Future[Any]:
        given["clients"] += 1
        if given["clients"] == 2:
            raise KeyboardInterrupt
        return submit(pool, *work)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        drive(port, [lambda: post("/", b"{}")] * 3, 0.1)
