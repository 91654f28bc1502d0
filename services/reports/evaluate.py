"""One more event about a patient, evaluated in memory: what the next ledger entry will carry.

A report observed after all others is folded into what the head remembers; everything else (late, corrected,
voided, another profile, policy or set of rules) has the history evaluated anew. Both give the same result.
A report that the rules fail on is set aside with a data query, so that one bad report silences neither
itself nor the others.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
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
from services.alerts import marks, news
from services.reports import circumstances
from services.reports.histories import ReportRecord, ReportState, records
from services.reports.safety import overlay
from services.reports.safety.told import Told
from services.sites import catalogue, policy_in_force

_log = logging.getLogger(__name__)


class HistoryNeeded(Exception):
    """The head does not suffice: the whole history has to be evaluated anew."""


class Criteria(NamedTuple):
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
    """Return the score of valid answers, or None when scoring fails: they are stored all the same."""
    try:
        return instruments.score_validated(definition, answers)
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
        "values": {key: value.value for key, value in score.values.items()},
    }


class Scored(NamedTuple):
    """An entry that is to follow the head: a report with its score, a quarantined one, a safety notice."""

    entry: Entry
    score: Score | None


def follow(head: Head | None, more: Sequence[Scored], criteria: Criteria) -> Evaluated:
    """Evaluate what is to follow the head from what the head remembers; what all of it says is told as news.

    Args:
        head: the latest entry.
        more: one or several, in the order of their numbers.
        criteria: what they are judged by.

    Raises:
        HistoryNeeded: a report was observed before others, the head was judged on another basis or is not
            evaluated, or a rule failed on a report, which evaluating anew tells as a data query.
    """
    if head is None:
        memory, told = decline.begin(), overlay.NOTHING
    elif head.evaluated.basis != criteria.basis or head.evaluated.unread or head.evaluated.unevaluated:
        raise HistoryNeeded
    else:
        memory, told = _remembered(head), overlay.from_stored(head.evaluated.outside)
    new = tuple(item for entry, _ in more for item in overlay.told_by(entry))
    told = overlay.with_more(told, new)
    came_on: list[CameOn] = []
    for report in _reports(more, criteria):
        memory, brought = _read(memory, report, criteria)
        came_on += brought
    found = decline.conclude(memory, criteria.patient.profile, criteria.policy, came_on)
    return _evaluated(found, criteria, head, _Beside(told, new))


def anew(
    entries: Iterable[Entry],
    criteria: Criteria,
    *,
    more: Sequence[Entry] = (),
    head: Head | None = None,
) -> Evaluated:
    """Evaluate the whole history.

    Args:
        entries: all of the patient, in the order of their numbers.
        criteria: what they are judged by.
        more: those that are to follow them; what they are about is told as news, and with it what was stored
            and not evaluated yet.
        head: the latest of those that are stored.
    """
    known = list(entries)
    history = [*known, *more]
    late = {entry.event_id for entry in more} | set(() if head is None else head.evaluated.unevaluated)
    added = [entry for entry in history if entry.event_id in late]
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
        new={entry.report_id for entry in added if entry.report_id is not None},
        replaced=_replaced(known, more, criteria.patient.site_id),
        failed=lambda report: tell(report.id, report.observed_at),
    )
    new = tuple(told for entry in added for told in overlay.told_by(entry))
    return _evaluated(found, criteria, head, _Beside(overlay.told_in(history), new, tuple(failed)))


def _replaced(known: Sequence[Entry], more: Sequence[Entry], site_id: str) -> list[Report]:
    """The reports that were read before and are corrected or voided now, as they were."""
    changed = {entry.report_id for entry in more if entry.kind in (EntryKind.CORRECTION, EntryKind.VOID)}
    if not changed:
        return []
    before = (record for record in records(known).values() if record.id in changed)
    found = []
    for record in before:
        with suppress(Exception):  # one that could not be scored was not read
            if record.state is ReportState.CURRENT:
                found.append(report_of(answered_of(record), site_id))
    return found


def put_off(head: Head | None, entry: Entry, criteria: Criteria) -> Evaluated:
    """Return what an entry carries that is evaluated together with the one that follows it.

    It is the evaluation of the head, which names the entry as one that it has not read. So nothing is lost if
    the one that follows never comes: whoever is next evaluates it, or the sweep does.
    """
    if head is None:
        nothing = decline.conclude(decline.begin(), criteria.patient.profile, criteria.policy)
        return replace(
            _evaluated(nothing, criteria, None, _Beside()), unevaluated=(entry.event_id,), live=None
        )
    before = head.evaluated
    news = before.evaluation["news"] if head.alerts_pending else []
    return replace(
        before,
        evaluation={**before.evaluation, "news": news},
        unevaluated=(*before.unevaluated, entry.event_id),
    )


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
    if muted or news.decisive(evaluation) != news.decisive(before):
        return True
    return marks.may_be_worse(evaluation, {} if head is None else head.mildest, before)


def _reports(more: Sequence[Scored], criteria: Criteria) -> list[Report]:
    """The reports among them, in the order in which they were observed."""
    try:
        found = [
            report_of(
                Answered(entry.event_id, entry.content, entry.received_at, score), criteria.patient.site_id
            )
            for entry, score in more
            if entry.kind is EntryKind.REPORT
        ]
    except Exception as error:
        raise HistoryNeeded from error
    return sorted(found, key=lambda report: report.key)


def _read(memory: Memory, report: Report, criteria: Criteria) -> Read:
    try:
        return decline.read(memory, report, criteria.patient.profile, criteria.policy)
    except Exception as error:
        raise HistoryNeeded from error


def _remembered(head: Head) -> Memory:
    try:
        return Memory.from_dict(head.evaluated.memory)
    except UnknownMemory as error:
        raise HistoryNeeded from error


class _Beside(NamedTuple):
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
