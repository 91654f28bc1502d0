"""What the reports say over HTTP: judged without what is always blank, and ended only by what ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from tests.people import People, Person
from tests.questionnaires import ITEMS, alsfrs, answers_for

Told = Callable[[], dict[str, str]]


@pytest.fixture
def send(client: FlaskClient, patient: Patient, own: Person) -> Callable[..., None]:
    def post(observed_at: datetime, answers: dict[str, int], by: Person = own, **fields: Any) -> None:
        body = alsfrs(observed_at, answers=answers, **fields)
        response = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=by.headers)
        assert response.status_code == 201, response.json

    return post


@pytest.fixture
def told(client: FlaskClient, patient: Patient, clinician: Person) -> Told:
    """The level of each rule whose flag stands."""

    def get() -> dict[str, str]:
        response = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers)
        flags = response.json["flags"]
        return {one["rule"]: one["level"] for flag in flags for one in (flag, *flag["further"])}

    return get


def codes(**changed: int) -> dict[str, int]:
    return dict.fromkeys(ITEMS, 4) | changed


@pytest.mark.usefixtures("stopped_clock")
def test_one_item_that_is_always_left_blank_does_not_switch_detection_off(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    for place, total in enumerate(range(48, 24, -2)):
        answers = {item: code for item, code in answers_for(total).items() if item != "salivation"}
        send(now - timedelta(days=14 * (11 - place)), answers)
    assert told()["fast_decline"] == "soon"


@pytest.mark.usefixtures("stopped_clock")
def test_three_reports_that_lack_an_item_ask_for_the_answers(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    for place in range(5):
        send(now - timedelta(days=100 - place), answers_for(44))
    for place in range(3):
        answers = {item: code for item, code in answers_for(44).items() if item != "salivation"}
        send(now - timedelta(days=30 - place), answers)
    assert told()["items_unanswered"] == "soon"


@pytest.mark.usefixtures("stopped_clock")
def test_two_good_forms_around_midnight_do_not_end_an_urgent_breathing_flag(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    midnight = (now - timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
    send(now - timedelta(days=20), codes(dyspnea=0))
    for seconds in (-20, 20):
        send(midnight + timedelta(seconds=seconds), codes(), zone="UTC")
    assert told()["dyspnea_at_worst"] == "urgent"


@pytest.mark.usefixtures("stopped_clock")
def test_another_respondents_good_forms_do_not_end_it_either(
    send: Callable[..., None], told: Told, now: datetime, people: People, site: Site, patient: Patient
) -> None:
    caregiver = people.caregiver(site, patient)
    send(now - timedelta(days=40), codes(orthopnea=4))
    send(now - timedelta(days=30), codes(orthopnea=1))
    for ago in (20, 15, 10):
        send(now - timedelta(days=ago), codes(), by=caregiver, mode="proxy")
    send(now - timedelta(days=5), codes(orthopnea=1))
    assert told()["orthopnea_fall"] == "urgent"


@pytest.mark.usefixtures("stopped_clock")
def test_a_weight_that_falls_by_more_than_a_tenth_each_time_is_believed(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    found = []
    for place, grams in enumerate((80_000, 71_000, 63_000, 56_000, 49_800)):
        at = now - timedelta(days=91 * (4 - place))
        send(at, {"weight_g": grams}, instrument="weight", id=new_id())
        found.append(told())
    assert [one.get("weight_jump") for one in found] == [None, "inform", "inform", "soon", "soon"]
    assert [one.get("weight_loss") for one in found] == [None, None, "soon", "soon", "soon"]
