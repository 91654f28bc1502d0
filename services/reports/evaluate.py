"""One more event about a patient, evaluated in memory: what the next ledger entry will carry.

A report observed after all others is folded into what the head remembers; everything else (late, corrected,
voided, another profile, policy or set of rules) has the history evaluated anew. Both give the same result.
A report that the rules fail on is set aside with a data query, so that one bad report silences neither
itself nor the others.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from models.ledger.entries import Basis, Content, Entry, EntryKind, Evaluated, Head
from models.patients.patient import Patient
from models.sites.sites import Site
from scoring import decline, instruments
from scoring.decline import RULES_VERSION, Evaluation, Flag, Memory, Policy, Report, UnknownMemory
from scoring.decline.fold import Read
from scoring.decline.news import CameOn
from scoring.instruments import Definition, Score
from services.alerts import news
from services.reports import circumstances
from services.reports.histories import ReportRecord, ReportState, records
from services.reports.safety import overlay
from services.reports.safety.told import Told
from services.sites import catalogue, policy_in_force

_log = logging.getLogger(__name__)


class HistoryNeeded(Exception):
    """The head does not suffice: the whole history has to be evaluated anew."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a patient's reports are judged by; and whether the site takes notes with them."""

    patient: Patient
    policy: Policy
    basis: Basis
    takes_notes: bool = True


def criteria_for(patient: Patient, site: Site) -> Criteria:
    """Return the policy in force for the patient, and the basis that an evaluation by it names."""
    policy = policy_in_force.policy_of(patient.overrides, site)
    basis = Basis(patient.profile_version, site.policy_version, RULES_VERSION)
    return Criteria(patient, policy, basis, site.takes_notes)


class Answered(NamedTuple):
    """A report as it counts now.

    Attributes:
        received_at: when its first version was received.
        score: where it is known already.
    """

    report_id: str
    content: Content
    received_at: datetime
    score: Score | None = None


def report_of(answered: Answered, site_id: str) -> Report:
    """Return the report as the rules see it, scored by the rules of its own instrument version.

    Args:
        answered: what was answered.
        site_id: whose definitions count.

    Raises:
        Exception: whatever scoring may raise on stored answers; callers turn it into a data query.
    """
    content, score = answered.content, answered.score
    if content.observed_at is None or content.observed_on is None:
        raise ValueError("a report has a time")
    if score is None:
        definition = catalogue.find(site_id, content.instrument, content.instrument_version)
        score = instruments.score(definition, content.answers)
    return Report(
        id=answered.report_id,
        observed_at=content.observed_at,
        observed_on=content.observed_on,
        instrument=content.instrument,
        respondent=content.respondent,
        answers=content.answers,
        score=score,
        mode=content.mode,
        duration_seconds=content.duration_seconds,
        doubts=content.doubts,
        phone=content.by.session_id,
        shift_seconds=content.clock_shift_seconds,
        received_at=answered.received_at,
    )


def answered_of(record: ReportRecord) -> Answered:
    """Return the version of a report that counts."""
    return Answered(record.id, record.latest.content, record.versions[0].received_at)


def score_or_none(definition: Definition, answers: Mapping[str, int | float]) -> Score | None:
    """Return the score, or None when scoring fails: the answers are stored all the same."""
    try:
        return instruments.score(definition, answers)
    except Exception:  # whatever scoring may raise: evaluating tells it as a data query
        _log.exception("answers could not be scored", extra={"instrument": definition.key})
        return None


def score_to_store(score: Score | None) -> dict[str, Any] | None:
    """Return the numbers of a score.

    Ranges, directions and notes follow from the definition, so they are not stored (`receipts` adds them).
    """
    if score is None:
        return None
    return {
        "total": score.total,
        "complete": score.complete,
        "missing": list(score.missing),
        "rule_version": score.rule_version,
        "values": {key: one.value for key, one in score.values.items()},
    }


