"""What time does to an alert: it comes back, grows old, leaves the glance list. Pure functions.

The times are stored and indexed (`Alert.clock_at`), so the worker reads only what is due.
"""

from __future__ import annotations

from dataclasses import replace

from models.alerts.alert import (
    Alert,
    Condition,
    End,
    EndedHow,
    Escalation,
    State,
)
from models.alerts.changes import Change
from models.alerts.notices import NoticeKind
from services.alerts.moves import Cause, Event, change, counted, ended, with_end_by_clock
from services.alerts.terms import at_once


def next_change(alert: Alert, cause: Cause) -> Change | None:
    """Return what time has done to the alert by now; None when nothing is due."""
    if alert.clock_at is None or alert.clock_at > cause.now:
        return None
    if alert.state is State.ENDED:
        return Change(alert, _left_behind(alert, cause))
    if alert.ends_at is not None and alert.ends_at <= cause.now:
        after = ended(alert, End(EndedHow.AGED, cause.now, cause.by), cause)
        return change(alert, with_end_by_clock(after, cause.terms), Event.AGED, cause)
    return woken(alert, cause)


def woken(alert: Alert, cause: Cause) -> Change | None:
    """A snooze or an acknowledgement has run out: open again, due now, told first to who had it.

    What was seen stays seen, and the baseline stays: this is no news, and nothing to read again. None when
    nothing has run out.
    """
    back = alert.at(cause.now)
    if back is alert:
        return None
    word = back.raised_because.value
    after = replace(back, counts=counted(alert, word))
    if alert.not_followed is None:
        waits = alert.condition is Condition.HOLDS or at_once(alert.level, alert.topic)
        goes_on = cause.terms.next_step_at(alert.level, alert.topic, cause.now)
        after = replace(
            after,
            notices=alert.notices.after(NoticeKind.RAISED, cause.now),
            escalation=Escalation(0, goes_on if waits else None),
        )
    moved = change(alert, with_end_by_clock(after, cause.terms), Event.WOKE, cause, because=word)
    return replace(moved, read_again=False)


def _left_behind(alert: Alert, cause: Cause) -> Alert:
    """An ended alert whose time in the glance list, or whose mute, is over."""
    glanced = alert.glance_until is not None and alert.glance_until <= cause.now
    unmuted = alert.muted_until is not None and alert.muted_until <= cause.now
    return replace(
        alert,
        glance_until=None if glanced else alert.glance_until,
        muted_until=None if unmuted else alert.muted_until,
    )
