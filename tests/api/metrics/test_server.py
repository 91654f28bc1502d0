"""Metrics of a server of two processes: summed, on an address of their own, never on the public one."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from models.store import heartbeats
from models.store.embedded import free_port
from scoring.decline import Topic
from services import clock
from services.readiness import WorkerGroup
from services.settings import Settings
from tests.alert_samples import PATIENT, make_alert, store

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    public: int
    private: int

    def get(self, path: str, port: int = 0, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.public, timeout=10)
        try:
            connection.request("GET", path, headers={"Connection": "close", **headers})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def metrics(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        status, text = self.get("/metrics", self.private)
        assert status == 200
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}

    def workers(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in path.read_text().split()]


@pytest.fixture
def server(
    settings: Settings, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Server]:
    monkeypatch.undo()  # the server reads the real clock
    public, private = free_port(), free_port()
    variables = {
        "SLOPE_DATABASE_URI": settings.database_uri,
        "SLOPE_DATABASE_NAME": settings.database_name,
        "SLOPE_SIGNING_KEYS": settings.signing_keys,
        "SLOPE_REFRESH_SECRET": settings.refresh_secret,
        "SLOPE_BIND": f"127.0.0.1:{public}",
        "SLOPE_METRICS_BIND": str(private),
        "TMPDIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **variables}, stderr=log)
    made = Server(process, public, private)
    try:
        _wait(lambda: made.get("/livez")[0] == 200)
        yield made
    finally:
        process.terminate()
        process.wait(30)


def _wait(done: Any, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if done():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)


def livez(server: Server) -> float:
    key = ("slope_requests_total", frozenset({("operation", "GET /livez"), ("status", "2xx")}))
    return server.metrics().get(key, 0.0)


def test_requests_of_all_processes_are_counted_and_none_is_lost_with_one(server: Server) -> None:
    before = livez(server)
    for _ in range(40):
        assert server.get("/livez")[0] == 200
    assert livez(server) == before + 40
    killed = server.workers()[0]
    os.kill(killed, signal.SIGKILL)
    _wait(lambda: len(server.workers()) == 2 and killed not in server.workers())
    for _ in range(20):
        assert server.get("/livez")[0] == 200
    assert livez(server) == before + 60
    found = server.metrics()
    spent = ("slope_request_seconds_count", frozenset({("operation", "GET /livez")}))
    assert found[spent] == livez(server)


def test_the_public_address_has_no_metrics_whatever_is_said(server: Server) -> None:
    for host in (f"127.0.0.1:{server.private}", f"localhost:{server.private}"):
        status, text = server.get("/metrics", Host=host)
        assert status == 404
        assert "slope_" not in text
    assert server.get("/livez", server.private)[0] == 404
    assert server.get("/v1/alerts", server.private) == (404, "")


def test_what_waits_is_told_without_ids_topics_and_names(server: Server) -> None:
    store(make_alert())
    heartbeats.beat(WorkerGroup.DELIVER.heartbeat, ["make_messages"], now=clock.now())
    server.get(f"/v1/patients/{PATIENT}")
    server.get("/nowhere/Maria")
    found = server.metrics()
    assert found[("slope_alerts", frozenset({("level", "soon"), ("state", "open")}))] == 1
    assert found[("slope_database_up", frozenset())] == 1
    assert found[("slope_delivery_ok", frozenset())] == 0
    assert 0 <= found[("slope_worker_seconds", frozenset({("group", "deliver")}))] < 60
    assert found[("slope_worker_failing_steps", frozenset({("group", "deliver")}))] == 1
    assert ("slope_requests_total", frozenset({("operation", "unmatched"), ("status", "4xx")})) in found
    text = server.get("/metrics", server.private)[1]
    named = [PATIENT, "Maria", "nowhere", *(f'"{topic}"' for topic in Topic)]
    assert [word for word in named if word in text] == []
