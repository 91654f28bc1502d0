"""A test moves the clock of a server and a worker that run as processes of their own."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bench import clinic, load, servers
from bench.clinic import Clinic
from models.store import heartbeats
from services.readiness import WorkerGroup
from tests.moved_clock import MovedClock

OVER = timedelta(minutes=11)
"""Longer than an access token lives."""


@dataclass(frozen=True)
class Scene:
    """A clinic in a database of its own, and the clock of the processes that serve it."""

    clinic: Clinic
    clock: MovedClock
    variables: dict[str, str]
    logs: Path

    @contextmanager
    def running(self, process: servers.Process, ready: str = "") -> Iterator[servers.Process]:
        process.start()
        try:
            if ready:
                process.wait_ready(ready)
            yield process
        finally:
            process.stop()


@pytest.fixture
def scene(database_uri: str, tmp_path: Path) -> Iterator[Scene]:
    moved = MovedClock(tmp_path)
    variables = servers.settings(database_uri, f"slope_test_clock_{uuid4().hex[:8]}") | moved.variables
    with clinic.opened(variables) as opened:
        yield Scene(opened, moved, variables, tmp_path)


def test_a_token_expires_in_every_process_of_a_server_when_the_clock_is_moved(scene: Scene) -> None:
    patient = scene.clinic.enrol("Patient")
    token, of_the_future = scene.clinic.token(patient), scene.clinic.token(patient)

    def statuses(port: int, token: str) -> set[int]:
        request = f"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        connections = [load.KeepAlive(port) for _ in range(16)]  # both processes get some
        answered = {connection.send(request).status for connection in connections}
        for connection in connections:
            connection.close()
        return answered

    with scene.running(
        servers.server("wsgi:app", scene.variables, scene.logs / "server"), "/readyz"
    ) as server:
        assert len(server.children()) == 2
        assert statuses(server.port, token) == {200}
        scene.clock.step(OVER)
        assert statuses(server.port, token) == {401}
        scene.clock.step(-OVER)
        assert statuses(server.port, token) == {200}
        scene.clock.step(-OVER)
        assert statuses(server.port, of_the_future) == {401}
    lines = [json.loads(line) for line in (scene.logs / "server").read_text().splitlines() if line[0] == "{"]
    moments = [datetime.fromisoformat(line["timestamp"]) for line in lines if line.get("status") == 401]
    assert max(moments) - min(moments) > 2 * OVER - timedelta(minutes=1)


def test_a_worker_goes_by_the_clock_that_is_moved(scene: Scene) -> None:
    worker = servers.flask(
        ["worker"], scene.variables | {"SLOPE_SWEEP_SECONDS": "0.2"}, scene.logs / "worker"
    )
    with scene.running(worker):
        for step in (timedelta(0), timedelta(days=3), timedelta(days=-4)):
            scene.clock.step(step)
            assert soon(lambda: abs(seen_at() - scene.clock.now()) < timedelta(minutes=1))


def seen_at() -> datetime:
    last = heartbeats.read(WorkerGroup.KEEP_IN_STEP.heartbeat)
    return datetime.min.replace(tzinfo=UTC) if last is None else last.at.astimezone(UTC)


def soon(holds: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("env", ["development", "production"])
def test_a_server_and_a_worker_outside_a_test_refuse_to_start(env: str, tmp_path: Path) -> None:
    given = servers.settings("mongodb://127.0.0.1:1", "slope") | MovedClock(tmp_path).variables
    variables = given | {"SLOPE_ENV": env}
    processes = [
        servers.server("wsgi:app", variables, tmp_path / "server"),
        servers.flask(["worker"], variables, tmp_path / "worker"),
    ]
    with ExitStack() as stack:
        for process in processes:
            process.start()
            stack.callback(process.stop)
        for process in processes:
            assert isinstance(process.running, subprocess.Popen)
            assert process.running.wait(30) != 0
            said = process.log.read_text()
            assert "SLOPE_TEST_CLOCK is set: the clock may be moved only where SLOPE_ENV is test" in said
            assert "Traceback" not in said
