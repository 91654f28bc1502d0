"""What an entry of the ledger says: kinds, contents, and the evaluation that it carries. Plain data.

`models.ledger` stores and reads them; how entries become reports is `services.reports.histories`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from models.ledger.seen_ids import EMPTY
from models.store.provenance import Provenance
from scoring.decline import Memory


class EntryKind(StrEnum):
    """What happened.

    A report came, was put in quarantine, corrected, voided or released; the basis changed; or a form that was
    refused told of something that must not go unseen. A note without answers is no report. UNKNOWN is what
    another release wrote; it is never written.
    """

    REPORT = "report"
    QUARANTINE = "quarantine"
    CORRECTION = "correction"
    VOID = "void"
    RELEASE = "release"
    REEVALUATION = "reevaluation"
    SAFETY_NOTICE = "safety_notice"
    NOTE = "note"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Content:
    """What was answered or decided, as it was sent.

    Attributes:
        observed_on: the local date, by `zone`.
        by: who sent it; `respondent` and `mode` say in which capacity.
        answers: item key to code, as sent.
        reason: of a correction or a void.
        answered_at: when it was answered by the phone's clock, as it was sent.
        sent_at: what the phone's clock showed at sending, where it said so.
        clock_shift_seconds: by how much the phone's clock was behind, where its times were put right.
        time_certainty: how sure `observed_at` is.
        doubts: what is doubtful about time and place.
        note: a word of the respondent to the team.
    """

    by: Provenance
    instrument: str = ""
    instrument_version: str = ""
    observed_at: datetime | None = None
    observed_on: date | None = None
    zone: str = ""
    respondent: str = ""
    mode: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    duration_seconds: int | None = None
    reason: str | None = None
    answered_at: datetime | None = None
    sent_at: datetime | None = None
    clock_shift_seconds: int = 0
    time_certainty: str = ""
    doubts: tuple[str, ...] = ()
    note: str | None = None

    @property
    def account_id(self) -> str:
        """The account that sent it; "" for what the service did by itself."""
        return self.by.account_id


@dataclass(frozen=True, slots=True)
class SafetyNotice:
    """What is kept of a form that was refused: that it told of a concern, and no answer.

    Attributes:
        report_id: the form's own id; None when it named none that can be one.
        concern: a word of `services.reports.safety.answers.Concern`.
        items: keys of the items that told; empty while the patient's consent is not recorded.
        observed_on: of a form that staff entered, the day when it was answered, where that is long ago: it
            informs and is not urgent.
    """

    report_id: str | None
    concern: str
    items: tuple[str, ...] = ()
    observed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What an evaluation rests on besides the reports; when it changes, the history is evaluated anew."""

    profile_version: int
    policy_version: str
    rules_version: str


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation as the ledger keeps it.

    Attributes:
        evaluation: `scoring.decline.Evaluation.as_dict()`.
        memory: what the next report needs (`scoring.decline.Memory.as_dict()`).
        unread: reports that the rules failed on.
        outside: what no rule reads and is raised all the same (`services.reports.safety.overlay`).
        unevaluated: the latest events up to this entry that are not evaluated yet: of those stored with one
            write the last carries the evaluation of all. Until then it is that of the entry before them.
        live: what `memory` was written from, while the process that wrote it still has it.
    """

    basis: Basis
    evaluation: Mapping[str, Any]
    memory: Mapping[str, Any]
    unread: tuple[str, ...] = ()
    outside: Mapping[str, Any] = field(default_factory=dict)
    unevaluated: tuple[str, ...] = ()
    live: Memory | None = field(default=None, compare=False, repr=False)


Marks = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By topic and rule, how bad it is: a mark (`scoring.decline.marks`)."""


@dataclass(frozen=True, slots=True)
class Head:
    """The latest entry of a patient, without what was answered."""

    patient_id: str
    site_id: str
    seq: int
    evaluated: Evaluated
    seen: bytes
    alerts_pending: bool
    mildest: Marks = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry; `evaluated` and `seen` are there when it was read whole or is to be written.

    Attributes:
        alerts_pending: alerts are not known to be in step with it.
        follows_pending: the entry before had this mark when this one was made; known to its writer only.
        mildest: of the rules that are on, the mildest mark that the baseline of an alert may hold: that of
            the last time when alerts were brought in step, or one that came after it.
    """

    patient_id: str
    site_id: str
    seq: int
    kind: EntryKind
    event_id: str
    content: Content
    received_at: datetime
    report_id: str | None = None
    digest: str = ""
    score: Mapping[str, Any] | None = None
    evaluated: Evaluated | None = None
    seen: bytes = EMPTY
    alerts_pending: bool = False
    follows_pending: bool = field(default=False, compare=False)
    quarantined: bool = False
    note_unread: bool = False
    notice: SafetyNotice | None = None
    mildest: Marks = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Key of the entry, the same for every writer who wants to be next."""
        return entry_id(self.patient_id, self.seq)

    def with_evaluation(
        self, evaluated: Evaluated, *, alerts_pending: bool, follows_pending: bool, mildest: Marks
    ) -> Entry:
        """Return the entry as it is to be stored; each report passes here, so its members are named."""
        return Entry(
            self.patient_id,
            self.site_id,
            self.seq,
            self.kind,
            self.event_id,
            self.content,
            self.received_at,
            self.report_id,
            self.digest,
            self.score,
            evaluated,
            self.seen,
            alerts_pending,
            follows_pending,
            self.quarantined,
            self.note_unread,
            self.notice,
            mildest,
        )

    def as_head(self) -> Head:
        """Return what the next entry is judged against, once this one is stored."""
        if self.evaluated is None:
            raise TypeError("an entry is stored with its evaluation")
        return Head(
            self.patient_id,
            self.site_id,
            self.seq,
            self.evaluated,
            self.seen,
            self.alerts_pending,
            self.mildest,
        )


def entry_id(patient_id: str, seq: int) -> str:
    """Return the key of a patient's entry with this number."""
    return f"{patient_id}:{seq:09d}"
