"""The patients of the bench: reports follow one another, none from the future, each with its own token."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from bench import clinic, servers
from bench.clinic import Clinic
from bench.submit import cohort
from bench.submit.cohort import LONGEST, SPREAD, HistoryFull, Reporter
from models.ledger import ledger
from models.store import heartbeats
from services import clock


@pytest.fixture
def opened(database_uri: str) -> Iterator[Clinic]:
    with clinic.opened(servers.settings(database_uri, f"slope_test_cohort_{uuid4().hex[:8]}")) as made:
        yield made


def parsed(request: bytes) -> tuple[str, str, dict[str, Any]]:
    """Return the patient, the token and the body."""
    header, _, body = request.partition(b"\r\n\r\n")
    lines = header.decode().split("\r\n")
    token = next(line for line in lines if line.startswith("Authorization: Bearer "))
    return lines[0].split("/")[3], token, json.loads(body)


def test_a_clinic_is_made_in_its_own_database_whatever_was_used_before(
    database: Any, database_uri: str
) -> None:
    heartbeats.read("worker")  # from the database of the run
    variables = servers.settings(database_uri, f"slope_test_clinic_{uuid4().hex[:8]}")
    with clinic.opened(variables) as opened, MongoClient(database_uri) as client:
        stored = client[variables["SLOPE_DATABASE_NAME"]]["sites"].find()
        assert [document["_id"] for document in stored] == [opened.site.id]


def test_histories_are_taken_and_differ_in_length(opened: Clinic) -> None:
    patients = cohort.enrolled(opened, SPREAD)
    patients.write_histories(2)
    ids = {parsed(patients.make())[0] for _ in range(SPREAD)}
    lengths = sorted(len(ledger.read_entries(patient_id)) for patient_id in ids)
    assert lengths == list(range(2, 2 + SPREAD))


def test_each_request_has_a_token_of_its_own_and_each_patient_s_reports_follow_one_another(
    opened: Clinic,
) -> None:
    patients, times, tokens = cohort.enrolled(opened, 3), defaultdict(list), set()
    patients.prepare(5)
    for _ in range(9):
        patient_id, token, body = parsed(patients.next_request())
        times[patient_id].append(datetime.fromisoformat(body["observed_at"]))
        tokens.add(token)
    assert len(tokens) == 9
    assert [len(of_one) for of_one in times.values()] == [3, 3, 3]
    for first, second, third in times.values():
        assert second - first == third - second == timedelta(days=7)


def test_no_report_comes_from_the_future(opened: Clinic) -> None:
    (one,) = cohort.enrolled(opened, 1)._reporters
    last = [one.next_report() for _ in range(LONGEST)][-1]
    assert datetime.fromisoformat(last["observed_at"]) < clock.now()
    with pytest.raises(HistoryFull):
        Reporter.next_report(one)
