"""Twenty at once about one patient, over HTTP: nothing is lost, doubled or left out of step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.ledger import ledger
from models.ledger.entries import EntryKind
from models.patients.patient import Patient
from models.store.base import new_id
from scoring import instruments
from scoring.instruments import Definition
from services.reports import reconcile
from services.sites import catalogue
from tests.clinics import assert_sound
from tests.people import Person
from tests.questionnaires import alsfrs, answers_for, phq_9

Call = Callable[[], TestResponse]


def at_once(calls: Sequence[Call]) -> list[TestResponse]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: call(), calls))


@pytest.fixture
def post(app: Flask) -> Callable[[str, Any, Person], Call]:
    """Makes calls, each with a client of its own."""

    def make(path: str, body: Any, by: Person) -> Call:
        tag = {"If-Match": '"1"'} if path.endswith("/corrections") else {}
        return lambda: app.test_client().post(path, json=body, headers=by.headers | tag)

    return make


def alerts_of(app: Flask, clinician: Person) -> dict[str, str]:
    listed = app.test_client().get("/v1/alerts", headers=clinician.headers).json["items"]
    found = [(alert["topic"], alert["level"]) for alert in listed]
    assert len(found) == len(dict(found))
    return dict(found)


def news_of(patient: Patient, event_id: str) -> list[Any]:
    entry = ledger.find_event(patient.id, event_id)
    assert entry is not None
    assert entry.evaluated is not None
    return list(entry.evaluated.evaluation["news"])


def finish(patient: Patient, now: datetime) -> None:
    """Let the sweep finish what the racers left to it."""
    for _ in range(3):
        reconcile.sweep(now + reconcile.UNATTENDED)
    assert ledger.patients_pending(10) == []
    entries = ledger.read_entries(patient.id)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert_sound(patient, now)


def test_batches_of_one_patient_racing_lose_nothing_that_became_known(
    post: Callable[[str, Any, Person], Call], patient: Patient, own: Person, now: datetime
) -> None:
    """A month offline on two phones; breathing was at its worst in between, and is good again."""
    days = (90, 62, 34, 20, 10, 1)
    worst = {34: answers_for(40) | {"orthopnea": 0}}
    phones = []
    for hours in (0, 1):
        entries = [
            alsfrs(now - timedelta(days=day, hours=hours), answers=worst.get(day, answers_for(40)))
            for day in days
        ]
        phones.append([entry | {"patient_id": patient.id} for entry in entries])
    calls = [post("/v1/report-batches", {"entries": phones[place % 2]}, own) for place in range(20)]
    statuses: Counter[int] = Counter()
    while calls:
        answered = list(zip(calls, at_once(calls), strict=True))
        for _, response in answered:
            statuses.update(verdict["status"] for verdict in response.json.get("verdicts", ()))
        calls = [call for call, response in answered if response.status_code == 429]  # as a phone comes again
    assert statuses == {201: 12, 200: 108}
    finish(patient, now)
    told = Counter(
        news["report_id"]
        for entry in ledger.read_entries(patient.id)
        for news in news_of(patient, entry.event_id)
        if news["rule"] == "orthopnea_at_worst"
    )
    assert told
    assert told.keys() <= {phone[2]["id"] for phone in phones}


def test_a_release_racing_corrections_keeps_the_release_and_one_correction(
    app: Flask,
    post: Callable[[str, Any, Person], Call],
    patient: Patient,
    own: Person,
    clinician: Person,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"/v1/patients/{patient.id}/reports"
    kept = alsfrs(now - timedelta(days=3), 40, instrument_version="2027-01")
    counted = alsfrs(now - timedelta(days=30), 42)
    assert [post(path, body, own)().status_code for body in (counted, kept)] == [201, 202]
    newer = replace(instruments.get("alsfrs_r"), version="2027-01")

    def find(site_id: str, key: str, version: str | None = None) -> Definition:
        return newer if version == "2027-01" else instruments.get(key, version)

    monkeypatch.setattr(catalogue, "find", find)
    release = post(f"{path}/{kept['id']}/release", None, clinician)
    corrections = [
        post(
            f"{path}/{counted['id']}/corrections",
            {"id": new_id(), "reason": "slip", "answers": answers_for(30 + place)},
            clinician,
        )
        for place in range(10)
    ]
    responses = at_once([call for pair in zip(corrections, [release] * 10, strict=True) for call in pair])
    assert Counter(response.status_code for response in responses) == {201: 2, 200: 9, 412: 9}
    kinds = Counter(entry.kind for entry in ledger.read_entries(patient.id))
    assert (kinds[EntryKind.RELEASE], kinds[EntryKind.CORRECTION]) == (1, 1)
    finish(patient, now)
    listed = app.test_client().get("/v1/quarantine", headers=clinician.headers)
    assert listed.json["items"] == []


def test_a_release_racing_a_rejection_has_one_winner(
    app: Flask,
    post: Callable[[str, Any, Person], Call],
    patient: Patient,
    own: Person,
    clinician: Person,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"/v1/patients/{patient.id}/reports"
    kept = alsfrs(now - timedelta(days=3), 40, instrument_version="2027-01")
    assert post(path, kept, own)().status_code == 202
    newer = replace(instruments.get("alsfrs_r"), version="2027-01")
    monkeypatch.setattr(catalogue, "find", lambda *_: newer)
    calls = [
        post(f"{path}/{kept['id']}/reject", {"id": new_id(), "reason": "test phone"}, clinician)
        if place % 2
        else post(f"{path}/{kept['id']}/release", None, clinician)
        for place in range(20)
    ]
    statuses = Counter(response.status_code for response in at_once(calls))
    assert statuses[201] == 1
    assert statuses.keys() <= {200, 201, 409}
    assert len(ledger.read_entries(patient.id)) == 2
    finish(patient, now)


def test_twenty_refused_forms_at_once_leave_one_notice_and_one_alert(
    app: Flask,
    post: Callable[[str, Any, Person], Call],
    patient: Patient,
    own: Person,
    clinician: Person,
    now: datetime,
) -> None:
    path = f"/v1/patients/{patient.id}/reports"
    forms = [phq_9(now, phq_9=2) | {"surplus": 1} for _ in range(10)]
    calls = [post(path, forms[place % 10], own) for place in range(20)]
    calls += [post(path, alsfrs(now - timedelta(days=place)), own) for place in range(5)]
    responses = at_once(calls)
    assert Counter(response.status_code for response in responses) == {422: 20, 201: 5}
    assert all("crisis_text" in response.json for response in responses[:20])
    kinds = Counter(entry.kind for entry in ledger.read_entries(patient.id))
    assert kinds == {EntryKind.SAFETY_NOTICE: 1, EntryKind.REPORT: 5}
    finish(patient, now)
    assert alerts_of(app, clinician)["self_harm"] == "urgent"
