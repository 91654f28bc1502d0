"""The same report in every spelling, twenty at once at two real servers: one report and one answer."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bench import clinic, servers
from bench.clinic import Clinic
from models.ledger import ledger
from services import clock
from services.access.actor import Actor
from tests.questionnaires import alsfrs
from tests.spellings import SAME


@pytest.fixture
def place(database_uri: str, tmp_path: Path) -> Iterator[tuple[Clinic, list[int]]]:
    """A clinic, and the ports of two servers on its database."""
    variables = servers.settings(database_uri, f"slope_test_one_{uuid4().hex[:8]}")
    variables |= {"SLOPE_WORKERS": "1", "SLOPE_THREADS": "8"}
    both = [servers.server("wsgi:app", variables, tmp_path / f"server{number}.log") for number in range(2)]
    with clinic.opened(variables) as opened, servers.running(*both):
        yield opened, [server.port for server in both]


def send(body: dict[str, Any] | str, port: int, actor: Actor, token: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    text = body if isinstance(body, str) else json.dumps(body)
    connection.request("POST", f"/v1/patients/{actor.patient_id}/reports", text, headers)
    response = connection.getresponse()
    status, answer = response.status, json.loads(response.read())
    connection.close()
    return status, answer


def test_twenty_spellings_at_once_at_two_servers_are_one_report(place: tuple[Clinic, list[int]]) -> None:
    opened, ports = place
    for turn in range(3):
        actor = opened.enrol(f"Patient {turn}")
        token = opened.token(actor)
        at = clock.now() - timedelta(hours=1)
        body = alsfrs(at)
        bodies = [body, *(spelt(body, at) for spelt in SAME.values())]
        bodies = (bodies * 2)[:20]
        with ThreadPoolExecutor(len(bodies)) as pool:
            answers = list(pool.map(partial(send, actor=actor, token=token), bodies, ports * 10))
        assert Counter(status for status, _ in answers) == {201: 1, 200: 19}
        assert len({json.dumps({**answer, "repeated": True}, sort_keys=True) for _, answer in answers}) == 1
        (entry,) = ledger.read_entries(str(actor.patient_id))
        assert entry.event_id == body["id"]
