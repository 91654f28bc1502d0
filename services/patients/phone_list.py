"""The phone list: who has not been heard from, since when, how to reach them, and what was tried.

It is the alerts on silence that are not ended, with what a caller needs beside each. Three reads, whatever
their number. A call's outcome is an action on the alert (`services.alerts.actions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.alerts import alerts, worklists
from models.alerts.alert import Alert, Step
from models.patients import patient_lists
from models.patients.patient_lists import Reachable
from models.store.scope import Scope
from scoring.decline import Topic
from services.access.actor import Actor
from services.alerts.worklist import StateWord, filter_for


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who has not been heard from.

    Attributes:
        last_on: day of the last report; None when there was none yet, and then `enrolled_on` says since when.
        tried: what people did about it, the earliest first.
    """

    alert: Alert
    patient: Reachable
    last_on: date | None
    enrolled_on: date | None
    days_overdue: int
    tried: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PhoneList:
    """A page of the list; `following` is where the next one begins, None on the last."""

    lines: tuple[Silent, ...]
    following: str | None


def read(
    scope: Scope, *, actor: Actor, now: datetime, after: str | None = None, limit: int = 30
) -> PhoneList:
    """Return a page of the phone list.

    Args:
        scope: of reading alerts.
        actor: who reads.
        now: the present moment.
        after: the `following` of the page before.
        limit: at most so many.
    """
    wanted = filter_for(StateWord.CURRENT, reader=actor, topic=Topic.SILENCE.value)
    found = worklists.page(wanted, scope, after=after, limit=limit, now=now)
    details = alerts.read_details((line.id for line in found.lines), scope)
    people = patient_lists.reachable(line.patient_id for line in found.lines)
    lines = (
        _silent(details[line.id].alert.at(now), details[line.id].flag, details[line.id].history, people)
        for line in found.lines
        if line.id in details and line.patient_id in people
    )
    return PhoneList(tuple(lines), found.following)


def _silent(alert: Alert, flag: Any, history: tuple[Step, ...], people: dict[str, Reachable]) -> Silent:
    numbers = flag["numbers"]
    return Silent(
        alert=alert,
        patient=people[alert.patient_id],
        last_on=_day(numbers.get("last_observed_on")),
        enrolled_on=_day(numbers.get("enrolled_on")),
        days_overdue=int(numbers["days_overdue"]),
        tried=tuple(step for step in history if step.by.role and step.event in _BY_PEOPLE),
    )


_BY_PEOPLE = frozenset({"acknowledge", "assign", "snooze", "reopen", "comment"})


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