def follow(head: Head | None, entry: Entry, score: Score | None, criteria: Criteria) -> Evaluated:
    """Evaluate the entry that is to follow the head from what the head remembers.

    Args:
        head: the latest entry.
        entry: a report, one that goes into quarantine, or a safety notice.
        score: of the report.
        criteria: what it is judged by.

    Raises:
        HistoryNeeded: the report was observed before others, the head was judged on another basis, or a rule
            failed on the report, which evaluating anew tells as a data query.
    """
    if head is None:
        memory, told = decline.begin(), overlay.NOTHING
    elif head.evaluated.basis != criteria.basis or head.evaluated.unread:
        raise HistoryNeeded
    else:
        memory, told = _remembered(head), overlay.from_stored(head.evaluated.outside)
    new = overlay.told_by(entry)
    told = overlay.with_more(told, new)
    profile, policy = criteria.patient.profile, criteria.policy
    came_on: tuple[CameOn, ...] = ()
    if entry.kind is EntryKind.REPORT:
        memory, came_on = _read(memory, entry, score, criteria)
    found = decline.conclude(memory, profile, policy, came_on)
    return _evaluated(found, criteria, head, _Beside(told, new))


def anew(
    entries: Iterable[Entry],
    criteria: Criteria,
    *,
    entry: Entry | None = None,
    head: Head | None = None,
) -> Evaluated:
    """Evaluate the whole history.

    Args:
        entries: all of the patient, in the order of their numbers.
        criteria: what they are judged by.
        entry: one more that is to follow them; what it is about is told as news.
        head: the latest of those that are stored.
    """
    history = [*entries, entry] if entry is not None else list(entries)
    failed: list[Flag] = []

    def tell(report_id: str, observed_at: datetime) -> None:
        _log.exception("a report could not be evaluated", extra={"report_id": report_id})
        failed.append(decline.unread(report_id, observed_at))

    reports = []
    for record in records(history).values():
        if record.state is ReportState.CURRENT:
            try:
                reports.append(report_of(answered_of(record), criteria.patient.site_id))
            except Exception:  # a failure of one report is told, and the others are read all the same
                tell(record.id, record.key[0])
    found = decline.evaluate(
        reports,
        criteria.patient.profile,
        criteria.policy,
        new=() if entry is None else {entry.report_id or ""},
        failed=lambda report: tell(report.id, report.observed_at),
    )
    new = () if entry is None else overlay.told_by(entry)
    return _evaluated(found, criteria, head, _Beside(overlay.told_in(history), new, tuple(failed)))


def needs_alignment(evaluated: Evaluated, head: Head | None) -> bool:
    """Return whether alerts may be out of step: they were before, or something changed that decides of them.

    It follows from what is stored, the entry and its head, so that no crash can lose it. A mute begins and
    ends by the day, so whoever has one is always looked at.
    """
    evaluation = evaluated.evaluation
    before: Mapping[str, Any] = {"topics": {}, "flags": []} if head is None else head.evaluated.evaluation
    was_pending = head is not None and head.alerts_pending
    if was_pending or circumstances.differ(evaluation, before):
        return True
    muted = bool(evaluation.get("mutes")) and any(topic["on"] for topic in evaluation["topics"].values())
    return muted or news.decisive(evaluation) != news.decisive(before)


def _read(memory: Memory, entry: Entry, score: Score | None, criteria: Criteria) -> Read:
    try:
        answered = Answered(entry.event_id, entry.content, entry.received_at, score)
        report = report_of(answered, entry.site_id)
        return decline.read(memory, report, criteria.patient.profile, criteria.policy)
    except Exception as error:
        raise HistoryNeeded from error


def _remembered(head: Head) -> Memory:
    try:
        return Memory.from_dict(head.evaluated.memory)
    except UnknownMemory as error:
        raise HistoryNeeded from error


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside that which the rules say: what is outside of them, and what they failed on."""

    told: tuple[Told, ...] = ()
    new: tuple[Told, ...] = ()
    failed: tuple[Flag, ...] = ()


def _evaluated(found: Evaluation, criteria: Criteria, head: Head | None, beside: _Beside) -> Evaluated:
    evaluation = found.as_dict() | circumstances.of(criteria.patient, criteria.policy)
    evaluation["news"] = circumstances.news_with(head, evaluation)
    last = found.memory.last_key
    if beside.told:
        as_of = None if last is None else last[0]
        evaluation = overlay.laid_over(evaluation, beside.told, beside.new, as_of=as_of)
    for flag in beside.failed:
        signal = overlay.as_signal(flag.as_dict())
        evaluation = overlay.with_signals(evaluation, flag.topic, [signal], lead=True)
    return Evaluated(
        basis=criteria.basis,
        evaluation=evaluation,
        memory=found.memory.as_dict(),
        unread=tuple(flag.raised_by for flag in beside.failed),
        outside=overlay.to_stored(beside.told),
        live=found.memory,
    )
