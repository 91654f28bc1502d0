"""What an evaluation makes of an alert: opened, raised again, passed, withdrawn, ended. Pure functions.

What people did (state) and what the reports say (condition) are two things: `soon`, `urgent` and safety
alerts end by a person only, and carry the condition as a mark; an inform ends with its condition. What ends
and nobody has acted on stands in a list of its own for `GLANCE`. Only news (`services.alerts.news`) puts an
alert before people again. What time does is in `by_clock`, what people do in `actions`; who reads and writes
is `align`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from models.alerts.alert import (
    CURRENT,
    Alert,
    Because,
    Condition,
    End,
    EndedHow,
    Escalation,
    State,
)
from models.alerts.changes import Change
from models.alerts.notices import NoticeKind
from scoring.decline import Level, Topic
from services.alerts.moves import (
    Cause,
    Event,
    Move,
    NewEpisode,
    change,
    counted,
    ended,
    with_end_by_clock,
)
from services.alerts.news import OUTLIVES, POLICY, Verdict, flag_of, reason_to_raise, signals_of
from services.alerts.opening import in_step, marks_of, may_open, news_baseline, told_after
from services.alerts.outcomes import Outcome
from services.alerts.terms import SAFETY, at_once


def next_move(topic: str, latest: Alert | None, verdict: Verdict, cause: Cause) -> Move | None:
    """Return what has to happen next on a topic; None when its alert is in step, or follows a newer entry."""
    left_alone = verdict.not_followed is not None and topic not in OUTLIVES
    if latest is None:
        return NewEpisode(topic, 1) if not left_alone and may_open(None, verdict) else None
    if latest.based_on > cause.seq:
        return None
    if left_alone:
        return _not_followed(latest, verdict, cause)
    if latest.state is State.OPENING:
        return _shown(latest, verdict, cause)
    return (
        _while_current(latest, verdict, cause) if latest.state in CURRENT else _ended(latest, verdict, cause)
    )


def _shown(latest: Alert, verdict: Verdict, cause: Cause) -> Change:
    """An insert that nobody saw yet is shown, whatever the reports say by now."""
    now, terms = cause.now, cause.terms
    after = in_step(latest, verdict, cause)
    due = terms.due_at(after.level, after.topic, now)
    after = replace(
        after,
        state=State.OPEN,
        condition=condition_of(after, verdict),
        opened_at=now,
        since=now,
        raised_at=now,
        condition_at=now,
        due_at=due,
        escalation=Escalation(0, terms.first_step_at(after.level, after.topic, due, now)),
        notices=latest.notices.after(NoticeKind.RAISED, now),
    )
    if after.condition is not Condition.HOLDS and _ends_with_condition(after):
        return _ended_by_reports(latest, after, cause)
    return Change(latest, with_end_by_clock(after, terms), None, flag_of(latest, verdict), read_again=True)


def _while_current(latest: Alert, verdict: Verdict, cause: Cause) -> Change | None:
    after = in_step(latest, verdict, cause)
    muted_until = verdict.muted_until
    if muted_until is not None and not _passes_mute(latest, verdict):
        return _muted(latest, after, muted_until, cause)
    reason = reason_to_raise(latest, verdict, cause.now)
    if reason is not None:
        return _raised_again(latest, after, verdict, reason, cause)
    after = replace(after, told=told_after(latest.told, verdict), not_followed=None)
    condition = condition_of(after, verdict)
    if condition is not latest.condition or latest.not_followed is not None:
        return _condition_changed(latest, after, condition, verdict, cause)
    after = with_end_by_clock(after, cause.terms)
    return None if after == latest else Change(latest, after, None, flag_of(latest, verdict))


def _raised_again(latest: Alert, after: Alert, verdict: Verdict, reason: Because, cause: Cause) -> Change:
    now = cause.now
    signals = list(signals_of(latest, verdict))
    level = max((latest.level, *(signal.level for signal in signals)), key=lambda level: level.rank)
    due = cause.terms.due_at(level, latest.topic, now)
    due = min(due, latest.due_at) if latest.state is State.OPEN else due
    after = replace(
        after,
        state=State.OPEN,
        since=latest.since if latest.state is State.OPEN else now,
        level=level,
        until=None,
        raised_at=now,
        raised_because=reason,
        due_at=due,
        baseline=news_baseline(latest, signals, verdict, level, cause),
        fresh=tuple(sorted({*latest.fresh, *(signal.rule for signal in signals)})),
        told=told_after(latest.told, verdict),
        seen_at=None,
        seen_by=None,
        escalation=_raised_chain(latest, cause.terms.first_step_at(level, latest.topic, due, now)),
        notices=latest.notices.after(NoticeKind.RAISED, now),
        held_open=False,
        not_followed=None,
        counts=counted(latest, reason.value),
    )
    condition, flag = condition_of(after, verdict), flag_of(latest, verdict)
    if condition is not latest.condition:
        after = replace(after, condition=condition, condition_at=now)
    if condition is not Condition.HOLDS and _ends_with_condition(after):
        return _ended_by_reports(latest, after, cause, flag)
    details = {"because": reason.value, "level": level.value, "by": after.grounds.met_by}
    return change(latest, with_end_by_clock(after, cause.terms), Event.RAISED_AGAIN, cause, flag, **details)


def _raised_chain(latest: Alert, goes_on: datetime) -> Escalation:
    """News begins the chain anew; while nobody has dealt with the alert it puts no step off."""
    waits_for = latest.escalates_at
    return (
        Escalation(0, goes_on)
        if waits_for is None
        else replace(latest.escalation, next_at=min(waits_for, goes_on))
    )


def _condition_changed(
    latest: Alert, after: Alert, condition: Condition, verdict: Verdict, cause: Cause
) -> Change:
    now = cause.now
    after = replace(after, condition=condition, condition_at=now, held_open=False)
    if latest.not_followed is not None and latest.state is State.OPEN:
        after = _goes_on(after, cause)
    if condition is Condition.HOLDS:
        if latest.state is State.OPEN and latest.escalation.next_at is None:
            goes_on = cause.terms.first_step_at(latest.level, latest.topic, latest.due_at, now)
            after = replace(after, escalation=Escalation(latest.escalation.step, goes_on))
        after = with_end_by_clock(after, cause.terms)
        return change(latest, after, Event.HOLDS_AGAIN, cause, verdict.flag)
    if _ends_with_condition(after):
        return _ended_by_reports(latest, after, cause)
    if not at_once(after.level, after.topic):
        after = replace(after, escalation=Escalation(latest.escalation.step))
    if condition is Condition.WITHDRAWN:
        after = replace(after, notices=after.notices.after(NoticeKind.WITHDRAWN, now))
    event = Event.PASSED if condition is Condition.PASSED else Event.WITHDRAWN
    return change(latest, with_end_by_clock(after, cause.terms), event, cause)


def _goes_on(alert: Alert, cause: Cause) -> Alert:
    """The patient is followed again: the chain goes on, and of what nobody has acted on people are told anew.

    The notice that was stopped then may have reached nobody.
    """
    goes_on = cause.terms.first_step_at(alert.level, alert.topic, alert.due_at, cause.now)
    after = replace(alert, escalation=Escalation(alert.escalation.step, goes_on))
    acted = alert.seen_at is not None and alert.seen_at >= alert.raised_at
    withdrawn = alert.condition is Condition.WITHDRAWN and not at_once(alert.level, alert.topic)
    if acted or withdrawn:
        return after
    return replace(after, notices=alert.notices.after(NoticeKind.RAISED, cause.now))


def _ended_by_reports(
    latest: Alert, after: Alert, cause: Cause, flag: Mapping[str, Any] | None = None
) -> Change:
    passed = after.condition is Condition.PASSED
    how, event = (EndedHow.PASSED, Event.PASSED) if passed else (EndedHow.WITHDRAWN, Event.WITHDRAWN)
    after = ended(after, End(how, cause.now, cause.by), cause)
    return change(latest, with_end_by_clock(after, cause.terms), event, cause, flag)


def _ends_with_condition(alert: Alert) -> bool:
    """An inform ends with its condition, a silence at any level by the report that was missing."""
    if alert.topic == Topic.SILENCE:
        return alert.condition is Condition.PASSED or alert.level is Level.INFORM
    return alert.level is Level.INFORM and alert.topic not in SAFETY


def _muted(latest: Alert, after: Alert, until: date, cause: Cause) -> Change:
    end = End(EndedHow.DISMISSED, cause.now, POLICY, Outcome.KNOWN.value)
    after = replace(ended(after, end, cause), muted_until=_over(until, cause))
    return change(latest, with_end_by_clock(after, cause.terms), Event.MUTED, cause)


def _over(until: date, cause: Cause) -> datetime:
    """When a mute is over: with its last day, on the site's clock."""
    return datetime.combine(until + timedelta(days=1), time(), cause.terms.zone).astimezone(UTC)


