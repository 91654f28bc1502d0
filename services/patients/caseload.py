"""The caseload: all patients of the sites within reach, with their latest numbers, silence and open alerts.

The numbers are a projection (`models.patients.summaries`). Which ledgers have grown since is one look at the
keys that would follow; only their heads are read.

The page does this for the patients it shows, `MOST_HEADS` of them at most: so its numbers are of the latest
reports however long the worker's round takes, unless more ledgers of its sites than that have grown since the
worker, or anybody's page, was there. Of the others it shows the numbers of before; each further look at the
page makes as many of them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from models.alerts import worklists
from models.alerts.worklists import WorklistLine
from models.ledger import ledger
from models.ledger.entries import Head
from models.patients import patient_lists, summaries
from models.patients.patient_lists import ListedPatient
from models.patients.summaries import Summary
from models.store import unreadable
from models.store.scope import Scope
from scoring.decline.alsfrs.points import NO_POINT
from scoring.decline.memory.coding import read_points
from services import zones
from services.access.actor import Actor, Role
from services.alerts.worklist import StateWord, filter_for
from services.patients.pace import pace_of

MOST_HEADS = 200
"""Our choice: so many ledgers that have grown are read for one page; the worker reads the others."""
HEADS_AT_ONCE = 50
MOST_ALERTS = 5_000
AT_ONCE = 5_000
"""Our choice: patients whom the worker looks at in one step, of however many: some tenths of a second."""

_reached: dict[str, str] = {}
_AFTER = "after"


class SortBy(StrEnum):
    """What a caseload is sorted by."""

    NAME = "name"
    LAST = "last"
    TOTAL = "total"
    LOST = "lost"
    ALERTS = "alerts"


class Show(StrEnum):
    """Which patients are shown."""

    ALL = "all"
    ALERTS = "alerts"
    LATE = "late"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """A patient of the caseload.

    Attributes:
        summary: None before any report, or while it is not known yet; for those who are no clinicians of the
            site, without loss and stages.
        days_late: since the next report was due; None before that, and for those who are not followed.
        alerts: open ones within reach, what comes first first.
    """

    patient: ListedPatient
    summary: Summary | None
    days_late: int | None
    alerts: tuple[WorklistLine, ...]


def read(
    scope: Scope, alert_scope: Scope, *, actor: Actor, now: datetime, search: str = ""
) -> list[CaseloadRow]:
    """Return all patients within reach whose name, code or hospital number has the words looked for.

    Args:
        scope: of reading patients.
        alert_scope: of reading alerts.
        actor: who reads.
        now: the present moment.
        search: words; letter case does not matter.
    """
    listed = patient_lists.listed(scope.site_ids)
    floors = {patient.id: patient.ledger_floor for patient in listed}
    known = _kept_up(floors, summaries.of_sites(scope.site_ids), limit=MOST_HEADS)
    open_alerts: dict[str, list[WorklistLine]] = {}
    wanted = filter_for(StateWord.CURRENT, reader=actor)
    for line in worklists.page(wanted, alert_scope, after=None, limit=MOST_ALERTS, now=now).lines:
        open_alerts.setdefault(line.patient_id, []).append(line)
    words = search.casefold().split()
    return [
        _row(patient, known.get(patient.id), tuple(open_alerts.get(patient.id, ())), scope, now)
        for patient in listed
        if all(word in patient.text for word in words)
    ]


def arranged(rows: Iterable[CaseloadRow], *, show: Show, sort_by: SortBy) -> list[CaseloadRow]:
    """Return the rows that are to be shown, in order; what needs somebody first."""
    return sorted(filter(_SHOWN[show], rows), key=_ORDERS[sort_by])


def keep_up(now: datetime) -> int:  # noqa: ARG001 (every step of the worker is told the time)
    """Bring the numbers of the next patients up to date; return how many had changed.

    They are those behind the last ones of the step before, at all sites, and in the end the first again.
    """
    floors, last = patient_lists.floors(_reached.get(_AFTER, ""), AT_ONCE)
    known = summaries.of(floors)
    after = _kept_up(floors, known, limit=len(floors))
    _reached[_AFTER] = last or ""
    return sum(after[patient_id] is not known.get(patient_id) for patient_id in after)


def _kept_up(floors: Mapping[str, int], known: Mapping[str, Summary], *, limit: int) -> dict[str, Summary]:
    """The summaries of these patients, those of ledgers that have grown made anew."""
    seqs = {patient_id: known[patient_id].seq if patient_id in known else 0 for patient_id in floors}
    grown = islice(sorted(ledger.grown(seqs)), limit)
    made: list[Summary] = []
    waiting = {patient_id: max(seqs[patient_id], floors[patient_id]) for patient_id in grown}
    while waiting:
        part = dict(islice(waiting.items(), HEADS_AT_ONCE))
        made += _summaries(ledger.read_heads(part.items()).values())
        waiting = {patient_id: floor for patient_id, floor in waiting.items() if patient_id not in part}
    if made:
        summaries.put(made, known)
    return {**known, **{summary.patient_id: summary for summary in made}}


def _summaries(heads: Iterable[Head]) -> Iterator[Summary]:
    for head in heads:
        try:
            yield summary_of(head)
        except Exception as error:  # whatever is wrong with one evaluation, the others are shown
            unreadable.note("ledger", f"{head.patient_id}:{head.seq}", error)


def summary_of(head: Head) -> Summary:
    """Return the numbers of a head."""
    evaluation = head.evaluated.evaluation
    trajectory: Mapping[str, Any] = evaluation["trajectory"] or {}
    pace = pace_of(evaluation)
    stages: Mapping[str, Any] = evaluation["stages"] or {}
    points = read_points(head.evaluated.memory.get("points", ()))
    saying = [point for point in points if point.items != NO_POINT.items]
    last = saying[-1] if saying else None
    followed = trajectory.get("respondent", None if last is None else last.rater)
    own = next((point for point in reversed(saying) if point.rater == followed), last)
    other = next((point for point in reversed(saying) if point.rater != followed), None)
    return Summary(
        patient_id=head.patient_id,
        site_id=head.site_id,
        seq=head.seq,
        last_on=None if last is None else date.fromordinal(last.day),
        last_by=None if last is None else last.rater,
        total=None if own is None else own.total,
        total_by=None if own is None else own.rater,
        other_total=None if other is None else other.total,
        other_by=None if other is None else other.rater,
        lost=None if pace is None else pace.lost,
        lost_low=None if pace is None else pace.low,
        lost_high=None if pace is None else pace.high,
        probability_fast=trajectory.get("probability_fast"),
        kings=stages["kings"]["stage"] if stages else None,
        mitos=stages["mitos"]["stage"] if stages else None,
    )


def _row(
    patient: ListedPatient,
    summary: Summary | None,
    alerts: tuple[WorklistLine, ...],
    scope: Scope,
    now: datetime,
) -> CaseloadRow:
    if summary is not None and scope.role_at(patient.site_id) != Role.CLINICIAN:
        summary = replace(summary, **_OF_CLINICIANS)
    today = zones.day_of(now, patient.zone)
    since = zones.day_of(patient.enrolled_at, patient.zone)
    if summary is not None and summary.last_on is not None:
        since = summary.last_on
    late = (today - since).days - patient.interval_days
    return CaseloadRow(patient, summary, late if patient.followed and late > 0 else None, alerts)


def _level(row: CaseloadRow) -> int:
    return max((alert.level.rank for alert in row.alerts), default=-1)


_SHOWN: Mapping[Show, Callable[[CaseloadRow], bool]] = {
    Show.ALL: lambda row: row.patient.followed,
    Show.ALERTS: lambda row: bool(row.alerts),
    Show.LATE: lambda row: row.days_late is not None,
    Show.LEFT: lambda row: not row.patient.followed,
}
_LAST = (1, 0.0)
_OF_CLINICIANS: Mapping[str, Any] = dict.fromkeys(
    ("lost", "lost_low", "lost_high", "probability_fast", "kings", "mitos")
)


def _number(value: float | None, *, falling: bool = False) -> tuple[int, float]:
    """What is not known comes last."""
    return _LAST if value is None else (0, -value if falling else value)


def _of(row: CaseloadRow, name: str) -> Any:
    return None if row.summary is None else getattr(row.summary, name)


def _since(row: CaseloadRow) -> tuple[int, float]:
    last = _of(row, "last_on")
    return (0, float(last.toordinal())) if last is not None else (0, 0.0)


_ORDERS: Mapping[SortBy, Callable[[CaseloadRow], Any]] = {
    SortBy.NAME: lambda row: row.patient.name.casefold(),
    SortBy.LAST: lambda row: (_since(row), row.patient.name.casefold()),
    SortBy.TOTAL: lambda row: (_number(_of(row, "total")), row.patient.name.casefold()),
    SortBy.LOST: lambda row: (_number(_of(row, "lost"), falling=True), row.patient.name.casefold()),
    SortBy.ALERTS: lambda row: (-_level(row), -len(row.alerts), row.patient.name.casefold()),
}
