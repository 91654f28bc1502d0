"""The entry that follows the head: its number, what it remembers, and what is refused in the one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.ledger.entries import Entry, EntryKind, Head
from models.ledger.seen_ids import might_contain
from models.patients.patient import Patient
from models.store.base import new_id
from models.store.provenance import Provenance
from scoring.decline import Profile
from services.errors import Conflict
from services.reports.next_entry import OF_THE_SERVICE, Event, entry_after, own_event_id, refuse_unfollowed
from tests.ledger_samples import CONTENT, EVALUATED
from tests.people import People

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
SENT = sorted(set(EntryKind) - OF_THE_SERVICE)


@pytest.fixture
def patient(people: People) -> Patient:
    return people.patient(people.site(), consent_at=NOW)


def event(kind: EntryKind = EntryKind.REPORT, **fields: object) -> Event:
    report_id = new_id()
    return Event(**{"kind": kind, "id": report_id, "content": CONTENT, "received_at": NOW} | fields)


def head_of(entry: Entry) -> Head:
    return Head(
        **{
            name: getattr(entry, name)
            for name in Head.__dataclass_fields__
            if name in Entry.__dataclass_fields__
        }
        | {"evaluated": EVALUATED}
    )


def test_the_first_is_number_one_and_each_follows_the_one_before(patient: Patient) -> None:
    first = entry_after(None, patient, event())
    assert first.seq == 1
    assert entry_after(head_of(first), patient, event()).seq == 2


def test_what_was_sent_is_known_again(patient: Patient) -> None:
    sent = event()
    first = entry_after(None, patient, sent)
    second = entry_after(head_of(first), patient, event())
    assert might_contain(first.seen, sent.id)
    assert might_contain(second.seen, sent.id)


def test_what_nobody_sends_again_takes_no_room(patient: Patient) -> None:
    made = event(EntryKind.REEVALUATION, id=own_event_id(EntryKind.REEVALUATION, new_id()))
    assert entry_after(None, patient, made).seen == b""


@pytest.mark.parametrize("kind", EntryKind)
def test_ids_of_the_service_are_no_uuids(kind: EntryKind) -> None:
    assert own_event_id(kind, new_id()) != new_id()
    assert ":" in own_event_id(kind, new_id())


@pytest.mark.parametrize("kind", SENT)
@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"closed_at": NOW}, "patient_closed"),
        ({"consent_withdrawn_at": NOW}, "consent_withdrawn"),
        ({"consent_at": None}, "no_consent"),
    ],
    ids=str,
)
def test_nothing_that_somebody_sends_is_taken_without_consent_or_following(
    patient: Patient, kind: EntryKind, state: dict[str, object], code: str
) -> None:
    with pytest.raises(Conflict) as caught:
        entry_after(None, replace(patient, **state), event(kind))
    assert caught.value.code == code


@pytest.mark.parametrize("kind", sorted(OF_THE_SERVICE))
def test_what_the_service_does_itself_goes_on(patient: Patient, kind: EntryKind) -> None:
    closed = replace(patient, closed_at=NOW)
    assert entry_after(None, closed, event(kind, id=own_event_id(kind, new_id()))).kind is kind


def test_a_note_is_unread_only_where_there_is_one(patient: Patient) -> None:
    with_note = event(content=replace(CONTENT, note="Hello."))
    assert entry_after(None, patient, with_note).note_unread
    assert not entry_after(None, patient, event()).note_unread
    void = event(EntryKind.VOID, content=replace(CONTENT, note="Hello."))
    assert not entry_after(None, patient, void).note_unread


def test_a_followed_patient_with_consent_is_refused_nothing(patient: Patient) -> None:
    refuse_unfollowed(patient)
    assert isinstance(patient.profile, Profile)
    assert CONTENT.by == Provenance("anna", "patient")
