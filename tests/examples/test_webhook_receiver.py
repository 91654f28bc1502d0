"""The receiver that docs/alerts.md shows runs as it stands, and takes what the channel sends."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from models.sites.webhooks import SigningSecret
from services.delivery.egress import Egress
from services.delivery.outbound import post
from services.delivery.signing import Signing

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "webhooks" / "receiver.py"
SIGNING = Signing("a secret of the tests")
LOOPBACK = Egress((ip_network("127.0.0.0/8"),), plain=True)
BODY = b'{"type":"alert.raised","timestamp":"2076-03-02T08:30:00.000Z","data":{"level":"urgent"}}'


@dataclass(frozen=True)
class Running:
    """The example as a process, with the secrets that it knows."""

    url: str
    file: Path
    secrets: tuple[SigningSecret, SigningSecret]

    def stored(self) -> dict[str, str]:
        with sqlite3.connect(self.file) as database:
            found = dict(database.execute("SELECT id, body FROM events").fetchall())
        database.close()
        return found


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    present, file = datetime.now(UTC), tmp_path_factory.mktemp("receiver") / "events.sqlite"
    (one, first), (two, second) = SIGNING.new(present), SIGNING.new(present)
    command = [sys.executable, str(EXAMPLE), "0", str(file)]
    known = {"PATH": os.environ["PATH"], "WEBHOOK_SECRETS": f"{one} {two}"}
    with subprocess.Popen(command, env=known, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        port = running.stdout.readline().split()[-1]
        yield Running(f"http://127.0.0.1:{port}/slope", file, (first, second))
        running.terminate()


def sent(example: Running, event_id: str, *secrets: SigningSecret, **changed: object) -> int:
    at = datetime.now(UTC) + timedelta(seconds=float(str(changed.get("late", 0))))
    headers = SIGNING.headers(event_id, BODY, secrets or example.secrets[:1], now=at)
    body = changed.get("body", BODY)
    assert isinstance(body, bytes)
    return post(example.url, body, headers, egress=LOOPBACK).status


def test_an_event_is_kept_once_however_often_it_comes(example: Running) -> None:
    assert [sent(example, "event-1") for _ in range(3)] == [204, 204, 204]
    assert example.stored()["event-1"] == BODY.decode()
    assert json.loads(example.stored()["event-1"])["type"] == "alert.raised"


def test_either_secret_will_do_while_one_is_replaced(example: Running) -> None:
    first, second = example.secrets
    assert sent(example, "event-2", first) == sent(example, "event-3", second) == 204
    assert sent(example, "event-4", second, first) == 204
    assert {"event-2", "event-3", "event-4"} <= example.stored().keys()


def test_what_is_not_genuine_is_not_kept(example: Running) -> None:
    _, stranger = SIGNING.new(datetime.now(UTC))
    assert sent(example, "event-5", stranger) == 401
    assert sent(example, "event-6", body=BODY + b" ") == 401
    assert sent(example, "event-7", late=-400) == 401
    assert post(example.url, BODY, {}, egress=LOOPBACK).status == 401
    assert post(example.url, b"not json", {"webhook-id": "event-8"}, egress=LOOPBACK).status == 401
    assert post(example.url, b"x" * 70_000, {}, egress=LOOPBACK).status == 413
    assert not {f"event-{number}" for number in (5, 6, 7, 8)} & example.stored().keys()


def test_a_caller_that_hangs_up_in_the_middle_costs_nothing_else(example: Running) -> None:
    port = int(example.url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), 20) as caller:
        caller.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n12")
    assert sent(example, "event-9") == 204
