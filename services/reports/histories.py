"""From the entries of a ledger to the reports they add up to: versions, voids, what is kept aside.

Pure functions of entries. A correction is a new version of its report and never overwrites the old one; a
voided report stays readable and is evaluated no longer; a report of an unknown instrument version is kept
aside until it is released.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from models.ledger.entries import Content, Entry, EntryKind


class ReportState(StrEnum):
    """What has become of a report."""

    CURRENT = "current"
    QUARANTINED = "quarantined"
    NOTE = "note"
    VOIDED = "voided"


class Version(NamedTuple):
    """One version of a report: the first, or a correction with its reason."""

    seq: int
    content: Content
    received_at: datetime
    score: Mapping[str, Any] | None
    reason: str | None = None


class ReportRecord(NamedTuple):
    """A report as its ledger tells it.

    Attributes:
        versions: first to latest; the latest one counts.
        void_reason: why it was voided.
    """

    id: str
    patient_id: str
    state: ReportState
    versions: tuple[Version, ...]
    void_reason: str | None = None

    @property
    def latest(self) -> Version:
        """The version that counts."""
        return self.versions[-1]

    @property
    def key(self) -> tuple[datetime, str]:
        """Place in the history; text ids keep the order total."""
        return (self.latest.content.observed_at or datetime.max.replace(tzinfo=UTC), self.id)


def records(entries: Iterable[Entry]) -> dict[str, ReportRecord]:
    """Return the reports of a patient by id.

    Args:
        entries: of one patient, in the order of their numbers.
    """
    found: dict[str, ReportRecord] = {}
    for entry in entries:
        if entry.report_id is None or entry.kind is EntryKind.UNKNOWN:
            continue
        known = found.get(entry.report_id)
        found[entry.report_id] = _first(entry) if known is None else _after(known, entry)
    return found


def state_of(kind: EntryKind) -> ReportState:
    """Return the state in which a report begins."""
    begins = {EntryKind.QUARANTINE: ReportState.QUARANTINED, EntryKind.NOTE: ReportState.NOTE}
    return begins.get(kind, ReportState.CURRENT)


def last_heard_on(entries: Iterable[Entry], instrument: str) -> date | None:
    """Return the local date of the latest report of an instrument that says something.

    Not a voided one, not one that is kept aside, and not one in which nothing is answered.
    """
    found = (record for record in records(entries).values() if record.state is ReportState.CURRENT)
    contents = (record.latest.content for record in found)
    saying = (
        content.observed_on for content in contents if content.instrument == instrument and content.answers
    )
    return max((day for day in saying if day is not None), default=None)


def _first(entry: Entry) -> ReportRecord:
    state = state_of(entry.kind)
    return ReportRecord(entry.report_id or "", entry.patient_id, state, (_version(entry),))


def _after(known: ReportRecord, entry: Entry) -> ReportRecord:
    if entry.kind is EntryKind.VOID:
        return known._replace(state=ReportState.VOIDED, void_reason=entry.content.reason)
    if entry.kind is EntryKind.RELEASE:
        released = known.latest._replace(score=entry.score)
        return known._replace(state=ReportState.CURRENT, versions=(*known.versions[:-1], released))
    return known._replace(versions=(*known.versions, _version(entry)))


def _version(entry: Entry) -> Version:
    return Version(entry.seq, entry.content, entry.received_at, entry.score, entry.content.reason)
