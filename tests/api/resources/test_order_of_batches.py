"""An offline month over HTTP: whatever the order and the cuts, the same evaluation as one by one in order.

What phones of two patients held is the same; of one it comes in order, of the other shuffled and cut into
batches, in between corrected and voided by the clinic.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from tests.people import People, Person
from tests.questionnaires import alsfrs, answers_for, phq_9

pytestmark = pytest.mark.usefixtures("stopped_clock")
DAY = timedelta(days=1)


def held(chance: random.Random, now: datetime) -> list[dict[str, Any]]:
    """Reports over five months: of function, with breathing once at its worst, and of mood."""
    found = []
    for place, days in enumerate(sorted(chance.sample(range(1, 150), 9), reverse=True)):
        if place % 4 == 3:
            found.append(phq_9(now - days * DAY, phq_9=chance.choice([0, 0, 2])))
            continue
        answers = answers_for(46 - 2 * place) | {"orthopnea": 0 if place == 4 else 4}
        found.append(alsfrs(now - days * DAY, answers=answers, sent_at=now.isoformat()))
    return found


@pytest.fixture
def evaluated(
    client: FlaskClient, people: People, site: Site, clinician: Person, now: datetime
) -> Callable[[list[list[dict[str, Any]]], list[dict[str, Any]]], dict[str, Any]]:
    """Send batches of a new patient, amend each report once it is there, and read the evaluation."""

    def amend(patient: Patient, body: dict[str, Any], change: dict[str, Any]) -> None:
        way = "corrections" if "answers" in change else "void"
        path = f"/v1/patients/{patient.id}/reports/{body['id']}/{way}"
        headers = clinician.headers | {"If-Match": '"1"'}
        assert client.post(path, json=change | {"id": new_id()}, headers=headers).status_code == 201

    def send(batches: list[list[dict[str, Any]]], changes: list[dict[str, Any]]) -> dict[str, Any]:
        patient = people.patient(site, consent_at=now - 400 * DAY)
        own = people.own(site, patient)
        for batch in batches:
            entries = [body | {"patient_id": patient.id} for body in batch]
            answer = client.post("/v1/report-batches", json={"entries": entries}, headers=own.headers)
            assert {verdict["status"] for verdict in answer.json["verdicts"]} == {201}
            for change in changes:
                for body in batch:
                    if body["id"] == change["of"]:
                        amend(patient, body, {key: change[key] for key in change if key != "of"})
        shown = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers).json
        assert shown.pop("in_step")
        del shown["patient_id"]
        return dict(shown)

    return send


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_cut_give_the_same_evaluation(
    evaluated: Callable[..., dict[str, Any]], now: datetime, seed: int
) -> None:
    chance = random.Random(seed)
    reports = held(chance, now)
    corrected, voided = chance.sample([report for report in reports if report["instrument"] == "alsfrs_r"], 2)
    changes = [
        {"of": corrected["id"], "reason": "Slip.", "answers": {"speech": 1, "dyspnea": 2}},
        {"of": voided["id"], "reason": "Somebody else's."},
    ]
    in_order = evaluated([[report] for report in reports], changes)
    for _ in range(2):
        left, batches = chance.sample(reports, len(reports)), []
        while left:
            size = chance.randint(1, 5)
            batches.append(left[:size])
            del left[:size]
        assert evaluated(batches, changes) == in_order
    assert in_order["flags"]
