"""The shapes that a figure of a patient's course draws, as plain data; `series` reads, `course` makes them.

Days are calendar days at the patient's. Each respondent's answers stand apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from models.alerts.worklists import WorklistLine
from models.patients.patient import Patient
from scoring import trajectory
from scoring.decline import Trend
from scoring.decline.alsfrs.drawing import Bend
from services.reports.histories import ReportRecord


class Span(StrEnum):
    """How far back a series goes from today."""

    MONTHS_12 = "12_months"
    MONTHS_18 = "18_months"
    ALL = "all"

    @property
    def months(self) -> int | None:
        """The number of months; None for all."""
        return {Span.MONTHS_12: 12, Span.MONTHS_18: 18}.get(self)


class EventKind(StrEnum):
    """What happened to a patient that a figure marks."""

    GASTROSTOMY = "gastrostomy"
    VENTILATION = "ventilation"
    TRACHEOSTOMY = "tracheostomy"
    DEATH = "death"
    HOSPITAL = "hospital"
    RESPONDENT = "respondent"


@dataclass(frozen=True, slots=True)
class TotalPoint:
    """One ALSFRS-R report.

    Attributes:
        total: of 48; None where an item is missing.
        comparable: the total on the line's own basis; None without a line, or where an item is missing.
        used: the line rests on it.
        codes: the twelve codes in the order of the form, None where one is missing.
        doubts: what is doubtful about its time.
    """

    report_id: str
    day: date
    respondent: str
    mode: str
    total: int | None
    comparable: float | None
    used: bool
    codes: tuple[int | None, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueOn:
    """A number on a day."""

    report_id: str
    day: date
    value: float


@dataclass(frozen=True, slots=True)
class DomainSeries:
    """The subscores of one domain, 0 to 12, by one respondent."""

    domain: str
    respondent: str
    points: tuple[ValueOn, ...]


@dataclass(frozen=True, slots=True)
class ItemRun:
    """Equal answers in a row.

    Attributes:
        key: the item as it was asked; item 5 changes between its two forms.
        starts_on: day of the first of them.
        ends_on: day of the next report; before a gap, one interval after the last of them.
        reports: how many.
    """

    key: str
    code: int
    starts_on: date
    ends_on: date
    reports: int


@dataclass(frozen=True, slots=True)
class ItemSeries:
    """The answers to one item by one respondent."""

    item: str
    domain: str
    respondent: str
    runs: tuple[ItemRun, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """The totals of another instrument by one respondent; of the weight, grams."""

    instrument: str
    respondent: str
    points: tuple[ValueOn, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `ends_on` of a stay in hospital, `respondent` of who reports from then on."""

    kind: EventKind
    day: date
    ends_on: date | None = None
    respondent: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """An item that two respondents answered differently."""

    item: str
    code: int
    nearest_code: int


@dataclass(frozen=True, slots=True)
class Apart:
    """The latest report of a respondent whom the figure does not follow, beside the nearest of whom it does.

    Attributes:
        differences: the items that both answered, and not alike.
    """

    respondent: str
    latest: TotalPoint
    nearest: TotalPoint
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Assessed:
    """What only clinicians see: the line with band, continuation and bend, the evaluation, the alerts.

    Attributes:
        ahead: the band's continuation after the latest report.
        limit_per_month: the loss a month that counts as fast for this patient today.
        in_step: the alerts follow the evaluation already.
    """

    trend: Trend | None
    band: tuple[trajectory.BandDay, ...]
    ahead: tuple[trajectory.BandDay, ...]
    bend: Bend | None
    evaluation: Mapping[str, Any]
    alerts: tuple[WorklistLine, ...]
    limit_per_month: float
    in_step: bool


@dataclass(frozen=True, slots=True)
class Series:
    """What a figure of the patient's course draws.

    Attributes:
        starts_on: first day of the span; `ends_on` is today.
        respondent: whose reports the figure follows; None before any.
        assessed: None for those who are no clinicians of the site.
        seq: entry of the ledger that it stands on; 0 before any.
        reports: all that the reader may read, voided and quarantined ones too, the earliest first.
        unread_notes: of these, the reports whose note nobody has marked as read.
    """

    patient: Patient
    span: Span
    starts_on: date
    ends_on: date
    respondent: str | None
    totals: tuple[TotalPoint, ...]
    domains: tuple[DomainSeries, ...]
    items: tuple[ItemSeries, ...]
    measures: tuple[Measure, ...]
    events: tuple[Event, ...]
    apart: tuple[Apart, ...]
    assessed: Assessed | None
    seq: int
    reports: tuple[ReportRecord, ...] = field(default=(), repr=False)
    unread_notes: frozenset[str] = frozenset()
