"""An entry that is given its evaluation keeps everything else."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

from models.ledger.entries import Entry, EntryKind, SafetyNotice
from tests.ledger_samples import CONTENT, EVALUATED

ENTRY = Entry(
    patient_id="patient",
    site_id="site",
    seq=7,
    kind=EntryKind.QUARANTINE,
    event_id="event",
    content=CONTENT,
    received_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    report_id="report",
    digest="digest",
    score={"total": 40},
    seen=b"seen",
    quarantined=True,
    note_unread=True,
    notice=SafetyNotice("report", "breathing"),
)


def test_an_entry_with_its_evaluation_has_every_other_member_as_before() -> None:
    given = {
        "alerts_pending": True,
        "follows_pending": True,
        "mildest": {"function": {"drop": {"points": 4.0}}},
    }
    assert {field.name for field in fields(Entry) if not getattr(ENTRY, field.name)} == {"evaluated", *given}

    made = ENTRY.with_evaluation(EVALUATED, **given)

    expected = replace(ENTRY, evaluated=EVALUATED, **given)
    assert [getattr(made, field.name) for field in fields(Entry)] == [
        getattr(expected, field.name) for field in fields(Entry)
    ]
