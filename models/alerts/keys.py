"""By what alerts are found: fields of their own, because one index serves one field. Plain functions."""

from __future__ import annotations

import secrets
from typing import Any

from models.alerts.alert import Alert, Audience, Condition, State
from models.store.base import milliseconds
from models.store.scope import Scope
from scoring.decline import Level

STAMP_BITS = 60
_LAST = 10**14


def found_by(alert: Alert) -> dict[str, Any]:
    """Return what is stored with an alert so that it is found, with a stamp that no other write has."""
    reach = reach_key(alert.site_id, alert.audience)
    return {
        "reach": reach,
        "list_key": f"{reach}:{list_of(alert)}",
        "sort_key": sort_key(alert),
        "clock_at": alert.clock_at and milliseconds(alert.clock_at),
        "escalates_at": alert.escalates_at and milliseconds(alert.escalates_at),
        "notice_at": milliseconds(alert.notices.pending[0].at) if alert.notices.pending else None,
        "current_topic": None if alert.state is State.ENDED else alert.topic,
        "stamp": new_stamp(),
    }


def new_stamp() -> int:
    """Return a number that no other write of an alert has, but for a chance of one in 10^18."""
    return secrets.randbits(STAMP_BITS)


def reaches_of(scope: Scope) -> list[str]:
    """Return which alerts are within reach: by site, those of everybody or the coordinators' only."""
    every = [reach_key(site_id, audience) for site_id in scope.site_ids for audience in Audience]
    queries = [reach_key(site_id, Audience.COORDINATION) for site_id in scope.query_site_ids]
    return sorted({*every, *queries})


def reach_key(site_id: str, audience: Audience) -> str:
    """Return what the alerts of a site for one audience are found by."""
    return f"{site_id}:{audience}"


def list_of(alert: Alert) -> str:
    """Return the list that an alert stands in."""
    if alert.state is not State.ENDED:
        return "current"
    return "ended" if alert.glance_until is None else "glance"


def sort_key(alert: Alert) -> str:
    """Return the place in a list; unique, and it names neither patient nor topic.

    Current: of patients who are followed first; the most severe first, those that hold before those that
    have passed or were withdrawn, then the earliest due. Ended: the latest first.
    """
    if alert.end is not None:
        latest_first = _LAST - round(milliseconds(alert.end.at).timestamp() * 1000)
        return f"2.{latest_first:015d}.{alert.public_id}"
    rank = Level.URGENT.rank - alert.level.rank
    due_at = milliseconds(alert.due_at)
    due = f"{due_at:%Y%m%dT%H%M%S}{due_at.microsecond // 1000:03d}"
    apart, passed = alert.not_followed is not None, alert.condition is not Condition.HOLDS
    return f"{apart:d}.{rank}{passed:d}.{due}.{alert.public_id}"
