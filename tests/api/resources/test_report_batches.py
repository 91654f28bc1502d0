"""Offline queues: a verdict per entry, and no entry blocks another."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from api.views.report_batches import Budget, submit_batch
from models.ledger import ledger
from models.patients.patient import Patient
from models.sites.sites import Site
from services.access.permissions import Operation, scope_for
from services.reports.intake import turns
from tests.people import People, Person
from tests.questionnaires import alsfrs, phq_9


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
    assert [verdict["status"] for verdict in verdicts] == [201, 422, 422, 200, 404, 202, 201]
    assert [verdict["index"] for verdict in verdicts] == list(range(7))
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


def test_a_batch_whose_turn_does_not_come_is_told_to_come_again_and_looked_at_for_safety(
    client: FlaskClient, patient: Patient, own: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns.BATCHES, "_patience", 0.05)
    entries = [alsfrs(now), phq_9(now, phq_9=2)]
    batch = {"entries": [entry | {"patient_id": patient.id} for entry in entries]}
    with turns.BATCHES.turn():
        refused = client.post("/v1/report-batches", json=batch, headers=own.headers)
    assert (refused.status_code, refused.json["code"]) == (429, "come_again")
    assert (int(refused.headers["Retry-After"]), "crisis_text" in refused.json) == (10, True)
    taken = client.post("/v1/report-batches", json=batch, headers=own.headers)
    assert [verdict["status"] for verdict in taken.json["verdicts"]] == [201, 201]


def test_what_is_left_when_the_time_is_up_comes_again_and_is_looked_at_for_safety(
    patient: Patient, own: Person, now: datetime
) -> None:
    ticks = itertools.count()  # each look at the clock is a second
    budget = Budget(seconds=2, ticks=lambda: float(next(ticks)), reports_per_day=200)
    entries = [alsfrs(now - timedelta(days=days)) | {"patient_id": patient.id} for days in (9, 8, 7, 6)]
    entries.append(phq_9(now, phq_9=2) | {"patient_id": patient.id})
    scope = scope_for(own.actor, Operation.REPORT_SUBMIT)
    verdicts = submit_batch(entries, scope, budget, actor=own.actor, now=now)
    assert [verdict["status"] for verdict in verdicts] == [201, 201, 201, 429, 429]
    assert verdicts[3]["problem"]["code"] == "come_again"
    assert verdicts[3]["problem"]["retry_after"] > 0
    assert "crisis_text" in verdicts[4]["problem"]


def test_one_entry_is_always_taken(patient: Patient, own: Person, now: datetime) -> None:
    budget = Budget(seconds=-1, ticks=lambda: 0.0, reports_per_day=200)
    entry = alsfrs(now) | {"patient_id": patient.id}
    scope = scope_for(own.actor, Operation.REPORT_SUBMIT)
    verdicts = submit_batch([entry, entry], scope, budget, actor=own.actor, now=now)
    assert [verdict["status"] for verdict in verdicts] == [201, 429]


def test_entries_are_taken_in_the_order_in_which_they_were_answered(
    client: FlaskClient, patient: Patient, own: Person, now: datetime
) -> None:
    entries = [alsfrs(now - timedelta(days=days)) | {"patient_id": patient.id} for days in (1, 9, 5)]
    response = client.post("/v1/report-batches", json={"entries": entries}, headers=own.headers)
    verdicts = response.json["verdicts"]
    assert [verdict["report"]["id"] for verdict in verdicts] == [entry["id"] for entry in entries]
    stored = [entry.event_id for entry in ledger.read_entries(patient.id)]
    assert stored == [entries[place]["id"] for place in (1, 2, 0)]
