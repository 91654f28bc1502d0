"""The attackers send what they say, and the honest phones what a service takes."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest

from api.rest.bodies import MOST_ANONYMOUS
from bench import clinic, servers
from bench.attack import attackers
from bench.attack.attackers import ATTACKS, BATCH
from bench.attack.phones import Patients
from models.store.base import new_id

BODY = 256 * 1024
GIVEN = {"email": "jo@example.org", "attackers": 2, "patients": [(new_id(), "token"), (new_id(), "token")]}


def bodies(name: str, monkeypatch: pytest.MonkeyPatch, number: int = 3) -> list[bytes]:
    monkeypatch.setattr(attackers.time, "sleep", lambda _: None)
    making, _ = ATTACKS[name]
    assert making is not None
    return [request.partition(b"\r\n\r\n")[2] for request in islice(making(GIVEN, 0), number)]


@pytest.mark.parametrize("name", [name for name, (making, _) in ATTACKS.items() if making])
def test_no_attack_ends_at_the_length_of_its_body(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for body in bodies(name, monkeypatch):
        assert 0 < len(body) <= BODY
        json.loads(body)


def test_combining_characters_nearly_fill_what_is_taken_and_what_any_body_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lengths = [len(body) for body in bodies("combining characters", monkeypatch, 4)]
    assert all(0.9 * MOST_ANONYMOUS < length <= MOST_ANONYMOUS for length in lengths[:2])
    assert all(length > 0.9 * BODY for length in lengths[2:])


def test_a_late_batch_is_full_of_different_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    entries: list[dict[str, Any]] = [
        entry for body in bodies("late batches", monkeypatch) for entry in json.loads(body)["entries"]
    ]
    assert (
        len({entry["id"] for entry in entries})
        == len({entry["observed_at"] for entry in entries})
        == 3 * BATCH
    )


def test_the_patients_of_honest_phones_report_later_each_time(database_uri: str) -> None:
    with clinic.opened(servers.settings(database_uri, f"slope_test_attack_{uuid4().hex[:8]}")) as made:
        patients = Patients(made, 2)
        patients.write(1)
        sent = [json.loads(patients.next_request().partition(b"\r\n\r\n")[2]) for _ in range(6)]
        for own in (sent[::2], sent[1::2]):
            days = [report["observed_at"] for report in own]
            assert days == sorted(set(days))
        assert len(patients.tokens()) == 2
