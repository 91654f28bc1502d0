"""A change of policy reaches every patient of the site: in pages, after crashes, and past failures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models.ledger import ledger
from models.ledger.entries import Entry, EntryKind
from models.replays import reevaluations
from models.sites import policies, sites
from services.reports import reconcile
from tests.clinics import Clinic, assert_sound, kinds_of, versions_of
from tests.people import People


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


@pytest.fixture
def _pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "PAGE", 2)


@pytest.mark.usefixtures("_pages_of_two")
def test_a_round_goes_through_the_patients_in_pages(clinic: Clinic, people: People, now: datetime) -> None:
    followed = clinic.patients(5)
    elsewhere = people.patient(people.site(), consent_at=now)
    for patient in followed:
        clinic.send(patient)
    version = clinic.change_policy()
    reached = []
    for _ in range(3):
        reconcile.sweep(now)
        reached.append(versions_of(*followed).count(version))
    assert reached == [2, 4, 5]
    assert reevaluations.unfinished(1) == []
    assert ledger.read_head(elsewhere.id) is None
    for patient in followed:
        assert_sound(patient, now)


@pytest.mark.usefixtures("_pages_of_two")
def test_the_number_of_patients_may_be_a_multiple_of_the_page(clinic: Clinic) -> None:
    followed = clinic.patients(4)
    version = clinic.change_policy()
    clinic.sweep_until_done()
    assert versions_of(*followed) == [version] * 4


def test_what_a_crash_left_is_finished_by_the_next_sweep(
    clinic: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed = clinic.patients(4)
    for patient in followed:
        clinic.send(patient)
    version = clinic.change_policy()
    append = ledger.append

    def killed_at_the_third(entry: Entry) -> bool:
        if entry.patient_id == followed[2].id:
            raise SystemExit
        return append(entry)

    monkeypatch.setattr(ledger, "append", killed_at_the_third)
    with pytest.raises(SystemExit):
        reconcile.sweep(now)
    assert versions_of(*followed).count(version) == 2
    monkeypatch.setattr(ledger, "append", append)
    clinic.sweep_until_done()
    assert versions_of(*followed) == [version] * 4
    assert [kinds_of(patient).count(EntryKind.REEVALUATION) for patient in followed] == [1] * 4


class _Instead:
    """A collection with some of its functions replaced."""

    def __init__(self, collection: Any, **functions: Callable[..., Any]) -> None:
        self._collection = collection
        self.__dict__.update(functions)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)


def test_a_crash_while_the_policy_is_changed_leaves_the_old_one_and_no_gap(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = sites.SiteDocument.raw()

    def killed(*_args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sites.SiteDocument, "raw", lambda: _Instead(collection, update_one=killed))
        with pytest.raises(SystemExit):
            clinic.change_policy()
    policy = policies.in_force(clinic.site.id)
    assert policy is not None
    assert policy.version == "default-1"
    assert clinic.change_policy() == "site-1"
    assert [earlier.number for earlier in policies.earlier(clinic.site.id, 9, 9)] == [0]


@pytest.mark.usefixtures("_pages_of_two")
def test_a_newer_policy_begins_its_own_round(clinic: Clinic, now: datetime) -> None:
    followed = clinic.patients(3)
    for patient in followed:
        clinic.send(patient)
    clinic.change_policy()
    (late,) = reevaluations.unfinished(1)
    reconcile.sweep(now)
    version = clinic.change_policy()
    reevaluations.go_on(late, followed[-1].id)  # a slow worker with the round of before
    reevaluations.finish(late)
    clinic.sweep_until_done()
    assert versions_of(*followed) == [version] * 3


@pytest.mark.usefixtures("_pages_of_two")
def test_of_two_workers_with_one_round_neither_moves_it_back(clinic: Clinic, now: datetime) -> None:
    followed = clinic.patients(6)
    clinic.change_policy()
    (begun,) = reevaluations.unfinished(1)
    reconcile.sweep(now)
    reconcile.sweep(now)
    reevaluations.go_on(begun, followed[1].id)
    (present,) = reevaluations.unfinished(1)
    assert present.after == followed[3].id


def test_a_patient_who_fails_holds_up_nobody_and_is_tried_again(
    clinic: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed = clinic.patients(3)
    for patient in followed:
        clinic.send(patient)
    version = clinic.change_policy()
    read_entries = ledger.read_entries

    def failing(patient_id: str) -> list[Entry]:
        if patient_id == followed[0].id:
            raise ValueError
        return read_entries(patient_id)

    monkeypatch.setattr(ledger, "read_entries", failing)
    reconcile.sweep(now)
    assert versions_of(*followed) == ["default-1", version, version]
    assert reevaluations.unfinished(1) == []
    monkeypatch.setattr(ledger, "read_entries", read_entries)
    clinic.sweep_until_done()
    assert versions_of(*followed) == [version] * 3
