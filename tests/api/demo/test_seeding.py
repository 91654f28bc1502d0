"""The demo site once it is seeded: what is in it, that it says what it is, and that everything is in step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from mongoengine.connection import get_db

from api.application import SECURITY
from api.demo import seeding
from api.demo.people import PEOPLE
from api.demo.seeding import AlreadySeeded, Seeded
from models.alerts.alert import CURRENT, State
from models.ledger import ledger
from models.sites import sites
from models.store import connection
from scoring import decline
from tests.application import MORNING

KINDS = {f"{person.name} (synthetic)": person.kind for person in PEOPLE}


@pytest.fixture(scope="module")
def service(_application: Flask, database_uri: str, database_name: str) -> Iterator[Flask]:
    """The application, on a database that the tests of this module only read."""
    connection.register(database_uri, database_name)  # another module's tests may have closed it
    _emptied()
    yield _application
    _emptied()


@pytest.fixture(scope="module")
def seeded(service: Flask) -> Seeded:
    """Seeded once for all tests."""
    return seeding.seed(service.extensions[SECURITY], now=MORNING)


def _emptied() -> None:
    sites.forget()
    for name in get_db().list_collection_names():
        get_db()[name].delete_many({})


@pytest.fixture(scope="module")
def patients(seeded: Seeded) -> dict[str, dict[str, Any]]:
    return {raw["_id"]: raw for raw in get_db()["patients"].find()}


def entries(patient_id: str) -> list[dict[str, Any]]:
    return list(get_db()["ledger"].find({"patient_id": patient_id}).sort("seq", 1))


def one_of(patients: dict[str, dict[str, Any]], kind: str) -> str:
    return next(patient_id for patient_id, raw in patients.items() if KINDS[raw["name"]] == kind)


def one_named(patients: dict[str, dict[str, Any]], name: str) -> str:
    return next(patient_id for patient_id, raw in patients.items() if raw["name"].startswith(name))


def alerts_of(patient_id: str, topic: str) -> list[dict[str, Any]]:
    return list(get_db()["alerts"].find({"patient_id": patient_id, "topic": topic}))


def test_everything_says_that_it_is_synthetic(patients: dict[str, dict[str, Any]]) -> None:
    assert "synthetic" in get_db()["sites"].find_one()["name"]
    assert "synthetic" in seeding.NOTICE
    assert {raw["name"] for raw in patients.values()} == set(KINDS)
    assert all(raw["study_code"].startswith("DEMO-") for raw in patients.values())
    assert all(
        "synthetic" in raw["name"] for raw in get_db()["accounts"].find({"roles": {"$regex": "^patient"}})
    )


def test_everybody_with_a_card_can_sign_in(seeded: Seeded, service: Flask) -> None:
    roles = [card.role for card in seeded.cards]
    assert sorted(roles) == ["admin", "caregiver", "clinician", "clinician", "coordinator", "patient"]
    for card in seeded.cards:
        given = {"email": card.email, "password": seeded.password}
        assert service.test_client().post("/v1/auth/sign-in", json=given).status_code == 200


def test_addresses_can_reach_nobody(seeded: Seeded) -> None:
    assert all(card.email.endswith(".example") for card in seeded.cards)


def test_every_patient_has_reported_function_and_well_being_for_months(
    patients: dict[str, dict[str, Any]],
) -> None:
    begun = [one for one, raw in patients.items() if KINDS[raw["name"]] != "never begun"]
    for patient_id in begun:
        reports = [entry["content"] for entry in entries(patient_id) if entry["kind"] == "report"]
        assert {content["instrument"] for content in reports} >= {"alsfrs_r", "who_5"}
        days = (reports[-1]["observed_at"] - reports[0]["observed_at"]).days
        assert days > 150


def test_reports_arrive_after_they_were_answered_and_before_now(patients: dict[str, dict[str, Any]]) -> None:
    for patient_id in patients:
        reports = [entry for entry in entries(patient_id) if entry["kind"] == "report"]
        assert all(entry["content"]["observed_at"] < entry["received_at"] <= MORNING for entry in reports)


def test_alerts_are_in_step_with_every_evaluation(patients: dict[str, dict[str, Any]]) -> None:
    for patient_id, told in patients.items():
        head = ledger.read_head(patient_id)
        if KINDS[told["name"]] == "never begun":
            assert head is None
            continue
        assert head is not None
        flagged = {flag["topic"] for flag in head.evaluated.evaluation["flags"]}
        episodes = get_db()["alerts"].find({"patient_id": patient_id}).sort("episode", 1)
        latest = {raw["topic"]: raw for raw in episodes}
        assert all(latest[topic]["condition"] == "holds" for topic in flagged)
        for raw in get_db()["alerts"].find({"patient_id": patient_id, "topic": {"$ne": "silence"}}):
            if raw["state"] in CURRENT and raw["condition"] == "holds":
                assert raw["topic"] in flagged or not all(map(decline.passes, raw["fresh"]))
    assert ledger.patients_pending(100) == []


def test_rapid_decline_is_found_where_it_is_and_nowhere_else(patients: dict[str, dict[str, Any]]) -> None:
    def kinds_with(*topics: str) -> list[str]:
        found = (
            raw
            for patient_id, raw in patients.items()
            if any(alerts_of(patient_id, topic) for topic in topics)
        )
        return [KINDS[raw["name"]] for raw in found]

    declines = kinds_with("decline")
    assert declines.count("fast") == 3
    assert set(declines) <= {"fast", "accelerating"}
    assert kinds_with("decline", "acceleration").count("accelerating") >= 2


def test_the_feeding_tube_is_answered_and_known(patients: dict[str, dict[str, Any]]) -> None:
    patient_id = one_of(patients, "feeding tube")
    latest = [
        e["content"] for e in entries(patient_id) if e.get("content", {}).get("instrument") == "alsfrs_r"
    ][-1]
    assert "cutting_with_gastrostomy" in latest["answers"]
    assert patients[patient_id]["profile"]["gastrostomy_on"] is not None
    assert alerts_of(patient_id, "feeding_tube")


def test_the_caregivers_reports_are_a_proxys(patients: dict[str, dict[str, Any]]) -> None:
    contents = [entry["content"] for entry in entries(one_of(patients, "reported by a caregiver"))]
    assert {(content["respondent"], content["mode"]) for content in contents} == {("caregiver", "proxy")}


def test_the_silence_of_two_patients_is_on_the_worklist(patients: dict[str, dict[str, Any]]) -> None:
    silent = {one_of(patients, "gone silent"), one_of(patients, "never begun")}
    for patient_id in silent:
        assert [raw["state"] for raw in alerts_of(patient_id, "silence")] == [State.OPEN]
    assert not any(alerts_of(patient_id, "silence") for patient_id in patients.keys() - silent)


def test_there_is_one_of_each_that_a_desk_has_to_know(patients: dict[str, dict[str, Any]]) -> None:
    alerts = list(get_db()["alerts"].find())

    def found(**wanted: Any) -> bool:
        return any(all(raw.get(name) == value for name, value in wanted.items()) for raw in alerts)

    assert found(topic="self_harm", level="urgent", state="open")
    assert found(condition="passed", state="open", seen_at=None)
    assert any(raw["glance_until"] for raw in alerts)
    assert found(raised_because="worse", state="open")
    aside = one_named(patients, "Sven Dahl")
    assert [raw["content"]["instrument_version"] for raw in entries(aside)].count("9") == 1
    assert found(topic="data_query", state="open")
    assert any(raw["assigned_to"] for raw in alerts if raw["state"] == "open")
    both = entries(one_named(patients, "Katja Simic"))
    by_both = {raw["content"]["respondent"] for raw in both if raw["kind"] == "report"}
    assert by_both == {"patient", "caregiver"}


def test_a_clinician_has_dealt_with_earlier_alerts(seeded: Seeded) -> None:
    steps = {step["event"] for raw in get_db()["alerts"].find() for step in raw["history"]}
    assert {"acknowledge", "woke", "resolve"} <= steps
    assert get_db()["alerts"].count_documents({"state": State.OPEN.value}) >= 5


def test_one_of_each_kind_is_on_the_worklist(seeded: Seeded) -> None:
    alerts = list(get_db()["alerts"].find())

    def shown(**wanted: Any) -> list[dict[str, Any]]:
        return [raw for raw in alerts if all(raw[name] == value for name, value in wanted.items())]

    assert shown(topic="self_harm", level="urgent", state="open", seen_at=None)
    assert shown(topic="mood", state="open", condition="passed", seen_at=None)
    ended = [raw for raw in shown(topic="mood", state="ended") if raw["glance_until"]]
    assert any(raw["end"]["unseen"] for raw in ended)
    assert shown(topic="mood", state="open", raised_because="worse")


def test_a_second_sowing_is_refused(seeded: Seeded, service: Flask) -> None:
    before = get_db()["ledger"].count_documents({})
    with pytest.raises(AlreadySeeded):
        seeding.seed(service.extensions[SECURITY], now=MORNING)
    assert get_db()["ledger"].count_documents({}) == before
