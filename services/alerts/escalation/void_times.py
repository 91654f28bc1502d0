"""Times that a clock that was ahead has left behind in alerts: what waits for them is done at once.

A chain that goes on at a time later than any that could be given now would sleep until the calendar has
caught up; so would what somebody acknowledged or put off while the server's clock was ahead.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from models.alerts import alerts, void_times
from models.alerts.alert import WAITING, Alert
from models.store import unreadable
from services.alerts import by_clock
from services.alerts.align import written
from services.alerts.escalation.climb import next_step
from services.alerts.escalation.team import team_of
from services.alerts.moves import CLOCK, Cause
from services.alerts.terms import Terms, at_once, terms_of
from services.logs import log

TOLERANCE = timedelta(hours=1)
"""Our choice: by less than this nothing is put right, for it comes by itself soon enough."""


def put_right(now: datetime) -> int:
    """Do at once what waits for a time that is void; return with how many alerts it was done."""

    def done(alert: Alert) -> bool:
        log.warning("stored_time_void", collection="alerts", document_id=alert.public_id)
        return _done(alert, Cause(0, now, terms_of(alert.site_id), by=CLOCK))

    climbing: list[str] = []

    def noted(one: void_times.Climbing) -> bool:
        if _is_void(one, now):
            climbing.append(one.public_id)
        return False

    unreadable.count_done(void_times.climbing_after(now + TOLERANCE), noted, of="alerts", called="public_id")
    waiting = void_times.waiting_since_after(now + TOLERANCE)
    void = [*alerts.present(climbing).values(), *alerts.present(waiting).values()]
    return unreadable.count_done(void, done, of="alerts", called="public_id")


def _is_void(one: void_times.Climbing, now: datetime) -> bool:
    return one.at > _latest(one, terms_of(one.site_id), now) + TOLERANCE


def _latest(one: void_times.Climbing, terms: Terms, now: datetime) -> datetime:
    """The latest time that the chain of such an alert may have been given."""
    following = terms.next_step_at(one.level, one.topic, now)
    # The first step of an alert that is raised now is at one of these times too.
    latest = max(following, terms.repeated_at(one.level, one.topic, now))
    if _begins_when_due(one, now) and one.due_at is not None:
        latest = max(latest, terms.calendar.next_moment(one.due_at))
    return latest


def _begins_when_due(one: void_times.Climbing, now: datetime) -> bool:
    """Whether its own due time counts, whatever the policy says by now: not of a clock that was ahead."""
    waits = one.reopened or not at_once(one.level, one.topic)
    return waits and one.raised_at is not None and one.raised_at <= now + TOLERANCE


def _done(alert: Alert, cause: Cause) -> bool:
    if alert.state in WAITING:
        change = by_clock.next_change(replace(alert, until=cause.now), cause)
    else:
        goes_on = replace(alert.escalation, next_at=cause.now)
        change = next_step(replace(alert, escalation=goes_on), team_of(alert), cause)
    return change is not None and written(change)
