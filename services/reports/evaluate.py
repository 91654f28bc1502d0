"""One more event about a patient, evaluated in memory: what the next ledger entry will carry.

A report observed after all others is folded into what the head remembers; everything else (late, corrected,
voided, another profile, policy or set of rules) has the history evaluated anew. Both give the same result.
A report that the rules fail on is set aside with a data query, so that one bad report silences neither
itself nor the others.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.ledger.entries import Basis, Content, Evaluated, Head
from models.patients.patients import Patient
from models.sites.sites import Site
from scoring import decline, instruments
from scoring.decline import RULES_VERSION, Flag, Memory, Policy, Report, UnknownMemory
from scoring.instruments import Definition, Score
from services.reports import circumstances
from services.reports.histories import ReportRecord, ReportState
from services.sites import catalogue, policy_in_force

_log = logging.getLogger(__name__)


class HistoryNeeded(Exception):
    """The head does not suffice: the whole history has to be evaluated anew."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What a patient's reports are judged by."""

    patient: Patient
    policy: Policy
    basis: Basis


def judge_of(patient: Patient, site: Site) -> Judge:
    """Return the policy in force for the patient, and the basis that an evaluation by it names."""
    policy = policy_in_force.policy_of(patient.overrides, site)
    return Judge(patient, policy, Basis(patient.profile_version, site.policy_version, RULES_VERSION))


def report_of(report_id: str, content: Content, site_id: str, score: Score | None = None) -> Report:
    """Return the report as the rules see it, scored by the rules of its own instrument version.

    Args:
        report_id: the report.
        content: what was answered.
        site_id: whose definitions count.
        score: where it is known already.

    Raises:
        Exception: whatever scoring may raise on stored answers; callers turn it into a data query.
    """
    if content.observed_at is None or content.observed_on is None:
        raise ValueError("a report has a time")
    if score is None:
        definition = catalogue.find(site_id, content.instrument, content.instrument_version)
        score = instruments.score(definition, content.answers)
    return Report(
        id=report_id,
        observed_at=content.observed_at,
        observed_on=content.observed_on,
        instrument=content.instrument,
        respondent=content.respondent,
        answers=content.answers,
        score=score,
        mode=content.mode,
        duration_seconds=content.duration_seconds,
    )


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


def follow(
    head: Head | None, report_id: str, content: Content, score: Score | None, judge: Judge
) -> Evaluated:
    """Fold a new report into what the head remembers.

    Raises:
        HistoryNeeded: the report was observed before others, the head was judged on another basis, or a rule
            failed on the report, which evaluating anew tells as a data query.
    """
    if head is None:
        standing = decline.begin()
    elif head.evaluated.basis != judge.basis or head.evaluated.unread:
        raise HistoryNeeded
    else:
        standing = _remembered(head)
    try:
        report = report_of(report_id, content, judge.patient.site_id, score)
        standing = decline.advance(standing, report, judge.patient.profile, judge.policy)
    except Exception as error:
        raise HistoryNeeded from error
    return _evaluated(standing, judge, [], ())


def anew(records: Iterable[ReportRecord], judge: Judge) -> Evaluated:
    """Evaluate the whole history."""
    failed: list[Flag] = []
    standing = decline.begin()
    current = [record for record in records if record.state is ReportState.CURRENT]
    for record in sorted(current, key=lambda one: one.key):
        content = record.latest.content
        try:
            report = report_of(record.id, content, judge.patient.site_id)
            standing = decline.advance(standing, report, judge.patient.profile, judge.policy)
        except Exception:  # a failure of one report is told, and the others are read all the same
            _log.exception("a report could not be evaluated", extra={"report_id": record.id})
            failed.append(decline.unread(record.id, record.key[0]))
    return _evaluated(standing, judge, failed, tuple(flag.raised_by for flag in failed))


def unscored(head: Head | None, judge: Judge) -> Evaluated:
    """Return the evaluation unchanged, for an event that no rule reads."""
    if head is not None:
        return replace(head.evaluated, evaluation={**head.evaluated.evaluation, "news": []})
    return _evaluated(decline.begin(), judge, [], ())


def needs_alignment(evaluated: Evaluated, head: Head | None) -> bool:
    """Return whether alerts may be out of step: they were before, a topic is on, or one has changed."""
    topics = evaluated.evaluation["topics"]
    before: Mapping[str, Any] = {"topics": {}} if head is None else head.evaluated.evaluation
    was_todo = head is not None and head.todo
    changed = topics != before["topics"] or circumstances.differ(evaluated.evaluation, before)
    return was_todo or changed or any(topic["on"] for topic in topics.values())


def _remembered(head: Head) -> Memory:
    try:
        return Memory.from_dict(head.evaluated.standing)
    except UnknownMemory as error:
        raise HistoryNeeded from error


def _evaluated(standing: Memory, judge: Judge, failed: list[Flag], unread: tuple[str, ...]) -> Evaluated:
    evaluation = decline.conclude(standing, judge.patient.profile, judge.policy).as_dict()
    for flag in failed:
        evaluation = _with_query(evaluation, flag)
    evaluation |= circumstances.of(judge.patient, judge.policy)
    return Evaluated(judge.basis, evaluation, standing.as_dict(), unread, memory=standing)


def _with_query(evaluation: Mapping[str, Any], query: Flag) -> dict[str, Any]:
    """Add a failed reading to the topic of data queries; it leads, because nothing is known of the report."""
    flags = [flag for flag in evaluation["flags"] if flag["topic"] != query.topic.value]
    others = [flag for flag in evaluation["flags"] if flag["topic"] == query.topic.value]
    added = query.as_dict()
    added["further"] = [_as_signal(flag) for flag in others] + [
        one for flag in others for one in flag["further"]
    ]
    moment = query.raised_at.isoformat()
    topic = {
        "on": True,
        "level": query.level.value,
        "raised_by": query.raised_by,
        "raised_at": moment,
        "cleared_at": None,
        "met_by": query.raised_by,
        "met_at": moment,
    }
    topics = {**evaluation["topics"], query.topic.value: topic}
    return {**evaluation, "flags": [added, *flags], "topics": topics}


def _as_signal(flag: Mapping[str, Any]) -> dict[str, Any]:
    of_flag = {"topic", "restricted", "data_query", "further"}
    return {name: value for name, value in flag.items() if name not in of_flag}
