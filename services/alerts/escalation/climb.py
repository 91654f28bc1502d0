"""Escalation by the clock: when nobody has acted by a stored time, the next rung of the chain is told.

The worker looks at stored times (`Alert.escalates_at`), so a restart loses no step, and one that was late is
made once. The step is one guarded update; it leaves `rev` as it is, because there is nothing new to read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.alerts import alerts
from models.alerts.alert import Alert, Escalation
from models.alerts.changes import Change
from models.alerts.notices import NoticeKind
from models.store import unreadable
from services.alerts.align import CLOCK_BATCH, written
from services.alerts.escalation.chain import Team, chain, reached
from services.alerts.escalation.team import team_of
from services.alerts.moves import CLOCK, Cause, Event, change
from services.alerts.terms import terms_of


def climb(now: datetime) -> int:
    """Make the steps that are due; return how many alerts were told to further people."""

    def told(alert: Alert) -> bool:
        cause = Cause(0, now, terms_of(alert.site_id), by=CLOCK)
        step = next_step(alert, team_of(alert), cause)
        return step is not None and written(step)

    due = alerts.due_for_escalation(now, CLOCK_BATCH)
    return unreadable.count_done(due, told, of="alerts", called="public_id")


def next_step(alert: Alert, team: Team, cause: Cause) -> Change | None:
    """Return the step of the chain that is due; None when none is.

    Above the last rung there is none: the last is told again, at the times of `Terms.repeated_at`.
    """
    due, now, terms = alert.escalates_at, cause.now, cause.terms
    if due is None or due > now:
        return None
    rungs = chain(alert, team, now)
    before = reached(alert, rungs)
    above = sorted(rung for rung in rungs if rung > before)
    step = above[0] if above else before
    times = terms.next_step_at if len(above) > 1 else terms.repeated_at
    after = replace(
        alert,
        escalation=Escalation(int(step), times(alert.level, alert.topic, now)),
        notices=alert.notices.after(NoticeKind.ESCALATED, now),
    )
    if not above:
        return Change(alert, after)
    moved = change(alert, after, Event.ESCALATED, cause, to=step.name.lower())
    return replace(moved, read_again=False)
