"""The phones of the kill trial: what they send, and whom they act for."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest

from bench.chaos.phones import (
    EVENTS_PER_PATIENT,
    LEFT_AT_ONCE,
    PATIENTS_AT_ONCE,
    Patient,
    Places,
    request_of,
    word_of,
)
from bench.chaos.records import KNOWN, NEW, PENDING, Sent
from bench.courses import SLOW, Course
from bench.load import Answer
from models.ledger.entries import EntryKind
from services.access.actor import Actor

BEGUN = datetime(2024, 1, 1, 8, tzinfo=UTC)


def patient(number: int) -> Patient:
    return Patient(Actor(f"p{number}", "session", (), f"p{number}"), Course(44, SLOW, seed=number), BEGUN)


def body_of(request: bytes) -> dict[str, object]:
    body: dict[str, object] = json.loads(request.partition(b"\r\n\r\n")[2])
    return body


def observed_at(sent: Sent) -> datetime:
    assert sent.observed_at is not None
    return sent.observed_at


def test_reports_follow_one_another_and_late_ones_lie_between_them() -> None:
    one, chance = patient(1), random.Random(1)
    times = [observed_at(one.following(one.actor)) for _ in range(5)]
    assert times == sorted(times)
    late = [observed_at(one.late(one.actor, chance)) for _ in range(50)]
    assert not set(late) & set(times)
    assert min(late) < times[0] < times[-1] < max(late)


def test_a_repeated_request_has_the_same_id_and_body() -> None:
    sent = patient(1).following(patient(1).actor)
    again = request_of(sent, "token", 1)
    assert request_of(sent, "token", 1) == again
    assert body_of(again)["id"] == sent.event_id
    assert again.startswith(b"POST /v1/patients/p1/reports HTTP/1.1")


@pytest.mark.parametrize(
    ("kind", "answers", "path"),
    [(EntryKind.CORRECTION, {"speech": 1}, b"corrections"), (EntryKind.VOID, {}, b"void")],
)
def test_corrections_and_voids_go_to_their_report(
    kind: EntryKind, answers: dict[str, int], path: bytes
) -> None:
    request = request_of(Sent(kind, patient(1).actor, "p1", "e1", "r1", answers), "token", 1)
    assert request.startswith(b"POST /v1/patients/p1/reports/r1/" + path)
    assert body_of(request).get("answers", {}) == answers


def test_a_patient_with_many_events_gives_way_to_the_next() -> None:
    waiting = [patient(number) for number in range(3 * PATIENTS_AT_ONCE)]
    places, chance = Places(waiting), random.Random(2)
    for _ in range(2 * PATIENTS_AT_ONCE * EVENTS_PER_PATIENT):
        places.choose(chance)
    assert max(person.events for person in waiting) == EVENTS_PER_PATIENT
    assert all(person.events for person in waiting[: 2 * PATIENTS_AT_ONCE])


def test_patients_who_are_left_are_not_chosen_again() -> None:
    waiting = [patient(number) for number in range(2 * PATIENTS_AT_ONCE)]
    places, chance = Places(waiting), random.Random(3)
    places.leave_some(chance)
    chosen = {places.choose(chance).id for _ in range(20 * PATIENTS_AT_ONCE)}
    assert len(chosen) == PATIENTS_AT_ONCE
    assert len(chosen - {person.id for person in waiting[:PATIENTS_AT_ONCE]}) == LEFT_AT_ONCE


@pytest.mark.parametrize(
    ("status", "evaluation", "word"),
    [(200, "complete", KNOWN), (201, "complete", NEW), (201, "pending", PENDING)],
)
def test_an_acknowledgement_is_told_by_a_word(status: int, evaluation: str, word: str) -> None:
    assert word_of(Answer(status, json.dumps({"evaluation": evaluation}).encode())) == word