def _passes_mute(latest: Alert, verdict: Verdict) -> bool:
    urgent = any(signal.level is Level.URGENT for signal in signals_of(latest, verdict))
    return urgent or latest.level is Level.URGENT


def _not_followed(latest: Alert, verdict: Verdict, cause: Cause) -> Change | None:
    """Nobody follows the patient: the alert stays for a person to close, apart, and nobody is told."""
    why = verdict.not_followed
    if why is None or latest.state is State.ENDED or latest.not_followed is why:
        return None
    hidden = latest.state is State.OPENING
    after = replace(
        latest,
        state=State.OPEN if hidden else latest.state,
        condition=Condition.WITHDRAWN,
        condition_at=cause.now,
        not_followed=why,
        based_on=cause.seq,
        escalation=Escalation(latest.escalation.step),
        notices=latest.notices.stopped(),
    )
    after = with_end_by_clock(after, cause.terms)
    return change(latest, after, Event.NOT_FOLLOWED, cause, because=why.value)


def _ended(latest: Alert, verdict: Verdict, cause: Cause) -> Move | None:
    reason = reason_to_raise(latest, verdict, cause.now)
    if reason is not None and may_open(latest, verdict):
        return NewEpisode(latest.topic, latest.episode + 1, latest, reason)
    standing, muted_until = marks_of(verdict), latest.muted_until
    ended_by_mute = latest.end is not None and latest.end.by == POLICY
    if verdict.muted_until is not None and (reason is not None or ended_by_mute):
        muted_until = _over(verdict.muted_until, cause)  # which may have been changed
    if reason is not None:  # muted: what came on meanwhile is news when that is over
        standing = {rule: mark for rule, mark in standing.items() if rule in latest.standing}
    after = replace(
        latest,
        condition=condition_of(latest, verdict),
        standing=standing,
        based_on=cause.seq,
        not_followed=None,  # the patient is followed again, and the alert may be reopened
        muted_until=muted_until,
    )
    if after.condition is not latest.condition:
        event = {
            Condition.HOLDS: Event.HOLDS_AGAIN,
            Condition.PASSED: Event.PASSED,
            Condition.WITHDRAWN: Event.WITHDRAWN,
        }[after.condition]
        return change(latest, replace(after, condition_at=cause.now), event, cause)
    stands = after.standing.keys() == latest.standing.keys() and muted_until == latest.muted_until
    return None if stands and latest.not_followed is None else Change(latest, after)


def condition_of(alert: Alert, verdict: Verdict) -> Condition:
    """Return what the history as now known says of the alert's condition."""
    if verdict.flag is not None:
        return Condition.HOLDS
    if verdict.grounds is None:
        return Condition.WITHDRAWN
    if any(map(verdict.happened, alert.fresh)):
        return Condition.HOLDS  # an event that nobody has seen, also where a later report was withdrawn
    ended_before = verdict.cleared_at is not None and verdict.cleared_at <= alert.grounds.began_at
    if ended_before and verdict.grounds.met_at < alert.grounds.began_at:
        return Condition.WITHDRAWN
    return Condition.PASSED
