"""What is raised although no rule reads it: safety notices, and reports in quarantine.

Follows from the entries of the ledger alone and is laid over the evaluation that the rules make, so that it
survives a crash and a new evaluation like everything else. What is laid over goes from head to head
(`Evaluated.outside`); a release or a void has it made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from typing import Any

from models.ledger.entries import Entry, EntryKind
from scoring.decline import QUARANTINED, Level, Status, Topic
from scoring.decline.reports import LATE, STAFF_MODES
from services.reports.safety import sentences
from services.reports.safety.answers import Concern, look
from services.reports.safety.told import Told

NOTHING: tuple[Told, ...] = ()
MOST = 50
"""Our choice: of one patient so many are named, the latest; forms kept aside displace no concern."""
STANDS = timedelta(days=28)
"""Our choice, as for events in the rules: so long breathing in a form that was not evaluated is named."""


def told_by(entry: Entry) -> tuple[Told, ...]:
    """Return what an entry adds."""
    if entry.kind is EntryKind.SAFETY_NOTICE and entry.notice is not None:
        notice = entry.notice
        told = _told(entry, notice.report_id or entry.event_id, notice.concern, refused=True)
        day = None if notice.observed_on is None else notice.observed_on.isoformat()
        return (replace(told, named=bool(notice.items), answered_on=day),)
    if entry.kind is not EntryKind.QUARANTINE:
        return ()
    content, kept = entry.content, _told(entry, entry.event_id, QUARANTINED)
    finding = look(content.instrument, content.answers, version_known=False)
    if finding is None:
        return (kept,)
    concern = replace(kept, what=finding.concern.value)
    observed_at, observed_on = content.observed_at, content.observed_on
    if content.mode in STAFF_MODES and observed_at and observed_on:
        late = entry.received_at - observed_at > LATE
        concern = replace(concern, answered_on=observed_on.isoformat() if late else None)
    return (kept, concern)


def told_in(entries: Iterable[Entry]) -> tuple[Told, ...]:
    """Return what the entries of a patient add up to; what has left quarantine is kept as having left."""
    found: tuple[Told, ...] = ()
    for entry in entries:
        if entry.kind in (EntryKind.VOID, EntryKind.RELEASE):
            found = tuple(_after_leaving(found, entry))
        found = with_more(found, told_by(entry))
    return found


def with_more(told: Sequence[Told], more: Sequence[Told]) -> tuple[Told, ...]:
    """Return both; where there are too many, without the earliest of those that nothing rests on.

    Forms that are kept aside go first, but for the latest. Of what was told by one rule at one level the
    latest never goes, so that no topic is forgotten because of what came after.
    """
    both = (*told, *more)
    if len(both) <= MOST:
        return both
    latest = {(one.rule, one.level, one.left_at is None): number for number, one in enumerate(both)}
    aside = [number for number, one in enumerate(both) if one.what == QUARANTINED]
    concerns = [number for number, one in enumerate(both) if one.what != QUARANTINED]
    lasting = {number for number in concerns if number in latest.values()}
    others = [number for number in concerns if number not in lasting]
    kept = lasting | _last(others, MOST - len(lasting))
    kept |= _last(aside, MOST - len(kept)) | {number for number in aside if number in latest.values()}
    return tuple(both[number] for number in sorted(kept))


def _last(numbers: Sequence[int], most: int) -> set[int]:
    return set(numbers[-most:]) if most > 0 else set()


def to_stored(told: Sequence[Told]) -> dict[str, Any]:
    """Return the form in which the ledger keeps it."""
    return {"told": [list(astuple(report)) for report in told]} if told else {}


def from_stored(stored: Mapping[str, Any]) -> tuple[Told, ...]:
    """Return what the ledger keeps."""
    return tuple(Told(*values) for values in stored.get("told", ()))


def laid_over(
    evaluation: Mapping[str, Any], told: Sequence[Told], new: Sequence[Told], *, as_of: datetime | None
) -> dict[str, Any]:
    """Return the evaluation with what stands outside of it.

    Args:
        evaluation: in the form of `scoring.decline.Evaluation.as_dict`.
        told: everything that is known.
        new: what became known with this entry.
        as_of: when the latest report was observed.
    """
    result = dict(evaluation)
    for topic in dict.fromkeys(report.topic for report in told):
        of_topic = [report for report in told if report.topic is topic]
        on = [report for report in of_topic if _ends_at(report, as_of) is None]
        by_rule = {
            rule: [report for report in on if report.rule == rule]
            for rule in dict.fromkeys(report.rule for report in on)
        }
        signals = [sentences.signal_of(of_rule) for of_rule in by_rule.values()]
        result = with_signals(result, topic, signals) if signals else _passed(result, of_topic[-1], as_of)
        result["events"] = _events_with(result.get("events", {}), topic, of_topic)
    if new:
        result["news"] = [*result.get("news", ()), *(_news(report) for report in new)]
    return result


def with_signals(
    evaluation: Mapping[str, Any], topic: Topic, signals: Sequence[Mapping[str, Any]], *, lead: bool = False
) -> dict[str, Any]:
    """Return the evaluation with further signals of a topic.

    Args:
        evaluation: in the form of `scoring.decline.Evaluation.as_dict`.
        topic: what they are about.
        signals: in the form of `scoring.decline.Signal.as_dict`.
        lead: whether they go before those of the rules that are as severe.
    """
    flags = {flag["topic"]: flag for flag in evaluation["flags"]}
    before = flags.get(topic.value)
    known = [] if before is None else [as_signal(before), *before["further"]]
    in_order = [*signals, *known] if lead else [*known, *signals]
    # Of two that are as severe, what the latest report does not say any more never speaks for both.
    first, *further = sorted(in_order, key=lambda one: (-_rank(one), one["status"] == Status.CLEARING))
    flags[topic.value] = {
        "topic": topic.value,
        **first,
        "restricted": topic is Topic.SELF_HARM or bool(before and before["restricted"]),
        "data_query": topic is Topic.DATA_QUERY,
        "further": further,
    }
    latest = max(signals, key=lambda signal: datetime.fromisoformat(signal["raised_at"]))
    state = evaluation["topics"].get(topic.value)
    topics = {**evaluation["topics"], topic.value: _raised(state, latest, _rank(first))}
    return {**evaluation, "flags": sorted(flags.values(), key=lambda flag: -_rank(flag)), "topics": topics}


def _events_with(events: Mapping[str, list[str]], topic: Topic, told: Sequence[Told]) -> dict[str, list[str]]:
    more = {report.rule for report in told if report.what != QUARANTINED}
    found = sorted({*events.get(topic.value, ()), *more})
    return {**events, topic.value: found} if found else dict(events)


def _told(entry: Entry, told_id: str, what: str, *, refused: bool = False) -> Told:
    content = entry.content
    return Told(
        id=told_id,
        at=entry.received_at.isoformat(),
        what=what,
        refused=refused,
        respondent=content.respondent,
        instrument=content.instrument,
        version=content.instrument_version,
    )


def _after_leaving(told: Sequence[Told], entry: Entry) -> Iterable[Told]:
    """A report that leaves quarantine is read by the rules, or is void: what it told is theirs to say."""
    for report in told:
        if report.refused or report.id != entry.report_id:
            yield report
        elif report.what == QUARANTINED:
            yield replace(report, left_at=report.left_at or entry.received_at.isoformat())


def _ends_at(one: Told, as_of: datetime | None) -> datetime | None:
    if one.left_at is not None:
        return datetime.fromisoformat(one.left_at)
    end = one.moment + STANDS
    breathing = one.what == Concern.BREATHING.value
    return end if breathing and as_of is not None and as_of >= end else None


def _passed(evaluation: Mapping[str, Any], last: Told, as_of: datetime | None) -> dict[str, Any]:
    """Say of a topic on which nothing stands any more that it did, where the rules do not know it."""
    state, end = evaluation["topics"].get(last.topic.value), _ends_at(last, as_of)
    known = state is not None and (state["on"] or datetime.fromisoformat(state["met_at"]) >= last.moment)
    if known or end is None:
        return dict(evaluation)
    passed = _state(last.level.value, last.id, last.at, on=False, cleared_at=end.isoformat())
    return {**evaluation, "topics": {**evaluation["topics"], last.topic.value: passed}}


def _raised(state: Mapping[str, Any] | None, latest: Mapping[str, Any], rank: int) -> dict[str, Any]:
    level = next(level.value for level in Level if level.rank == rank)
    if state is not None and state["on"]:
        later = datetime.fromisoformat(state["raised_at"]) > datetime.fromisoformat(latest["raised_at"])
        if later:
            return {**state, "level": level}
    return _state(level, latest["raised_by"], latest["raised_at"], on=True, cleared_at=None)


def _state(level: str, told_by_id: str, at: str, *, on: bool, cleared_at: str | None) -> dict[str, Any]:
    return {
        "on": on,
        "level": level,
        "raised_by": told_by_id,
        "raised_at": at,
        "cleared_at": cleared_at,
        "met_by": told_by_id,
        "met_at": at,
    }


def _news(one: Told) -> dict[str, Any]:
    signal = sentences.signal_of([one])
    return {
        "topic": one.topic.value,
        "rule": one.rule,
        "level": one.level.value,
        "report_id": one.id,
        "observed_at": one.at,
        "mark": signal["mark"],
        "flag": None,
        "occurrence": one.topic is Topic.SELF_HARM,
    }


def _rank(signal: Mapping[str, Any]) -> int:
    return Level(signal["level"]).rank


def as_signal(flag: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flag without what belongs to the topic."""
    of_flag = {"topic", "restricted", "data_query", "further"}
    return {name: value for name, value in flag.items() if name not in of_flag}
