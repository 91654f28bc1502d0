"""From entries to reports."""

from __future__ import annotations

from datetime import UTC, datetime

from models.ledger.entries import Content, Entry, EntryKind
from models.store.provenance import Provenance
from services.reports.histories import ReportState, records

MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def entry(seq: int, kind: EntryKind, *, report_id: str | None = "r", **content: object) -> Entry:
    values = {"by": Provenance("anna", "patient"), "observed_at": MORNING, **content}
    return Entry(
        patient_id="p",
        site_id="s",
        seq=seq,
        kind=kind,
        event_id=f"event {seq}",
        content=Content(**values),
        received_at=MORNING,
        report_id=report_id,
        score={"total": seq},
    )


def test_a_correction_is_a_new_version_and_the_old_one_stays() -> None:
    first = entry(1, EntryKind.REPORT, answers={"speech": 4})
    second = entry(2, EntryKind.CORRECTION, answers={"speech": 3}, reason="slip")
    record = records([first, second])["r"]
    assert [version.content.answers for version in record.versions] == [{"speech": 4}, {"speech": 3}]
    assert (record.latest.reason, record.latest.score, record.state) == ("slip", {"total": 2}, "current")


def test_a_voided_report_keeps_its_answers_and_tells_why() -> None:
    record = records(
        [entry(1, EntryKind.REPORT, answers={"speech": 4}), entry(2, EntryKind.VOID, reason="x")]
    )["r"]
    assert (record.state, record.void_reason) == (ReportState.VOIDED, "x")
    assert record.latest.content.answers == {"speech": 4}


def test_a_released_report_counts_with_the_answers_it_came_with() -> None:
    kept = entry(1, EntryKind.QUARANTINE, answers={"speech": 4})
    assert records([kept])["r"].state is ReportState.QUARANTINED
    record = records([kept, entry(2, EntryKind.RELEASE)])["r"]
    assert record.state is ReportState.CURRENT
    assert (record.latest.content.answers, record.latest.score) == ({"speech": 4}, {"total": 2})


def test_events_about_no_report_are_no_reports() -> None:
    assert records([entry(1, EntryKind.REEVALUATION, report_id=None)]) == {}
