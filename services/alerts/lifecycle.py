"""What an evaluation makes of an alert: opened, updated, raised again, cleared or retracted. Pure functions.

An alert ends with its flag: cleared when the condition has passed, retracted when the history as now known
would not have raised it. What a clinician has dealt with is not raised again by the same evidence. Only the
change from one condition to another ends an alert, so one that a clinician reopened stays open. Who reads and
writes is `alert_desk`; clinicians' own moves are in `alert_actions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from models.alerts.alert import BY_CLINICIAN, BY_EVALUATION, CURRENT, Alert, Condition, Grounds, State, Step
from models.store.base import milliseconds
from models.store.provenance import by_itself
from scoring.decline import Level, Topic

QUIET = timedelta(days=28)
"""Our choice: so long an alert that was dealt with is not raised again at the same level."""

SAFETY = frozenset({Topic.SELF_HARM.value})
"""Raised again by each report of it, and ended by a clinician only, never by an evaluation."""

MAX_STEPS = 200
"""Our choice: a longer history takes no comments, nor notes of changes that leave the state as it is."""


class Event(StrEnum):
    """What an evaluation or the passing of time does to an alert."""

    OPENED = "opened"
    RAISED_AGAIN = "raised_again"
    LEVEL_CHANGED = "level_changed"
    HOLDS_AGAIN = "holds_again"
    PASSED = "passed"
    WITHDRAWN = "withdrawn"
    CLEARED = "cleared"
    RETRACTED = "retracted"
    WOKE = "woke"


class Reason(StrEnum):
    """Why something that was dealt with is raised again."""

    HIGHER_LEVEL = "higher_level"
    NEW_EPISODE = "new_episode"
    STILL_MET_LATER = "still_met_later"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an evaluation says of one topic.

    Attributes:
        flag: standing now; None when the topic is off.
        grounds: of the latest episode in the history as now known; None when there never was one.
        cleared_at: when that one ended.
    """

    flag: Mapping[str, Any] | None = None
    grounds: Grounds | None = None
    cleared_at: datetime | None = None


NEVER_RAISED = Verdict()


@dataclass(frozen=True, slots=True)
class Cause:
    """When and by what an alert is looked at.

    Attributes:
        seq: number of the ledger entry whose evaluation speaks; 0 for the calendar.
        by: "evaluation" or "clock".
    """

    seq: int
    now: datetime
    by: str = "evaluation"

    def step(self, event: Event, state: State, **details: str) -> Step:
        """Return the line of history for what happens on this cause."""
        entry = {"entry": str(self.seq)} if self.seq else {}
        return Step(self.now, event.value, by_itself(self.by), state, "", {**details, **entry})


@dataclass(frozen=True, slots=True)
class Change:
    """An alert is to become another; the flag is left as it is when none is given."""

    before: Alert
    after: Alert
    step: Step | None = None
    flag: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """A new episode is to be opened, once the one before is sealed."""

    topic: str
    episode: int
    seals: Alert | None = None


Move = Change | NewEpisode


def verdicts_of(evaluation: Mapping[str, Any]) -> dict[str, Verdict]:
    """Return what an evaluation, in the form of `Evaluation.as_dict`, says of each topic it names."""
    flags = {flag["topic"]: flag for flag in evaluation["flags"]}
    return {
        topic: _verdict(topic, flags.get(topic), standing) for topic, standing in evaluation["topics"].items()
    }


def next_move(topic: str, latest: Alert | None, verdict: Verdict, cause: Cause) -> Move | None:
    """Return what has to happen next on a topic; None when its alert is in step, or follows a newer entry."""
    if latest is None:
        return None if verdict.flag is None else NewEpisode(topic, 1)
    if latest.based_on > cause.seq:
        return None
    if verdict.flag is None or verdict.grounds is None:
        return _while_off(latest, _condition(latest, verdict), cause)
    return _while_on(latest, verdict.flag, verdict.grounds, cause)


def opened(key: NewEpisode, patient: tuple[str, str], verdict: Verdict, cause: Cause) -> Alert:
    """Return the alert of a new episode, not shown yet; `patient` is patient and site."""
    if verdict.flag is None or verdict.grounds is None:
        raise ValueError("only a flag opens an alert")
    return Alert(
        *patient,
        topic=key.topic,
        episode=key.episode,
        state=State.OPENING,
        condition=Condition.HOLDS,
        grounds=verdict.grounds,
        **_from_flag(verdict.flag),
        based_on=cause.seq,
        opened_at=cause.now,
        since=cause.now,
    )


def woken(alert: Alert, now: datetime) -> Change:
    """Return the end of a snooze."""
    return _change(alert, replace(alert.at(now), handled=None), Event.WOKE, Cause(0, now, by="clock"))


