"""The sweep goes round: those with whom nothing can be done keep no other patient waiting."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.ledger import ledger
from models.patients.patients import PatientDocument
from models.store.base import new_id
from services.reports import reconcile
from tests.alert_samples import on_day
from tests.ledger_samples import entry

LATER = on_day(40)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "_reached", {})


LISTS = ["behind", "changed"]


def listed_patients(name: str, number: int) -> list[str]:
    """So many patients in one of the lists of the sweep, in the order of their ids."""
    made = sorted(new_id() for _ in range(number))
    for patient_id in made:
        if name == "behind":
            assert ledger.append(entry(patient_id, 1, alerts_pending=True))
        else:
            PatientDocument.raw().insert_one({"_id": patient_id, "reevaluate": 1})
    return made


def look(monkeypatch: pytest.MonkeyPatch, name: str, failing: set[str]) -> list[list[str]]:
    """Have each patient's work noted, and fail for some; return the rounds, the present one last."""
    rounds: list[list[str]] = []

    def done(patient_id: str, **_: object) -> None:
        rounds[-1].append(patient_id)
        if patient_id in failing:
            raise ZeroDivisionError
        if name == "behind":
            ledger.clear_pending(patient_id, [1])
        else:
            PatientDocument.raw().update_one({"_id": patient_id}, {"$set": {"reevaluate": 0}})

    monkeypatch.setattr(reconcile, "reconcile" if name == "behind" else "reevaluate", done)
    return rounds


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("failing", [(0, 1), (0, 1, 2, 3), (1, 3, 5), (5, 6), range(7), ()], ids=str)
def test_those_who_fail_each_time_keep_no_other_waiting_and_are_tried_again(
    monkeypatch: pytest.MonkeyPatch, name: str, failing: Sequence[int]
) -> None:
    monkeypatch.setattr(reconcile, "BATCH", 2)
    made = listed_patients(name, 7)
    fail = {made[number] for number in failing}
    rounds = look(monkeypatch, name, fail)
    for _ in range(12):
        rounds.append([])
        reconcile.sweep(LATER)
        assert len(rounds[-1]) <= 2
        assert len(set(rounds[-1])) == len(rounds[-1])
    assert {patient_id for found in rounds[:4] for patient_id in found} == set(made)
    counts = {patient_id: sum(found.count(patient_id) for found in rounds) for patient_id in made}
    assert all((count >= 3) is (patient_id in fail) for patient_id, count in counts.items())
    assert all(count == 1 for patient_id, count in counts.items() if patient_id not in fail)


@pytest.mark.parametrize("name", LISTS)
def test_who_comes_into_the_list_in_front_of_the_place_is_soon_looked_at(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(reconcile, "BATCH", 2)
    first, *others = listed_patients(name, 3)
    monkeypatch.setitem(reconcile._reached, name, others[-1])
    rounds = look(monkeypatch, name, set())
    rounds.append([])
    reconcile.sweep(LATER)
    assert rounds == [[first, others[0]]]
