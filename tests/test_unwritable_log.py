"""A log that cannot be written stops no answer: the lines are dropped, counted and shown."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bench import clinic, load, servers
from bench.clinic import Clinic
from models.store.base import new_id
from scoring.instruments.definitions.phq_9 import SELF_HARM
from services import clock, logs

FULL = Path("/dev/full")
LOOKED_AT_WITHIN = 15.0
"""Seconds: `/readyz` tells what was found a moment ago."""
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@pytest.fixture
def scene(database_uri: str) -> Iterator[tuple[Clinic, servers.Process]]:
    """A server that writes its log to a device that is full."""
    variables = servers.settings(database_uri, f"slope_test_log_{uuid4().hex[:8]}")
    with clinic.opened(variables) as opened:
        server = servers.server("wsgi:app", variables, FULL)
        with servers.running(server, path="/readyz"):
            yield opened, server


def test_a_report_is_answered_with_its_crisis_text(scene: tuple[Clinic, servers.Process]) -> None:
    opened, server = scene
    patient = opened.enrol("Patient")
    body = {
        "id": new_id(),
        "instrument": "phq_9",
        "instrument_version": "1",
        "observed_at": clock.now().isoformat(),
        "answers": {SELF_HARM: 2},
    }
    text = json.dumps(body)
    request = (
        f"POST /v1/patients/{patient.patient_id}/reports HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: application/json\r\nAuthorization: Bearer {opened.token(patient)}\r\n"
        f"Content-Length: {len(text)}\r\n\r\n{text}"
    )
    connection = load.KeepAlive(server.port)
    response = connection.send(request.encode())
    connection.close()
    assert response.status == 201
    assert json.loads(response.body)["crisis_text"]


def test_what_was_dropped_is_counted_and_shown(scene: tuple[Clinic, servers.Process]) -> None:
    connection = load.KeepAlive(scene[1].port)
    for _ in range(20):
        connection.send(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
    until, said = time.monotonic() + LOOKED_AT_WITHIN, ""
    while not said.endswith("lines could not be written") and time.monotonic() < until:
        answer = connection.send(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        said = json.loads(answer.body)["checks"]["log"]
        time.sleep(0.1)
    connection.close()
    assert said.endswith("lines could not be written")


class Unwritable:
    """A stream whose device is full."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("stream", [Unwritable(), None])
def test_a_line_that_cannot_be_written_raises_nothing(
    monkeypatch: pytest.MonkeyPatch, stream: Unwritable | None
) -> None:
    monkeypatch.setattr(logs._Line, "unwritten", 0)
    monkeypatch.setattr("sys.stderr", stream)
    logs._Line().msg("a line")
    assert logs.unwritten() == 1
