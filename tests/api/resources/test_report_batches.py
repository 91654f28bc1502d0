"""Offline queues: a verdict per entry, and no entry blocks another."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from models.ledger import ledger
from models.patients.patient import Patient
from models.sites.sites import Site
from tests.people import People, Person
from tests.questionnaires import alsfrs


def test_each_entry_gets_the_answer_it_would_have_got_alone(
    client: FlaskClient, patient: Patient, own: Person, people: People, site: Site, now: datetime
) -> None:
    good = alsfrs(now - timedelta(days=28)) | {"patient_id": patient.id}
    later = alsfrs(now) | {"patient_id": patient.id}
    other = people.patient(site, consent_at=now)
    entries = [
        good,
        good | {"id": "not an id"},
        {"nonsense": 1},
        good,
        alsfrs(now) | {"patient_id": other.id},
        alsfrs(now, instrument_version="9") | {"patient_id": patient.id},
        later,
    ]
    response = client.post("/v1/report-batches", json={"entries": entries}, headers=own.headers)
    assert response.status_code == 200
    verdicts = response.json["verdicts"]
    assert [one["status"] for one in verdicts] == [201, 422, 422, 200, 404, 202, 201]
    assert [one["index"] for one in verdicts] == list(range(7))
    assert verdicts[1]["problem"]["errors"][0]["pointer"] == "/id"
    assert verdicts[6]["report"]["id"] == later["id"]
    assert [entry.event_id for entry in ledger.read_entries(patient.id)] == [
        good["id"],
        entries[5]["id"],
        later["id"],
    ]


@pytest.mark.parametrize("entries", [[], [{}] * 101, "x"], ids=["none", "too many", "text"])
def test_what_is_no_batch_is_refused(client: FlaskClient, own: Person, entries: object) -> None:
    response = client.post("/v1/report-batches", json={"entries": entries}, headers=own.headers)
    assert response.status_code == 422
