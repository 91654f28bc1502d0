"""Histories as other rules read them, and what is made of two answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.patients.patient import Patient
from scoring.decline import Policy
from services.replays import releases, replays
from services.reports import evaluate
from services.reports.histories import ReportRecord
from tests.clinics import Clinic
from tests.people import People
from tests.questionnaires import ITEMS


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    (made,) = clinic.patients(1)
    for back, total in enumerate((40, 41)):
        clinic.send(made, total, days_ago=28 * back)
    return made


def test_all_that_the_rules_read_is_told_as_json(clinic: Clinic, patient: Patient, now: datetime) -> None:
    (told,) = releases.histories(clinic.site.id)
    assert json.loads(json.dumps(told)) == told
    assert (told["patient_id"], told["profile"]["report_interval_days"]) == (patient.id, 28)
    assert Policy.from_mapping(told["policy"]) == Policy()
    days = sorted(report["observed_at"] for report in told["reports"])
    assert days == [(now - timedelta(days=back)).isoformat() for back in (28, 0)]
    assert all(set(report["answers"]) == set(ITEMS) for report in told["reports"])
    assert {report["instrument_version"] for report in told["reports"]} == {"1"}
    assert all("score" not in report for report in told["reports"])


def test_a_report_that_scoring_fails_on_costs_that_report_alone(
    clinic: Clinic, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered_of, seen = evaluate.answered_of, list[str]()

    def fails_once(record: ReportRecord) -> Any:
        seen.append(record.id)
        if len(seen) == 1:
            raise ValueError
        return answered_of(record)

    monkeypatch.setattr(evaluate, "answered_of", fails_once)
    (told,) = releases.histories(clinic.site.id)
    assert len(told["reports"]) == 1
    assert len(seen) == 2


def test_what_one_release_says_and_the_other_does_not_is_added_up(clinic: Clinic, patient: Patient) -> None:
    episode = {
        "topic": "decline",
        "level": "soon",
        "opened_by": "a report",
        "opened_at": "2076-02-01T08:00:00+00:00",
        "closed_at": None,
    }

    def says(*episodes: Mapping[str, Any]) -> releases.Ask:
        return lambda told: {"episodes": list(episodes) if told["reports"] else [], "unread": 2}

    found = list(releases.compare(clinic.site.id, says(), says(episode)))
    assert [compared.patient_id for compared in found] == [patient.id]
    part = releases.part_of(found)
    (difference,) = part["differences"]
    assert (difference["patient"], difference["change"], difference["before"]) == (patient.id, "opened", None)
    assert difference["after"] == episode | {"closed_at": None}
    summary = replays.summary([part])
    assert (summary["patients"], summary["unread"], summary["opened_before"], summary["opened_after"]) == (
        1,
        2,
        0,
        1,
    )


def test_a_site_that_is_not_there(clinic: Clinic) -> None:
    assert releases.has_site(clinic.site.id)
    assert not releases.has_site("nothing")
