"""Replays run by workers: read only, once, in parts, and to their end whatever happens on the way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from mongoengine.connection import get_db

from models.patients.patient import Patient
from models.patients.patients import PatientDocument
from models.replays import parts
from models.replays import replays as stored
from models.replays.parts import ReplayPartDocument
from models.replays.replays import Replay, ReplayState
from scoring.decline import Policy
from scoring.decline.replay import History, replay
from services.access.permissions import Operation, scope_for
from services.errors import Conflict
from services.replays import replays
from services.replays.replays import Question
from services.sites import policy_in_force
from tests.clinics import Clinic
from tests.people import People

FAST, SLOW = (46, 43, 40, 36, 32, 28), (44, 44, 43, 43, 43, 42)
LAX = {
    "primary": {"min_reports": 20},
    "confirmed_drop": {"points": 20},
    "domain": {"probability": 0.9999, "drop_points": 12},
}


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def followed(clinic: Clinic) -> list[Patient]:
    """Five patients; the second and the fourth lose function fast."""
    made = clinic.patients(5)
    for place, one in enumerate(made):
        for back, total in enumerate(reversed(FAST if place % 2 else SLOW)):
            clinic.send(one, total, days_ago=28 * back)
    return made


@pytest.fixture
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "PATIENTS_A_PART", 2)


def ask(clinic: Clinic, limits: Any = LAX) -> Replay:
    scope = scope_for(clinic.actor, Operation.REPLAY_RUN)
    return replays.ask(clinic.site.id, limits, scope, actor=clinic.actor, now=clinic.now)


def present(asked: Replay) -> Replay:
    found = stored.read(asked.site_id, asked.id)
    assert found is not None
    return found


def run(now: datetime) -> None:
    for _ in range(50):
        if replays.go_on(now) == 0:
            return


def everything() -> dict[str, Any]:
    """All that is stored, but for the replays."""
    names = sorted(name for name in get_db().list_collection_names() if not name.startswith("replay"))
    return {name: sorted(map(str, get_db()[name].find())) for name in names}


def test_a_replay_tells_what_the_rules_say_of_each_history(clinic: Clinic, followed: list[Patient]) -> None:
    asked = ask(clinic)
    run(clinic.now)
    done = present(asked)
    assert (done.state, done.patients_done, done.patients_in_all) == (ReplayState.DONE, 5, 5)
    result = replays.result(done)
    assert result is not None
    assert (result["patients"], result["failed"], result["unread"]) == (5, 0, 0)
    assert result["patients_changed"] == 2
    assert result["by_topic"]["decline"]["dropped"] == 2
    assert result["opened_before"] - result["opened_after"] >= 2
    weeks = result["weeks"]
    assert sum(week["before"] for week in weeks) == result["opened_before"]
    assert sum(week["after"] for week in weeks) == result["opened_after"]


def test_the_result_is_the_one_of_the_rules_library(clinic: Clinic, followed: list[Patient]) -> None:
    question = Question(clinic.site.id, {}, "default-1", LAX)
    by_parts = [difference for part in replays.parts_of(question) for difference in part["differences"]]
    histories: dict[str, History] = {patient.id: replays._history(patient)[0] for patient in followed}
    whole = replay(histories, Policy(), policy_in_force.policy_from({"limits": LAX}, (), "other"))
    assert by_parts == [difference.as_dict() for difference in whole.differences]


def test_a_replay_changes_nothing(clinic: Clinic, followed: list[Patient]) -> None:
    before = everything()
    ask(clinic)
    run(clinic.now)
    assert everything() == before


def test_exceptions_for_a_patient_hold_under_both_policies(clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    for back, total in enumerate(reversed(FAST)):
        clinic.send(patient, total, days_ago=28 * back)
    always = {"reason": "x", "starts_on": "2070-01-01", "ends_on": "2079-01-01"}
    muted = replace(patient, overrides=({**always, "mute": ["decline", "domain_decline"]},))
    question = Question(clinic.site.id, {}, "default-1", LAX)
    assert replays.part(question, [patient])["differences"]
    topics = {difference["topic"] for difference in replays.part(question, [muted])["differences"]}
    assert not topics & {"decline", "domain_decline"}


@pytest.mark.usefixtures("_small_parts", "followed")
def test_it_is_run_in_parts_with_progress(
    clinic: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "BUDGET_SECONDS", 0)
    asked = ask(clinic)
    seen = [(present(asked).state, present(asked).patients_done)]
    for _ in range(5):
        replays.go_on(now)
        seen.append((present(asked).state, present(asked).patients_done))
    assert seen == [
        ("waiting", 0),
        ("running", 0),
        ("running", 2),
        ("running", 4),
        ("running", 5),
        ("done", 5),
    ]


@pytest.mark.usefixtures("_small_parts", "followed")
def test_what_remains_follows_from_the_pace_so_far(
    clinic: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "BUDGET_SECONDS", 0)
    asked = ask(clinic)
    assert replays.remaining(present(asked), now) is None
    replays.go_on(now)
    assert replays.remaining(present(asked), now + timedelta(seconds=9)) is None
    replays.go_on(now)
    assert replays.remaining(present(asked), now + timedelta(seconds=10)) == timedelta(seconds=15)
    run(now)
    assert replays.remaining(present(asked), now) is None


@pytest.mark.usefixtures("_small_parts", "followed")
@pytest.mark.parametrize("step", ["plan", "finish", "planned", "end"])
@pytest.mark.parametrize("done", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("call", [1, 2])
def test_after_a_crash_another_worker_goes_on_once_the_lease_has_ended(
    clinic: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch, step: str, done: bool, call: int
) -> None:
    """Killed around each write: the result is that of an undisturbed run, and each patient is in it once."""
    asked = ask(clinic)
    module = parts if step in {"plan", "finish"} else stored
    write, calls = getattr(module, step), []

    def killed(*args: Any, **values: Any) -> Any:
        calls.append(args)
        if len(calls) == call:
            if done:
                write(*args, **values)
            raise SystemExit
        return write(*args, **values)

    monkeypatch.setattr(module, step, killed)
    try:
        run(now)
    except SystemExit:
        monkeypatch.setattr(module, step, write)
        run(now + timedelta(seconds=60))
    run(now + replays.LEASE)
    assert present(asked).state is ReplayState.DONE
    result = replays.result(present(asked))
    assert result is not None
    assert (result["patients"], result["by_topic"]["decline"]["dropped"]) == (5, 2)
    assert [number for number, _ in parts.compared(asked.id)] == [0, 1, 2]


@pytest.mark.usefixtures("_small_parts", "followed")
def test_a_worker_that_lost_its_lease_does_nothing_more(clinic: Clinic, now: datetime) -> None:
    asked = ask(clinic)
    planning = stored.claim(now, replays.LEASE)
    assert planning is not None
    later = now + replays.LEASE
    replays._plan_or_end(later)
    comparing = parts.claim(later, replays.LEASE)
    assert comparing is not None
    last = later + replays.LEASE
    run(last)
    assert not parts.finish(comparing, {"late": True})
    stored.planned(planning, now=last)
    assert stored.end(planning, ReplayState.FAILED, last) is None
    stored.wait(planning, last)
    assert present(asked).state is ReplayState.DONE
    assert all("late" not in content for _, content in parts.compared(asked.id))


@pytest.mark.usefixtures("_small_parts", "followed")
def test_many_workers_share_it_and_each_patient_is_compared_once(clinic: Clinic, now: datetime) -> None:
    asked = ask(clinic)
    replays._plan_or_end(now)
    together = threading.Barrier(8)

    def work(_: int) -> int:
        together.wait()
        return replays.go_on(now)

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(work, range(8)))
    assert sum(done) == 5
    run(now + replays.LOOK_AGAIN)
    assert present(asked).state is ReplayState.DONE
    assert ReplayPartDocument.raw().count_documents({}) == 3


@pytest.mark.usefixtures("_small_parts", "followed")
def test_a_part_that_fails_each_time_costs_its_patients_alone(clinic: Clinic, now: datetime) -> None:
    asked = ask(clinic)
    replays._plan_or_end(now)
    failing = {"_id": f"{asked.id}:000000"}
    ReplayPartDocument.raw().update_one(failing, {"$set": {"tries": replays.MAX_TRIES}})
    run(now)
    result = replays.result(present(asked))
    assert result is not None
    assert (result["patients"], result["failed"]) == (3, 2)


def test_one_that_fails_each_time_is_given_up(clinic: Clinic, now: datetime) -> None:
    asked = ask(clinic)
    for turn in range(replays.MAX_TRIES):
        assert stored.claim(now + turn * replays.LEASE, replays.LEASE) is not None
    replays.go_on(now + replays.MAX_TRIES * replays.LEASE)
    assert present(asked).state is ReplayState.FAILED
    assert replays.result(present(asked)) is None


def test_a_patient_who_cannot_be_compared_is_counted_and_holds_up_nobody(
    clinic: Clinic, followed: list[Patient], monkeypatch: pytest.MonkeyPatch
) -> None:
    read_entries = replays.ledger.read_entries

    def failing(patient_id: str) -> Any:
        if patient_id == followed[0].id:
            raise ValueError
        return read_entries(patient_id)

    asked = ask(clinic)
    monkeypatch.setattr(replays.ledger, "read_entries", failing)
    run(clinic.now)
    result = replays.result(present(asked))
    assert result is not None
    assert (result["patients"], result["failed"]) == (4, 1)


def test_a_patient_whose_document_is_damaged_is_counted_and_holds_up_nobody(
    clinic: Clinic, followed: list[Patient]
) -> None:
    asked = ask(clinic)
    PatientDocument.raw().update_one({"_id": followed[0].id}, {"$set": {"profile": 7}})
    run(clinic.now)
    result = replays.result(present(asked))
    assert result is not None
    assert (result["patients"], result["failed"]) == (4, 1)


@pytest.mark.usefixtures("followed")
def test_one_that_is_damaged_while_it_runs_holds_up_no_other(clinic: Clinic, now: datetime) -> None:
    broken, whole = ask(clinic), ask(clinic)
    while replays._plan_or_end(now):
        pass
    stored.ReplayDocument.raw().update_one({"_id": broken.id}, {"$set": {"version_before": 7}})
    run(now + replays.LEASE + replays.LOOK_AGAIN)
    result = replays.result(present(whole))
    assert result is not None
    assert (result["patients"], result["failed"]) == (5, 0)


def test_a_site_without_patients_is_done_at_once(clinic: Clinic, now: datetime) -> None:
    asked = ask(clinic)
    replays.go_on(now)
    result = replays.result(present(asked))
    assert result is not None
    assert (result["patients"], result["weeks"], result["by_topic"]) == (0, [], {})


def test_only_so_many_wait(clinic: Clinic, now: datetime) -> None:
    for _ in range(replays.MAX_WAITING):
        ask(clinic)
    with pytest.raises(Conflict):
        ask(clinic)
    replays.go_on(now)
    assert ask(clinic).state is ReplayState.WAITING


def test_weeks_without_alerts_are_named_too() -> None:
    part = {"patients": 1, "failed": 0, "unread": 0, "differences": []}
    loads = {"load_before": {"2026-W52": 1}, "load_after": {"2027-W02": 2}}
    weeks = replays.summary([part | loads])["weeks"]
    assert [(week["week"], week["before"], week["after"]) for week in weeks] == [
        ("2026-W52", 1, 0),
        ("2026-W53", 0, 0),
        ("2027-W01", 0, 0),
        ("2027-W02", 0, 2),
    ]