def raised_again(alert: Alert, grounds: Grounds, now: datetime) -> Reason | None:
    """Return why an alert is to be raised again on these grounds; None when it is not.

    For what was dealt with, a higher level always is a reason. For a safety topic every report of it is one,
    also one that arrived late; once the alert was resolved or dismissed, an episode that began after
    everything seen then. Otherwise it takes new evidence, and `QUIET`.
    """
    if alert.handled is None and alert.topic not in SAFETY:
        return None
    seen = alert.grounds if alert.handled is None else alert.handled.grounds
    if grounds.level.rank > seen.level.rank:
        return Reason.HIGHER_LEVEL
    began_later = (grounds.raised_at, grounds.raised_by) > (seen.met_at, seen.met_by)
    told_late = not set(grounds.occurrences) <= set(seen.occurrences)
    if told_late or (began_later and (alert.topic in SAFETY or alert.state in BY_CLINICIAN)):
        return Reason.NEW_EPISODE
    met_later = (grounds.met_at, grounds.met_by) > (seen.met_at, seen.met_by)
    long_ago = alert.handled is not None and now - alert.handled.at >= QUIET
    return Reason.STILL_MET_LATER if met_later and long_ago else None


def _while_on(latest: Alert, flag: Mapping[str, Any], grounds: Grounds, cause: Cause) -> Move | None:
    after = replace(
        latest, condition=Condition.HOLDS, grounds=grounds, based_on=cause.seq, **_from_flag(flag)
    )
    if latest.state is State.OPENING:
        shown = replace(after, state=State.OPEN, opened_at=cause.now, since=cause.now)
        return Change(latest, shown, None, flag)
    if latest.state in CURRENT:
        return _updated(latest, after, flag, cause)
    if latest.state in BY_EVALUATION or raised_again(latest, grounds, cause.now):
        return NewEpisode(latest.topic, latest.episode + 1, None if latest.sealed else latest)
    if latest.condition is Condition.HOLDS:
        return None
    return _change(latest, replace(latest, condition=Condition.HOLDS), Event.HOLDS_AGAIN, cause)


def _updated(latest: Alert, after: Alert, flag: Mapping[str, Any], cause: Cause) -> Change | None:
    reason = raised_again(latest, after.grounds, cause.now)
    if reason is not None:
        since = latest.since if latest.state is State.OPEN else cause.now
        again = replace(after, state=State.OPEN, since=since, snoozed_until=None, handled=None)
        details = {"because": reason.value, "raised_by": after.grounds.raised_by}
        return _change(latest, again, Event.RAISED_AGAIN, cause, flag, **details)
    if after.level is not latest.level:
        levels = {"level": after.level.value, "level_before": latest.level.value}
        return _change(latest, after, Event.LEVEL_CHANGED, cause, flag, **levels)
    if after.condition is not latest.condition:
        return _change(latest, after, Event.HOLDS_AGAIN, cause, flag)
    return None if after == latest else Change(latest, after, None, flag)


def _while_off(latest: Alert, condition: Condition, cause: Cause) -> Change | None:
    if latest.condition is condition:
        return None
    after = replace(latest, condition=condition, based_on=cause.seq)
    passed = condition is Condition.PASSED
    if latest.state is State.OPENING and latest.topic in SAFETY:
        # Taken back before anybody saw it: a clinician hears of it all the same.
        after = replace(after, state=State.OPEN, opened_at=cause.now, since=cause.now)
    if not _ends(latest):
        return _change(latest, after, Event.PASSED if passed else Event.WITHDRAWN, cause)
    state, event = (State.CLEARED, Event.CLEARED) if passed else (State.RETRACTED, Event.RETRACTED)
    ended = replace(after, state=state, since=cause.now, snoozed_until=None)
    return _change(latest, ended, event, cause)


def _ends(latest: Alert) -> bool:
    """Whether the flag's end is the alert's end too, or changes how it ended."""
    if latest.state in BY_EVALUATION:
        return True
    followed = latest.state in CURRENT or latest.state is State.OPENING
    return followed and latest.condition is Condition.HOLDS and latest.topic not in SAFETY


def _condition(latest: Alert, verdict: Verdict) -> Condition:
    """Whether an alert whose topic is off has had its time, or was not raised in the history as now known."""
    if verdict.grounds is None:
        return Condition.WITHDRAWN
    ended_before = verdict.cleared_at is not None and verdict.cleared_at <= latest.grounds.raised_at
    if ended_before and verdict.grounds.met_at < latest.grounds.raised_at:
        return Condition.WITHDRAWN
    return Condition.PASSED


def _change(
    before: Alert,
    after: Alert,
    event: Event,
    cause: Cause,
    flag: Mapping[str, Any] | None = None,
    **details: str,
) -> Change:
    if before.state is after.state and before.steps >= MAX_STEPS:
        return Change(before, after, None, flag)
    return Change(before, after, cause.step(event, after.state, **details), flag)


def _verdict(topic: str, flag: Mapping[str, Any] | None, standing: Mapping[str, Any]) -> Verdict:
    grounds = Grounds(
        level=Level(standing["level"]),
        raised_by=standing["raised_by"],
        raised_at=_moment(standing["raised_at"]),
        met_by=standing["met_by"],
        met_at=_moment(standing["met_at"]),
        occurrences=_occurrences(flag) if flag is not None and topic in SAFETY else (),
    )
    cleared_at = standing["cleared_at"]
    return Verdict(flag, grounds, None if cleared_at is None else _moment(cleared_at))


def _occurrences(flag: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(report for signal in (flag, *flag["further"]) for report in signal["evidence"])


def _moment(text: str) -> datetime:
    return milliseconds(datetime.fromisoformat(text))


def _from_flag(flag: Mapping[str, Any]) -> dict[str, Any]:
    return {name: flag[name] for name in ("sentence", "restricted", "data_query")}
