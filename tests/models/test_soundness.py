"""What the round over all documents has found is counted until it is repaired, whoever goes on with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from models import soundness
from models.patients.patients import PatientDocument
from models.store import heartbeats, unreadable
from models.store.heartbeats import HeartbeatDocument, Reached
from tests.people import People


@pytest.fixture(autouse=True)
def _nothing_met(database: Any) -> Iterator[None]:
    unreadable.forget()
    yield
    unreadable.forget()


@pytest.fixture
def patient_ids(people: People) -> list[str]:
    site = people.site()
    return sorted(people.patient(site).id for _ in range(5))


def damage(patient_id: str, zone: object = None) -> None:
    PatientDocument.raw().update_one({"_id": patient_id}, {"$set": {"zone": zone}})


def test_damage_is_counted_until_it_is_repaired_though_the_round_is_elsewhere(
    people: People, patient_ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "AT_ONCE", 2)
    damage(patient_ids[0])
    soundness.look_through(people.now)
    for _ in range(4):
        unreadable.forget()  # two hours have passed, or another worker goes on
        soundness.look_through(people.now)
        assert unreadable.named() == {("patients", patient_ids[0])}
    damage(patient_ids[0], "Europe/Lisbon")
    soundness.look_through(people.now)
    assert unreadable.named() == set()
    assert heartbeats.read_reached(soundness.ROUND).damaged == {}


def test_another_process_goes_on_where_the_round_was(
    people: People, patient_ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "AT_ONCE", 2)
    places = []
    for _ in range(3):
        soundness.look_through(people.now)
        places.append(heartbeats.read_reached(soundness.ROUND).reached.get("patients"))
    assert places == [patient_ids[1], patient_ids[3], None]


def test_what_is_gone_is_looked_at_no_longer(people: People, patient_ids: list[str]) -> None:
    damage(patient_ids[2])
    soundness.look_through(people.now)
    assert heartbeats.read_reached(soundness.ROUND).damaged == {"patients": [patient_ids[2]]}
    PatientDocument.raw().delete_one({"_id": patient_ids[2]})
    soundness.look_through(people.now)
    assert heartbeats.read_reached(soundness.ROUND).damaged == {}


def test_the_newest_damage_is_kept_where_there_is_much(
    people: People, patient_ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "MOST_DAMAGED", 2)
    for patient_id in patient_ids:
        damage(patient_id)
    soundness.look_through(people.now)
    assert len(heartbeats.read_reached(soundness.ROUND).damaged["patients"]) == 2


@pytest.mark.parametrize(
    "stored",
    [
        {"reached": None},
        {"reached": "x"},
        {"damaged": [1]},
        {"reached": {"patients": 5}, "damaged": {"a": [2]}},
    ],
    ids=repr,
)
def test_a_place_that_cannot_be_read_begins_anew(
    people: People, patient_ids: list[str], stored: dict[str, object]
) -> None:
    heartbeats.keep_reached(soundness.ROUND, Reached({"patients": patient_ids[-1]}), now=people.now)
    HeartbeatDocument.raw().update_one({"_id": soundness.ROUND}, {"$set": stored})
    damage(patient_ids[0])
    for _ in range(2):
        soundness.look_through(people.now + timedelta(minutes=1))
    assert ("patients", patient_ids[0]) in unreadable.named()
