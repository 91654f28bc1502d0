"""One more event about a patient, evaluated in memory: what the next ledger entry will carry.

A report observed after all others is folded into what the head remembers; everything else (late, corrected,
voided, another profile, policy or set of rules) has the history evaluated anew. Both give the same result.
A report that the rules fail on is set aside with a data query, so that one bad report silences neither
itself nor the others.
"""

from __future__ import annotations

import logging
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from models.ledger.entries import Basis, Content, Evaluated, Head
from models.patients.patients import Patient
from models.sites.sites import Site
from scoring import decline, instruments
from scoring.decline import RULES_VERSION, Evaluation, Flag, Memory, Policy, Report, UnknownMemory
from scoring.instruments import Definition, Score
from services.reports.histories import ReportRecord, ReportState
from services.sites import catalogue, policy_in_force

_log = logging.getLogger(__name__)


class HistoryNeeded(Exception):
    """The head does not suffice: the whole history has to be evaluated anew."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a patient's reports are judged by."""

    patient: Patient
    policy: Policy
    basis: Basis


def criteria_for(patient: Patient, site: Site) -> Criteria:
    """Return the policy in force for the patient, and the basis that an evaluation by it names."""
    policy = policy_in_force.policy_of(patient.overrides, site)
    return Criteria(patient, policy, Basis(patient.profile_version, site.policy_version, RULES_VERSION))


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


def follow(head: Head | None, answered: Answered, criteria: Criteria) -> Evaluated:
    """Fold a new report into what the head remembers.

    Raises:
        HistoryNeeded: the report was observed before others, the head was judged on another basis, or a rule
            failed on the report, which evaluating anew tells as a data query.
    """
    if head is None:
        memory = decline.begin()
    elif head.evaluated.basis != criteria.basis or head.evaluated.unread:
        raise HistoryNeeded
    else:
        memory = _remembered(head)
    try:
        report = report_of(answered, criteria.patient.site_id)
        memory, came_on = decline.read(memory, report, criteria.patient.profile, criteria.policy)
    except Exception as error:
        raise HistoryNeeded from error
    evaluation = decline.conclude(memory, criteria.patient.profile, criteria.policy, came_on)
    return _evaluated(evaluation, criteria, [], head)


def anew(
    records: Iterable[ReportRecord], criteria: Criteria, *, new: Container[str] = (), head: Head | None = None
) -> Evaluated:
    """Evaluate the whole history.

    Args:
        records: all reports of the patient.
        criteria: what they are judged by.
        new: ids of the reports that the evaluation of the head has not read as they stand now.
        head: what is followed.
    """
    failed: list[Flag] = []

    def tell(report_id: str, observed_at: datetime) -> None:
        _log.exception("a report could not be evaluated", extra={"report_id": report_id})
        failed.append(decline.unread(report_id, observed_at))

    reports = []
    for record in records:
        if record.state is ReportState.CURRENT:
            try:
                reports.append(report_of(answered_of(record), criteria.patient.site_id))
            except Exception:  # a failure of one report is told, and the others are read all the same
                tell(record.id, record.key[0])
    evaluation = decline.evaluate(
        reports,
        criteria.patient.profile,
        criteria.policy,
        new=new,
        failed=lambda report: tell(report.id, report.observed_at),
    )
    return _evaluated(evaluation, criteria, failed, head)


def unscored(head: Head | None, criteria: Criteria) -> Evaluated:
    """Return the evaluation unchanged, for an event that no rule reads."""
    if head is not None:
        evaluation = {**head.evaluated.evaluation, "news": _not_aligned(head)}
        return replace(head.evaluated, evaluation=evaluation)
    profile, policy = criteria.patient.profile, criteria.policy
    return _evaluated(decline.conclude(decline.begin(), profile, policy), criteria, [], None)


def needs_alignment(evaluated: Evaluated, head: Head | None) -> bool:
    """Return whether alerts may be out of step: they were before, a topic is on or changed, or news came."""
    topics = evaluated.evaluation["topics"]
    before = {} if head is None else head.evaluated.evaluation["topics"]
    was_pending = head is not None and head.alerts_pending
    if was_pending or topics != before or evaluated.evaluation["news"]:
        return True
    return any(topic["on"] for topic in topics.values())


def _remembered(head: Head) -> Memory:
    try:
        return Memory.from_dict(head.evaluated.memory)
    except UnknownMemory as error:
        raise HistoryNeeded from error


def _evaluated(found: Evaluation, criteria: Criteria, failed: list[Flag], head: Head | None) -> Evaluated:
    evaluation = found.as_dict()
    evaluation["news"] = [*_not_aligned(head), *evaluation["news"]]
    for flag in failed:
        evaluation = _with_query(evaluation, flag)
    unread = tuple(flag.raised_by for flag in failed)
    return Evaluated(criteria.basis, evaluation, found.memory.as_dict(), unread, live=found.memory)


def _not_aligned(head: Head | None) -> list[Any]:
    """The news that the alerts may not have heard of: only the newest evaluation is told to them."""
    return [] if head is None or not head.alerts_pending else head.evaluated.evaluation["news"]


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
